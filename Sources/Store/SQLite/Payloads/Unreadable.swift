import AuditLog
import GRDB
import Interchange

/// Stored content that does not open, at the head of what waits. It is set aside, so that it keeps nobody back; nothing of it
/// is destroyed, since the cause may be a wrong key file.
enum Unreadable: Sendable {
    case segment(Int64)
    case envelope(MessageID)

    func setAside(of peer: Province, at now: Instant, in transaction: borrowing Transaction) throws -> [Alert] {
        let database = transaction.database
        switch self {
        case .segment(let segment):
            try database.execute(sql: "UPDATE segment SET unreadable = 1 WHERE id = ?", arguments: [segment])
            return []
        case .envelope(let envelope):
            guard let row = try ExceptionRow.find(envelope, in: database), row.state == .parked else { return [] }
            let put = try RawStatement(
                database,
                "UPDATE exception SET state = 'deadLettered', reason = 'unreadable' WHERE envelope = ?1")
            put.bind(1, envelope.bytes)
            try put.run()
            try transaction.tail.append(Self.entry(Digest256(hashing: envelope.bytes), peer, nil, now), subject: nil)
            return try Alerts.countDeadLetters(of: peer, at: now, in: database)
        }
    }

    /// A batch whose stored encoding does not open.
    static func setAside(
        batch: MessageID, of peer: Province, at now: Instant, in transaction: borrowing Transaction
    ) throws -> [Alert] {
        let database = transaction.database
        let put = try RawStatement(
            database,
            """
            UPDATE batch SET state = 'deadLettered', blocked_on = 'unreadable', blocked_since = ?2,
                detail = 'its stored content does not open' WHERE id = ?1
            """)
        put.bind(1, batch.bytes)
        put.bind(2, now.milliseconds)
        try put.run()
        for envelope in try HeldBatch.find(batch, in: database)?.envelopes ?? [] {
            try transaction.tail.append(entry(envelope.digest, peer, batch, now), subject: nil)
        }
        return try Alerts.countDeadLetters(of: peer, at: now, in: database)
    }

    private static func entry(_ object: Digest256, _ peer: Province, _ batch: MessageID?, _ now: Instant) -> Act {
        Act(
            .deliveryDeadLettered, actor: AuditActor(organisation: "gateway"), at: now, object: object, batch: batch,
            details: [.peer: peer.description, .reason: "unreadable"])
    }
}
