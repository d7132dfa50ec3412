import AuditLog
import GRDB
import Interchange

extension SQLiteStore {
    public func forward(_ inquiry: Inquiry) async throws -> ForwardedInquiry {
        let writer = InquiryWriter(inquiry, keys: keys)
        return try await writes.run(.question) { try writer.forward(in: $0) }
    }

    public func conclude(_ inquiry: Inquiry, with act: Act, isMiss: Bool) async throws {
        let writer = InquiryWriter(inquiry, keys: keys)
        try await writes.run(.question) { transaction in
            if isMiss { try InquiryCounts(inquiry, keys: writer.keys, in: transaction).addMiss(in: transaction) }
            _ = try writer.enter(act, in: transaction)
        }
    }
}

extension InquiryWriter {
    /// The answer is not known yet, so that it cannot count as a miss yet.
    fileprivate func forward(in transaction: borrowing Transaction) throws -> ForwardedInquiry {
        let counts = InquiryCounts(inquiry, keys: keys, in: transaction)
        if let exceeded = try counts.exceeded(in: transaction) {
            let refused = try refuse(for: exceeded, counts, in: transaction)
            return ForwardedInquiry(refusal: refused.refusal, exceeded: refused.exceeded)
        }
        let run = try counts.add(isMiss: false, number: inquiry.subject, lookup: lookup, in: transaction)
        var act = inquiry.entry
        act.event = .questionForwarded
        if !inquiry.facts.isEmpty { act.details[.facts] = inquiry.facts }
        _ = try enter(act, in: transaction)
        if inquiry.isSampled { try SampleTable.keep(act, in: transaction) }
        let exceeded = try run.flatMap { try alert($0, counts, in: transaction) }
        return ForwardedInquiry(refusal: nil, exceeded: exceeded)
    }
}
