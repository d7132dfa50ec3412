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
            try DemandedReconciliations.remove(statement.peer, in: transaction.database)
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
            for peer in peers { try DemandedReconciliations.add(peer, at: now, in: transaction.database) }
        }
    }

    public func demandedReconciliations() async throws -> Set<Province> {
        try await read(DemandedReconciliations.all)
    }

    /// Whether nothing may be sent to the peer yet.
    func awaitsReconciliation(with peer: Province) async throws -> Bool {
        try await read { try DemandedReconciliations.contain(peer, in: $0) }
    }
}

extension IntakeChunk {
    /// - Throws: ``StoreError`` `unavailable` when something in it is for a peer that the store must be reconciled with first:
    ///   the versions that were issued before the restore are not known yet.
    func checkReconciled(in database: Database) throws {
        let due = try DemandedReconciliations.all(in: database)
        guard !due.isEmpty, let draft = drafts.first(where: { due.contains($0.to) }) else { return }
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
