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
        guard let held = try HeldBatch.find(batch, in: database), held.state == .leased else { return [] }
        try held.close(at: at, in: database, keys: keys) { _ in .again(together: size) }
        let count = try RawStatement(database, "UPDATE batch SET attempts = attempts + 1, detail = ?2 WHERE id = ?1")
        count.bind(1, batch.bytes)
        count.bind(2, reason)
        try count.run()
        try enter(held, in: transaction)
        return [held.peer]
    }

    private func enter(_ held: HeldBatch, in transaction: borrowing Transaction) throws {
        var details: AuditDetails = [
            .peer: held.peer.description, .attempt: "\(held.attempts + 1)", .entries: "\(held.envelopes.count)",
        ]
        // The last word of the reason is the peer's code.
        let code = reason.split(separator: " ").last.map(String.init) ?? ""
        if AuditDetail.code.allows(code) { details[.code] = code }
        try transaction.tail.append(
            Act(
                .deliveryAttempted, actor: AuditActor(organisation: "gateway"), at: at, batch: batch,
                outcome: "refused", evidence: held.digest, details: details), subject: nil)
    }
}
