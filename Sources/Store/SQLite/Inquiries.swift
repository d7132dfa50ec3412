import AuditLog
import GRDB
import Interchange

extension SQLiteStore {
    public func answer(_ inquiry: Inquiry) async throws -> InquiryResult {
        let keys = keys
        return try await writes.run { transaction in
            try InquiryWriter(inquiry: inquiry, keys: keys).write(in: transaction)
        }
    }
}

/// Carries one question out within one transaction. The statements are the same whatever is held of the person.
struct InquiryWriter {
    let inquiry: Inquiry
    let keys: StoreKeys

    func write(in transaction: borrowing Transaction) throws -> InquiryResult {
        let lookup = keys.lookupHash(inquiry.subject)
        if let refusal = inquiry.refusal { return try refuse(refusal, lookup, in: transaction) }
        let counts = InquiryCounts(limits: inquiry.limits, keys: keys, at: inquiry.at)
        if let exceeded = try counts.exceeded(in: transaction.database) {
            return try refuse(for: exceeded, counts, lookup, in: transaction)
        }
        return try lookUp(lookup, counts, in: transaction)
    }

    private func lookUp(
        _ lookup: ShortHash, _ counts: InquiryCounts, in transaction: borrowing Transaction
    ) throws -> InquiryResult {
        let held = try HeldFacts(of: lookup, in: transaction)
        let ties = inquiry.own.map(held.ties) ?? []
        let found = held.answer(
            HashedQuestion(inquiry.question, of: lookup, keys: keys), today: inquiry.at.dayInShanghai)
        let isTied = inquiry.tie.map(ties.contains) ?? true
        let answer = held.isProtected || !isTied ? InquiryAnswer.unknown : found
        let run = try counts.add(
            isMiss: answer != .yes, number: inquiry.subject, lookup: lookup, in: transaction.database)
        var act = inquiry.entry
        act.outcome = answer.rawValue
        act.details[.facts] = facts(found, ties, isProtected: held.isProtected)
        let entry = try enter(act, lookup, in: transaction)
        if inquiry.isSampled { try SampleTable.keep(act, in: transaction) }
        let exceeded = try run.flatMap { try alert($0, counts, in: transaction) }
        return InquiryResult(answer: answer, entry: entry, refusal: nil, exceeded: exceeded)
    }

    /// What a changed policy would have decided by: the kind of bureau, what the records say, and the person's ties.
    private func facts(_ found: InquiryAnswer, _ ties: [PersonTie], isProtected: Bool) -> String {
        var parts = inquiry.facts.isEmpty ? [] : [inquiry.facts]
        parts.append("answer=\(found.rawValue)")
        if !ties.isEmpty { parts.append("ties=" + ties.map(\.rawValue).joined(separator: "+")) }
        if isProtected { parts.append("protected") }
        return parts.joined(separator: ";")
    }

    func refuse(
        for exceeded: InquiryLimit, _ counts: InquiryCounts, _ lookup: ShortHash, in transaction: borrowing Transaction
    ) throws -> InquiryResult {
        var result = try refuse(
            Inquiry.Refusal(reason: exceeded.reason, rule: inquiry.entry.details[.rule]), lookup, in: transaction)
        result.exceeded = try alert(exceeded, counts, in: transaction)
        return result
    }

    private func refuse(
        _ refusal: Inquiry.Refusal, _ lookup: ShortHash, in transaction: borrowing Transaction
    ) throws -> InquiryResult {
        var act = inquiry.entry
        act.event = .questionRefused
        act.outcome = nil
        act.details[.reason] = refusal.reason
        act.details[.rule] = refusal.rule
        if !inquiry.facts.isEmpty { act.details[.facts] = inquiry.facts }
        let entry = try enter(act, lookup, in: transaction)
        return InquiryResult(answer: .refused, entry: entry, refusal: refusal, exceeded: nil)
    }

    func enter(_ act: Act, _ lookup: ShortHash, in transaction: borrowing Transaction) throws -> UInt64 {
        let subjects = Subjects(keys: keys)
        let pseudonym = try subjects.pseudonym(ofLookup: lookup, in: transaction, at: inquiry.at)
        return try transaction.tail.append(act, subject: pseudonym)
    }

    /// - Returns: the limit when nobody was alerted of it before.
    func alert(
        _ limit: InquiryLimit, _ counts: InquiryCounts, in transaction: borrowing Transaction
    ) throws -> InquiryLimit? {
        guard try counts.isFirstAlert(of: limit, in: transaction.database) else { return nil }
        var act = Act(
            .questionLimitExceeded, actor: inquiry.entry.actor, at: inquiry.at, purpose: inquiry.entry.purpose,
            details: [.reason: limit.reason, .until: limit.until.description])
        act.details[.question] = inquiry.entry.details[.question]
        act.details[.bureau] = inquiry.entry.details[.bureau]
        try transaction.tail.append(act, subject: nil)
        return limit
    }
}
