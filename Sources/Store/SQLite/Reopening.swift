import AuditLog
import GRDB
import Interchange

/// A batch that the peer cannot take as it is: its envelopes get rows of their own and go out in smaller batches.
struct ReopenedBatch {
    let batch: MessageID
    let size: Int
    let reason: String
    let at: Instant
    let keys: StoreKeys

    /// - Returns: the peer that has something to send again.
    func write(in transaction: borrowing Transaction) throws -> Set<Province> {
        let database = transaction.database
        guard let held = try held(in: database) else { return [] }
        let envelopes = EnvelopeReference.list(held.listing)
        var lines = BatchLines()
        for (place, envelope) in envelopes.enumerated() {
            let line = try lines.line(place, of: batch, in: database, keys: keys)
            try keep(envelope, line, of: held, in: database)
        }
        let erase = try RawStatement(database, "DELETE FROM batch_body WHERE batch = ?1")
        erase.bind(1, batch.bytes)
        try erase.run()
        let close = try RawStatement(
            database, "UPDATE batch SET state = 'closed', attempts = attempts + 1, detail = ?2 WHERE id = ?1")
        close.bind(1, batch.bytes)
        close.bind(2, reason)
        try close.run()
        try enter(held, envelopes: envelopes.count, in: transaction)
        return [held.peer]
    }

    private struct Held {
        var peer: Province
        var listing: [UInt8]
        var digest: Digest256?
        var attempts: Int
        var acceptedAt: Int64
    }

    private func held(in database: Database) throws -> Held? {
        let find = try RawStatement(
            database,
            "SELECT peer, listing, digest, attempts, accepted_at FROM batch WHERE id = ?1 AND state = 'leased'")
        find.bind(1, batch.bytes)
        return try find.first { columns in
            Province(number: Int(columns.integer(0))).map {
                Held(
                    peer: $0, listing: columns.bytes(1), digest: Digest256(columns.bytes(2)),
                    attempts: Int(columns.integer(3)), acceptedAt: columns.integer(4))
            }
        } ?? nil
    }

    private func enter(_ held: Held, envelopes: Int, in transaction: borrowing Transaction) throws {
        var details: AuditDetails = [
            .peer: held.peer.description, .attempt: "\(held.attempts + 1)", .entries: "\(envelopes)",
        ]
        // The last word of the reason is the peer's code.
        let code = reason.split(separator: " ").last.map(String.init) ?? ""
        if AuditDetail.code.allows(code) { details[.code] = code }
        try transaction.tail.append(
            Act(
                .deliveryAttempted, actor: AuditActor(organisation: "gateway"), at: at, batch: batch,
                outcome: "refused",
                evidence: held.digest, details: details), subject: nil)
    }

    private func keep(_ envelope: EnvelopeReference, _ line: [UInt8], of held: Held, in database: Database) throws {
        let sealed = try Sealed(line, as: "exception \(envelope.id)", keys: keys)
        let put = try RawStatement(
            database,
            """
            INSERT INTO exception(envelope, peer, state, reason, codes, since, due_at, together, data_key, body)
            VALUES (?1, ?2, 'parked', 'split', '', ?7, ?3, ?4, ?5, ?6)
            ON CONFLICT(envelope) DO UPDATE SET state = 'parked', reason = 'split', due_at = excluded.due_at,
                together = excluded.together, data_key = excluded.data_key, body = excluded.body
                WHERE state <> 'settled'
            """)
        let key = try sealed.keep(in: database, at: at)
        put.bind(1, envelope.id.bytes)
        put.bind(2, Int(held.peer.number))
        put.bind(3, at.milliseconds)
        put.bind(7, held.acceptedAt)
        put.bind(4, max(1, size))
        put.bind(5, key)
        put.bind(6, sealed.body)
        try put.run()
        if database.changesCount == 0 { try WrappedKey.erase(key, in: database) }
    }
}
