import AuditLog
import GRDB
import Interchange

extension SQLiteStore {
    public func answer(
        _ inquiry: Inquiry, then answer: @escaping @Sendable (Result<InquiryResult, StoreError>) -> Void
    ) {
        questions.ask(inquiry, then: answer)
    }
}

/// Carries one question out within one transaction. The statements are the same whatever is held of the person.
struct InquiryWriter: Sendable {
    let inquiry: Inquiry
    let keys: StoreKeys
    /// The person's look-up hash.
    let lookup: ShortHash
    /// The entry of an answer; nil when it is made with the answer, which then says what is wrong with it.
    private let prepared: PreparedQuestion?

    /// Hashes the person's number, on whichever thread it is called.
    /// - Parameter isPrepared: whether the entry of an answer is made there, too.
    init(_ inquiry: Inquiry, keys: StoreKeys, isPrepared: Bool = false) {
        self.inquiry = inquiry
        self.keys = keys
        lookup = keys.lookupHash(inquiry.subject)
        prepared = isPrepared && inquiry.refusal == nil ? try? PreparedQuestion(inquiry.entry) : nil
    }

    func write(in transaction: borrowing Transaction) throws -> InquiryResult {
        if let refusal = inquiry.refusal { return try refuse(refusal, in: transaction) }
        let counts = InquiryCounts(inquiry, keys: keys, in: transaction)
        if let exceeded = try counts.exceeded(in: transaction) {
            return try refuse(for: exceeded, counts, in: transaction)
        }
        return try lookUp(counts, in: transaction)
    }

    private func lookUp(_ counts: InquiryCounts, in transaction: borrowing Transaction) throws -> InquiryResult {
        let held = try HeldFacts(of: lookup, in: transaction)
        let ties = inquiry.own.map(held.ties) ?? []
        let found = held.answer(
            HashedQuestion(inquiry.question, of: lookup, keys: keys), today: inquiry.at.dayInShanghai)
        let isTied = inquiry.tie.map(ties.contains) ?? true
        let answer = held.isProtected || !isTied ? InquiryAnswer.unknown : found
        let run = try counts.add(isMiss: answer != .yes, number: inquiry.subject, lookup: lookup, in: transaction)
        let entry = try enter(answer, facts(found, ties, isProtected: held.isProtected), in: transaction)
        if inquiry.isSampled { try SampleTable.keep(inquiry.entry, in: transaction) }
        let exceeded = try run.flatMap { try alert($0, counts, in: transaction) }
        return InquiryResult(answer: answer, entry: entry, refusal: nil, exceeded: exceeded)
    }

    /// What a changed policy would have decided by: the kind of bureau, what the records say, and the person's ties.
    private func facts(_ found: InquiryAnswer, _ ties: [PersonTie], isProtected: Bool) -> String {
        var text = inquiry.facts.isEmpty ? "answer=" : inquiry.facts + ";answer="
        text += found.rawValue
        for (place, tie) in ties.enumerated() {
            text += place == 0 ? ";ties=" : "+"
            text += tie.rawValue
        }
        if isProtected { text += ";protected" }
        return text
    }

    func refuse(
        for exceeded: InquiryLimit, _ counts: InquiryCounts, in transaction: borrowing Transaction
    ) throws -> InquiryResult {
        var result = try refuse(
            Inquiry.Refusal(reason: exceeded.reason, rule: inquiry.entry.details[.rule]), in: transaction)
        result.exceeded = try alert(exceeded, counts, in: transaction)
        return result
    }

    private func refuse(
        _ refusal: Inquiry.Refusal, in transaction: borrowing Transaction
    ) throws -> InquiryResult {
        var act = inquiry.entry
        act.event = .questionRefused
        act.outcome = nil
        act.details[.reason] = refusal.reason
        act.details[.rule] = refusal.rule
        if !inquiry.facts.isEmpty { act.details[.facts] = inquiry.facts }
        let entry = try enter(act, in: transaction)
        return InquiryResult(answer: .refused, entry: entry, refusal: refusal, exceeded: nil)
    }

    private func enter(
        _ answer: InquiryAnswer, _ facts: String, in transaction: borrowing Transaction
    ) throws -> UInt64 {
        if let prepared {
            return try transaction.tail.append(
                prepared, subject: pseudonym(in: transaction), outcome: answer.rawValue, detail: facts)
        }
        var act = inquiry.entry
        act.outcome = answer.rawValue
        act.details[.facts] = facts
        return try enter(act, in: transaction)
    }

    func enter(_ act: Act, in transaction: borrowing Transaction) throws -> UInt64 {
        try transaction.tail.append(act, subject: pseudonym(in: transaction))
    }

    private func pseudonym(in transaction: borrowing Transaction) throws -> Digest256 {
        try Subjects(keys: keys).pseudonym(ofLookup: lookup, in: transaction, at: inquiry.at)
    }

    /// - Returns: the limit when nobody was alerted of it before.
    func alert(
        _ limit: InquiryLimit, _ counts: InquiryCounts, in transaction: borrowing Transaction
    ) throws -> InquiryLimit? {
        guard try counts.isFirstAlert(of: limit, in: transaction) else { return nil }
        var act = Act(
            .questionLimitExceeded, actor: inquiry.entry.actor, at: inquiry.at, purpose: inquiry.entry.purpose,
            details: [.reason: limit.reason, .until: limit.until.description])
        act.details[.question] = inquiry.entry.details[.question]
        act.details[.bureau] = inquiry.entry.details[.bureau]
        try transaction.tail.append(act, subject: nil)
        return limit
    }
}
