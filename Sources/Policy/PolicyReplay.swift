import Interchange

/// A past question as the audit log has it: what a policy decides by, and what was decided.
public struct PastQuestion: Sendable, Hashable {
    /// The entry's place in the log.
    public var sequence: UInt64
    public var at: Instant
    public var request: PolicyRequest
    public var bureau: Bureau
    /// The bureau's name as its certificate has it.
    public var asker: String
    public var officer: String
    public var outcome: Outcome
    /// What the records said and how the person is tied to the province; nil when the person was not looked up.
    public var facts: Facts?

    public struct Facts: Sendable, Hashable {
        /// `yes`, `no` or `unknown`, whoever asks.
        public var found: String
        public var ties: Set<String>
        public var isProtected: Bool

        public init(found: String, ties: Set<String>, isProtected: Bool) {
            self.found = found
            self.ties = ties
            self.isProtected = isProtected
        }

        /// Reads the detail `facts` of an entry; nil when the person was not looked up.
        public init?(detail: String) {
            let parts = detail.split(separator: ";").map(String.init)
            guard let found = parts.first(where: { $0.hasPrefix("answer=") })?.dropFirst(7) else { return nil }
            self.init(
                found: String(found),
                ties: Set(
                    parts.first { $0.hasPrefix("ties=") }?.dropFirst(5).split(separator: "+").map(String.init) ?? []),
                isProtected: parts.contains("protected"))
        }
    }

    public enum Outcome: Sendable, Hashable {
        /// `yes`, `no` or `unknown`.
        case answered(String)
        case refused(reason: String)

        /// `yes`, `no`, `unknown`, or `refused` with its reason.
        public var text: String {
            switch self {
            case .answered(let answer): answer
            case .refused(let reason): "refused (\(reason))"
            }
        }
    }

    public init(
        sequence: UInt64, at: Instant, request: PolicyRequest, bureau: Bureau, asker: String, officer: String,
        outcome: Outcome, facts: Facts?
    ) {
        self.sequence = sequence
        self.at = at
        self.request = request
        self.bureau = bureau
        self.asker = asker
        self.officer = officer
        self.outcome = outcome
        self.facts = facts
    }
}

/// A past question that a policy decides otherwise than it was decided.
public struct PolicyDifference: Sendable, Hashable {
    public var question: PastQuestion
    /// `yes`, `no`, `unknown`, `refused (REASON)`, or `answered` where nobody looked the person up then.
    public var now: String
    /// The rule that decides now.
    public var rule: PolicyRule?
}

/// Holds a policy against past questions in their order, with counts of its own.
public struct PolicyReplay: Sendable {
    private let policy: StatusPolicy
    private var counts: [Quota: Int] = [:]

    public init(_ policy: StatusPolicy) { self.policy = policy }

    /// - Returns: nil when the policy decides as it was decided. Runs of similar numbers cannot be found in a log that has no
    ///   numbers: what was refused for one is left out, and so is what was refused to a province as a whole, which no policy states.
    public mutating func replay(_ past: PastQuestion) -> PolicyDifference? {
        if case .refused(let reason) = past.outcome, reason == "similarNumbers" || ProvinceLimits.isReason(reason) {
            return nil
        }
        switch policy.decide(past.request, bureau: past.bureau, on: past.at.dayInShanghai) {
        case .refused(let refusal):
            return difference(past, .refused(reason: refusal.reason.rawValue), refusal.rule)
        case .allowed(let rule):
            let quotas = rule.quotas(of: past.asker, officer: past.officer, at: past.at)
            if let exceeded = quotas.first(where: { counts[$0.key, default: 0] >= $0.most }) {
                return difference(past, .refused(reason: exceeded.reason), rule)
            }
            return allowed(past, by: rule, quotas)
        }
    }

    private mutating func allowed(
        _ past: PastQuestion, by rule: PolicyRule, _ quotas: [Quota]
    ) -> PolicyDifference? {
        let answer = past.facts.map { facts in
            let isTied = rule.about.fact(for: past.bureau.kind).map(facts.ties.contains) ?? true
            return facts.isProtected || !isTied ? "unknown" : facts.found
        }
        for quota in quotas where quota.counted == .questions || quota.counted == .misses && answer != "yes" {
            counts[quota.key, default: 0] += 1
        }
        if let answer { return difference(past, .answered(answer), rule) }
        guard case .refused = past.outcome else { return nil }
        return PolicyDifference(question: past, now: "answered", rule: rule)
    }

    private func difference(
        _ past: PastQuestion, _ outcome: PastQuestion.Outcome, _ rule: PolicyRule?
    ) -> PolicyDifference? {
        outcome == past.outcome ? nil : PolicyDifference(question: past, now: outcome.text, rule: rule)
    }
}

extension Quota {
    /// The count that it bounds, however high the bound.
    fileprivate var key: Quota { Quota(counted: counted, scope: scope, most: 0, until: until) }
}
