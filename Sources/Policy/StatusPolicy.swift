import Crypto
import Interchange

/// Who may ask which status question: a list of rules. The first rule that fits a request decides; without one the
/// request is refused.
public struct StatusPolicy: Sendable, Hashable {
    /// The file it was read from, for explanations.
    public let file: String
    public let rules: [PolicyRule]
    /// Which share of the questions is drawn at random for a supervisor to justify, from 0 to 1.
    public let sampleShare: Double

    public init(file: String, rules: [PolicyRule], sampleShare: Double = 0) {
        self.file = file
        self.rules = rules
        self.sampleShare = sampleShare
    }

    /// The policy's meaning, a line for each rule: the same for files that differ in comments, order of words or layout.
    public var normalForm: String {
        (sampleShare > 0 ? "sample=\(sampleShare)\n" : "") + rules.map(\.normalForm).joined()
    }

    /// SHA-256 of ``normalForm``, 32 bytes: what two persons approve, and what an audit entry names.
    public var digest: [UInt8] { Array(SHA256.hash(data: Array(normalForm.utf8))) }

    /// Decides by what the request says alone, never by its subject.
    /// - Parameters:
    ///   - bureau: who asks, as the client certificate and the configuration say.
    ///   - day: today in Asia/Shanghai.
    public func decide(_ request: PolicyRequest, bureau: Bureau, on day: CivilDate) -> Decision {
        var best = Refusal(reason: .noRule, rule: nil)
        for rule in rules where rule.who.contains(where: { $0.includes(bureau) }) {
            let reason = refusal(of: request, by: rule, on: day)
            guard let reason else { return .allowed(rule) }
            if reason > best.reason { best = Refusal(reason: reason, rule: reason == .questionNotAllowed ? nil : rule) }
        }
        return .refused(best)
    }

    /// Decides by what the question says alone, never by its subject.
    public func decide(_ question: StatusQuestion, bureau: Bureau, on day: CivilDate) -> Decision {
        decide(question.request, bureau: bureau, on: day)
    }

    private func refusal(of request: PolicyRequest, by rule: PolicyRule, on day: CivilDate) -> RefusalReason? {
        if !rule.ask.contains(request.question) { return .questionNotAllowed }
        if !rule.purposes.contains(request.purpose) { return .purposeNotAllowed }
        if !rule.isInForce(on: day) { return .expired }
        if request.purpose == .caseInquiry, !request.hasCase { return .caseMissing }
        return nil
    }
}

/// What the rules that look only at the request say.
public enum Decision: Sendable, Hashable {
    /// The subject may be looked up under this rule, within its tie and limits.
    case allowed(PolicyRule)
    case refused(Refusal)
}

/// Why a request is refused, and by which rule it failed.
public struct Refusal: Sendable, Hashable {
    public var reason: RefusalReason
    /// The rule that came nearest; nil when none speaks of the bureau and the question.
    public var rule: PolicyRule?

    public init(reason: RefusalReason, rule: PolicyRule?) {
        self.reason = reason
        self.rule = rule
    }
}

/// Why a request is refused; raw values travel. Ordered by how near a rule came to allowing.
public enum RefusalReason: String, Sendable, Hashable, CaseIterable, Comparable {
    /// No rule speaks of the bureau.
    case noRule
    /// No rule lets the bureau ask this question.
    case questionNotAllowed
    /// No rule lets the bureau ask it for this purpose.
    case purposeNotAllowed
    /// The rule that allowed it has ended.
    case expired
    /// `caseInquiry` needs a case.
    case caseMissing

    private var nearness: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    public static func < (left: RefusalReason, right: RefusalReason) -> Bool { left.nearness < right.nearness }
}
