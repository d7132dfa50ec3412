import AuditLog
import Foundation
import Interchange
import Logging
import Policy
import Store

/// Where questions are decided, whichever way they come: by the policy, then by what the store holds.
struct QuestionDesk: Sendable {
    /// How long an answer may be relied on, in days.
    static let validDays = 1
    /// The longest that telling the person may be put off, in days.
    static let longestDeferralDays = 366

    let province: Province
    let policy: StatusPolicy
    let store: any Store
    /// No looked-up answer leaves sooner.
    let floor: Duration
    let clock: WallClock
    let logger: Logger
    private let digest: String

    init(
        province: Province, policy: StatusPolicy, store: any Store, floor: Duration, clock: @escaping WallClock,
        logger: Logger
    ) {
        self.province = province
        self.policy = policy
        self.store = store
        self.floor = floor
        self.clock = clock
        self.logger = logger
        digest = Digest256(policy.digest)?.base64 ?? ""
    }

    /// Whose question it is and when it came.
    struct Asking: Sendable {
        var id: MessageID
        var bureau: Bureau
        /// The bureau's own province.
        var home: Province
        var at: Instant
        /// The bureau as its certificate names it.
        let asker: String

        init(id: MessageID, bureau: Bureau, home: Province, at: Instant) {
            (self.id, self.bureau, self.home, self.at) = (id, bureau, home, at)
            asker = CertificateIdentity.bureau(home, id: bureau.id).urn
        }
    }

    /// What is wrong with a question that its own body does not show.
    func problem(in question: StatusQuestion, _ asking: Asking) -> QuestionProblem? {
        guard let deferral = question.deferral else { return nil }
        guard asking.bureau.kind == .police else {
            return QuestionProblem(.notForThisQuestion, "/deferredUntil", "Only police may defer.")
        }
        let today = asking.at.dayInShanghai
        let latest = today.adding(days: Self.longestDeferralDays)
        return deferral.until > today && deferral.until <= latest
            ? nil
            : QuestionProblem(
                .format, "/deferredUntil", "A day after today, at most \(Self.longestDeferralDays) days from it.")
    }

    /// The question as the store carries it out, decided by the rules that look only at the request.
    /// - Parameter generator: draws the policy's share for a supervisor.
    func inquiry(
        _ question: StatusQuestion, _ asking: Asking, using generator: inout some RandomNumberGenerator
    ) -> Inquiry {
        var inquiry = Inquiry(
            subject: question.subject.lookUpNumber.exposed, question: held(question, at: asking.at),
            entry: act(question, asking), at: asking.at)
        inquiry.own = province
        inquiry.canWait = floor / 4
        inquiry.facts = "kind=" + asking.bureau.kind.rawValue
        switch policy.decide(question, bureau: asking.bureau, on: asking.at.dayInShanghai) {
        case .refused(let refusal):
            inquiry.refusal = Inquiry.Refusal(reason: refusal.reason.rawValue, rule: refusal.rule?.name)
        case .allowed(let rule):
            inquiry.entry.details[.rule] = rule.name
            inquiry.entry.details[.line] = String(rule.line)
            inquiry.tie = rule.about.fact(for: asking.bureau.kind).flatMap { PersonTie(rawValue: $0) }
            inquiry.limits = rule.quotas(of: asking.asker, officer: question.officer, at: asking.at)
                .map(InquiryLimit.init)
            inquiry.isSampled = Double.random(in: 0..<1, using: &generator) < policy.sampleShare
        }
        return inquiry
    }

    /// The question's entry before anything is decided.
    func act(_ question: StatusQuestion, _ asking: Asking) -> Act {
        var act = Act(
            .questionAnswered, actor: AuditActor(organisation: asking.asker, person: question.officer),
            at: asking.at, purpose: question.purpose, caseReference: question.caseReference,
            details: [
                .bureau: asking.bureau.id, .legalBasis: question.legalBasis, .policy: digest,
                .queryId: asking.id.description, .question: question.question.rawValue,
            ])
        act.details[.deferredUntil] = question.deferral?.until.description
        act.details[.legalGround] = question.deferral?.ground
        if asking.home != province { act.details[.peer] = asking.home.description }
        return act
    }

    private func held(_ question: StatusQuestion, at now: Instant) -> Inquiry.Question {
        switch question.question {
        case .currentRegistration: .currentRegistration(question.province ?? province)
        case .validPermit:
            .validPermit(question.province ?? province, on: question.onDate ?? now.dayInShanghai)
        case .registeredInDivision: question.division.map { .registeredInDivision($0) } ?? .notHeld
        case .employerReported: question.employer.map { .employerReported(Array($0.utf8)) } ?? .notHeld
        case .identityMatches: question.subject.identity.map { .identityMatches($0) } ?? .notHeld
        }
    }

    /// Tells the operators of a limit that was exceeded: once for each.
    func alert(_ exceeded: InquiryLimit?, _ asking: Asking) {
        guard let exceeded else { return }
        logger.critical(
            "status questions refused: a limit is exceeded",
            metadata: [
                "asker": "\(asking.asker)", "limit": "\(exceeded.reason)", "until": "\(exceeded.until)",
            ])
    }
}

extension StatusQuestion.Subject {
    /// Name and birth date in the one form that is compared; nil when either is not stated.
    fileprivate var identity: [UInt8]? {
        guard let name, let birthDate else { return nil }
        return StatusFacts.identity(
            name: name.exposed.precomposedStringWithCanonicalMapping, birthDate: birthDate.exposed)
    }
}

extension InquiryLimit {
    init(_ quota: Quota) {
        let counted: Counted =
            switch quota.counted {
            case .questions: .questions
            case .misses: .misses
            case .similar: .similar
            }
        self.init(
            counted: counted, scope: quota.scope, most: quota.most, until: quota.until, reason: quota.reason)
    }
}
