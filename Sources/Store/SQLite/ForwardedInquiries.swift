import AuditLog
import GRDB
import Interchange

extension SQLiteStore {
    public func forward(_ inquiry: Inquiry) async throws -> ForwardedInquiry {
        let writer = InquiryWriter(inquiry: inquiry, keys: keys)
        return try await writes.run { try writer.forward(in: $0) }
    }

    public func conclude(_ inquiry: Inquiry, with act: Act, isMiss: Bool) async throws {
        let writer = InquiryWriter(inquiry: inquiry, keys: keys)
        try await writes.run { transaction in
            if isMiss { try writer.counts.addMiss(in: transaction.database) }
            _ = try writer.enter(act, writer.lookup, in: transaction)
        }
    }
}

extension InquiryWriter {
    fileprivate var lookup: ShortHash { keys.lookupHash(inquiry.subject) }
    fileprivate var counts: InquiryCounts { InquiryCounts(limits: inquiry.limits, keys: keys, at: inquiry.at) }

    /// The answer is not known yet, so that it cannot count as a miss yet.
    fileprivate func forward(in transaction: borrowing Transaction) throws -> ForwardedInquiry {
        if let exceeded = try counts.exceeded(in: transaction.database) {
            let refused = try refuse(for: exceeded, counts, lookup, in: transaction)
            return ForwardedInquiry(refusal: refused.refusal, exceeded: refused.exceeded)
        }
        let run = try counts.add(
            isMiss: false, number: inquiry.subject, lookup: lookup, in: transaction.database)
        var act = inquiry.entry
        act.event = .questionForwarded
        if !inquiry.facts.isEmpty { act.details[.facts] = inquiry.facts }
        _ = try enter(act, lookup, in: transaction)
        if inquiry.isSampled { try SampleTable.keep(act, in: transaction) }
        let exceeded = try run.flatMap { try alert($0, counts, in: transaction) }
        return ForwardedInquiry(refusal: nil, exceeded: exceeded)
    }
}
