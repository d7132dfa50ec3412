import AuditLog
import GRDB
import Interchange

/// Entries about the inquiries that other provinces tell of.
struct ReportedInquiries {
    /// How many of a person's newest entries are looked at for the question that a notice is about.
    static let looked = 256
    /// How far the clocks of two gateways and the road between them may put the same question apart, in milliseconds.
    static let apart: Int64 = 15 * 60 * 1_000

    let peer: Province
    let batch: MessageID
    let actor: AuditActor
    let at: Instant

    /// Enters what a notice states, so that the person's access log has it; not where a bureau of ours asked there and our own log
    /// says so.
    func enter(
        _ inquiry: StatedInquiry, of envelope: IncomingEnvelope, about pseudonym: Digest256,
        in transaction: borrowing Transaction
    ) throws {
        if try isOurs(inquiry, about: pseudonym, in: transaction.database) { return }
        var act = Act(
            .questionReported, actor: actor, at: at, purpose: inquiry.purpose, object: envelope.digest, batch: batch,
            details: [.peer: peer.description, .askedAt: inquiry.askedAt.description])
        let texts: [(AuditDetail, String?)] = [
            (.askedBy, inquiry.askedBy), (.question, inquiry.accessKind), (.legalGround, inquiry.deferralGround),
            (.deferredUntil, inquiry.deferredUntil?.description),
        ]
        for (detail, text) in texts {
            if let text, detail.allows(text) { act.details[detail] = text }
        }
        try transaction.tail.append(act, subject: pseudonym)
    }

    /// A notice names no question: ours is one that went to this peer, of the same bureau, kind and purpose, at about that time.
    private func isOurs(_ inquiry: StatedInquiry, about pseudonym: Digest256, in database: Database) throws -> Bool {
        guard let asker = inquiry.askedBy, !asker.hasPrefix("urn:yizhan:bureau:\(peer):") else { return false }
        let rows = try RawStatement(
            database, "SELECT sequence FROM audit_asked WHERE subject = ?1 ORDER BY sequence DESC LIMIT ?2")
        rows.bind(1, pseudonym.bytes)
        rows.bind(2, Self.looked)
        var places: [UInt64] = []
        try rows.forEachRow { places.append(UInt64($0.integer(0))) }
        for place in places {
            guard let bytes = try AuditTables.entry(database, place, ofClosed: nil),
                let entry = try? AuditEntry(decoding: bytes)
            else { continue }
            if entry.event == .questionForwarded, entry.details[.peer] == peer.description,
                entry.actor.organisation == asker, entry.details[.question] == inquiry.accessKind,
                entry.purpose == inquiry.purpose.rawValue,
                abs(entry.time - inquiry.askedAt.milliseconds) <= Self.apart
            {
                return true
            }
        }
        return false
    }
}
