import GRDB
import Interchange

/// Peers with whom nothing is exchanged before the next statement, because the store was restored or somebody demands it.
enum DemandedReconciliations {
    static func add(_ peer: Province, at now: Instant, in database: Database) throws {
        let add = try RawStatement(
            database, "INSERT INTO reconciliation_due(peer, since) VALUES (?1, ?2) ON CONFLICT DO NOTHING")
        add.bind(1, Int(peer.number))
        add.bind(2, now.milliseconds)
        try add.run()
    }

    static func remove(_ peer: Province, in database: Database) throws {
        let remove = try RawStatement(database, "DELETE FROM reconciliation_due WHERE peer = ?1")
        remove.bind(1, Int(peer.number))
        try remove.run()
    }

    static func contain(_ peer: Province, in database: Database) throws -> Bool {
        let find = try RawStatement(database, "SELECT 1 FROM reconciliation_due WHERE peer = ?1")
        find.bind(1, Int(peer.number))
        return try find.first { $0.integer(0) } != nil
    }

    static func all(in database: Database) throws -> Set<Province> {
        let find = try RawStatement(database, "SELECT peer FROM reconciliation_due")
        var peers: Set<Province> = []
        try find.forEachRow { if let peer = Province(number: Int($0.integer(0))) { peers.insert(peer) } }
        return peers
    }
}
