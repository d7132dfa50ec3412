import AuditLog
import Foundation
import GRDB
import Interchange

extension SQLiteStore {
    public func outstanding(to peer: Province, acceptedBefore: Instant) async throws -> Outstanding {
        try await read { try OpenDeliveries(peer: peer, database: $0).counts(acceptedBefore: acceptedBefore) }
    }

    public func keep(_ statement: KeptStatement) async throws {
        try await writes.run { transaction in
            try transaction.database.execute(
                sql: """
                    INSERT OR REPLACE INTO reconciliation(peer, at, until, equal, missing, content)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    Int(statement.peer.number), statement.at.milliseconds, statement.until.milliseconds,
                    statement.isEqual, statement.missing, Data(statement.content),
                ])
            try transaction.database.execute(
                sql: "DELETE FROM reconciliation_due WHERE peer = ?", arguments: [Int(statement.peer.number)])
            try transaction.tail.append(
                Act(
                    .reconciliationCompleted, actor: AuditActor(organisation: "gateway"), at: statement.at,
                    outcome: statement.isEqual ? "equal" : "different",
                    details: [
                        .peer: statement.peer.description, .until: statement.until.description,
                        .missing: "\(statement.missing)",
                    ]), subject: nil)
        }
        announce([statement.peer])
    }

    public func demandReconciliation(with peers: Set<Province>, at now: Instant) async throws {
        try await writes.run { transaction in
            for peer in peers {
                try transaction.database.execute(
                    sql: "INSERT INTO reconciliation_due(peer, since) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    arguments: [Int(peer.number), now.milliseconds])
            }
        }
    }

    public func demandedReconciliations() async throws -> Set<Province> {
        try await read { database in
            Set(
                try Int.fetchAll(database, sql: "SELECT peer FROM reconciliation_due").compactMap {
                    Province(number: $0)
                })
        }
    }

    /// Whether nothing may be sent to the peer yet.
    func awaitsReconciliation(with peer: Province) async throws -> Bool {
        try await read { database in
            let find = try RawStatement(database, "SELECT 1 FROM reconciliation_due WHERE peer = ?1")
            find.bind(1, Int(peer.number))
            return try find.first { $0.integer(0) } != nil
        }
    }
}

extension IntakeChunk {
    /// - Throws: ``StoreError`` `unavailable` when something in it is for a peer that the store must be reconciled with first:
    ///   the versions that were issued before the restore are not known yet.
    func checkReconciled(in database: Database) throws {
        let due = try Int.fetchAll(database, sql: "SELECT peer FROM reconciliation_due")
        guard !due.isEmpty, let draft = drafts.first(where: { due.contains(Int($0.to.number)) }) else { return }
        throw StoreError(
            .unavailable, "the store was restored and is not yet reconciled with \(draft.to)",
            remedy: "run `yizhan reconcile \(draft.to)`, or wait until it is done by itself")
    }
}

extension SQLiteReading {
    public func statements() async throws -> [KeptStatement] {
        try await read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM reconciliation ORDER BY peer").compactMap { row in
                Province(number: row["peer"]).map {
                    KeptStatement(
                        peer: $0, at: Instant(milliseconds: row["at"]), until: Instant(milliseconds: row["until"]),
                        isEqual: row["equal"], missing: row["missing"], content: Array(row["content"] as Data))
                }
            }
        }
    }
}
