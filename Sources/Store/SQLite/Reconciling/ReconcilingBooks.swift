import AuditLog
import Foundation
import GRDB
import Interchange

/// Holds the leaves of what was received against the answers that they stand for.
struct AnswerCheck {
    let peer: Province
    let database: Database

    private var tree: LeafTree { LeafTree(peer: peer, direction: .received) }

    struct Finding {
        var windows: [LeafReader.State]
        /// Leaves without an answer.
        var lost: [(hour: IssueHour, leaf: Leaf)]
        /// What ``leaf_base`` has to say for the counts to agree again; nil when they do.
        var base: Int?
    }

    /// Counts first: answers are looked up one by one only when there are fewer than leaves.
    func find() throws -> Finding {
        let windows = try LeafReader(tree: tree, database: database).windows(in: Self.everything, limit: .max)
        let leaves = windows.reduce(0) { $0 + $1.window.summary.leaves }
        let answered = try count("SELECT COUNT(*) FROM answered WHERE sender = ?1")
        let base = try count("SELECT COALESCE(MAX(answered), 0) FROM leaf_base WHERE sender = ?1")
        var finding = Finding(windows: windows, lost: [], base: nil)
        guard answered < base + leaves else { return finding }
        for window in windows { try findLost(in: window.window.hour, &finding) }
        if finding.lost.count != base + leaves - answered { finding.base = answered + finding.lost.count - leaves }
        return finding
    }

    static let everything = IssueHour(number: Int64(Int32.min))..<IssueHour(number: Int64(Int32.max))

    private func findLost(in hour: IssueHour, _ finding: inout Finding) throws {
        let find = try RawStatement(database, "SELECT 1 FROM answered WHERE sender = ?1 AND envelope = ?2")
        find.bind(1, Int(peer.number))
        try LeafReader(tree: tree, database: database).forEachLeaf(in: hour) { leaf in
            find.bind(2, leaf.id.bytes)
            if try find.first({ $0.integer(0) }) == nil { finding.lost.append((hour, leaf)) }
            return true
        }
    }

    private func count(_ sql: String) throws -> Int {
        let count = try RawStatement(database, sql)
        count.bind(1, Int(peer.number))
        return try count.first { Int($0.integer(0)) } ?? 0
    }
}

extension SQLiteStore {
    public func checkBooks(with peer: Province) async throws -> Int {
        let finding = try await read { try AnswerCheck(peer: peer, database: $0).find() }
        let changed = finding.windows.filter(\.isNew)
        guard !changed.isEmpty || !finding.lost.isEmpty || finding.base != nil else { return 0 }
        let tree = LeafTree(peer: peer, direction: .received)
        try await writes.run { transaction in
            try LeafReader.keep(changed, of: tree, in: transaction.database)
            var writer = LeafWriter(tree)
            for (hour, leaf) in finding.lost { writer.takeBack(leaf, in: hour) }
            try writer.write(to: transaction.database)
            guard let base = finding.base else { return }
            try transaction.database.execute(
                sql: "INSERT OR REPLACE INTO leaf_base(sender, answered) VALUES (?, ?)",
                arguments: [Int(peer.number), base])
        }
        return finding.lost.count
    }

    public func sweepLeaves(before hour: IssueHour) async throws -> Int {
        try await writes.run { transaction in
            let database = transaction.database
            // Their answers stay for ever, without leaves from now on.
            try database.execute(
                sql: """
                    INSERT INTO leaf_base(sender, answered)
                    SELECT peer, SUM(leaves) FROM leaf_window WHERE direction = 2 AND hour < ?1 GROUP BY peer
                    ON CONFLICT(sender) DO UPDATE SET answered = answered + excluded.answered
                    """, arguments: [hour.number])
            try database.execute(sql: "DELETE FROM leaf_window WHERE hour < ?", arguments: [hour.number])
            try database.execute(
                sql: "DELETE FROM batch_hours WHERE batch IN (SELECT id FROM batch WHERE state = 'closed')")
            try database.execute(sql: "DELETE FROM leaf WHERE hour < ?", arguments: [hour.number])
            return database.changesCount
        }
    }

    public func describe(
        _ ids: Set<MessageID>, from peer: Province, in hour: IssueHour
    ) async throws -> [HeldEnvelope] {
        guard let lowest = ids.min(), let highest = ids.max() else { return [] }
        let keys = keys
        return try await read { database in
            let tree = LeafTree(peer: peer, direction: .received)
            var held: [MessageID: HeldEnvelope] = [:]
            try LeafReader(tree: tree, database: database).forEachLeaf(
                in: hour, LeafRange(first: lowest, before: highest.successor)
            ) { leaf in
                if ids.contains(leaf.id) { held[leaf.id] = HeldEnvelope(leaf: leaf) }
                return true
            }
            try ReceivedLines(peer: peer, hour: hour, database: database, keys: keys).describe(&held)
            return held.values.sorted { $0.leaf.id < $1.leaf.id }
        }
    }
}

/// The lines of received envelopes, for what they say of record and version.
struct ReceivedLines {
    let peer: Province
    let hour: IssueHour
    let database: Database
    let keys: StoreKeys

    private struct Line: Decodable {
        var record: String
        var version: Int
    }

    /// Fills in what the lines that are still kept say.
    func describe(_ held: inout [MessageID: HeldEnvelope]) throws {
        var open = Dictionary(held.values.map { ($0.leaf.digest, $0.leaf.id) }, uniquingKeysWith: { first, _ in first })
        guard !open.isEmpty else { return }
        let rows = try RawStatement(
            database,
            """
            SELECT leaf.batch, leaf.body, data_key, received_body.body FROM leaf
            JOIN received_body ON received_body.id = leaf.payload
            WHERE peer = ?1 AND direction = 2 AND hour = ?2 AND leaf.batch IS NOT NULL AND data_key IS NOT NULL
            """)
        rows.bind(1, Int(peer.number))
        rows.bind(2, hour.number)
        try rows.forEachRowWhile { columns in
            let leaves = StoredLeaf.decode(columns.bytes(1), row: 0)
            guard leaves.contains(where: { open[$0.digest] != nil }), let batch = MessageID(bytes: columns.bytes(0))
            else { return true }
            let stored = StoredBody(key: columns.integer(2), body: columns.bytes(3))
            // What does not open is as good as erased here.
            guard let text = try stored.content(as: "received \(peer) \(batch)", keys: keys, in: database) else {
                return true
            }
            for line in text.split(separator: 0x0A) {
                guard let id = open.removeValue(forKey: Digest256(hashing: Array(line))) else { continue }
                guard let read = try? JSONDecoder().decode(Line.self, from: Data(line)) else { continue }
                held[id]?.record = RecordID(read.record)
                held[id]?.version = read.version
            }
            return !open.isEmpty
        }
    }
}
