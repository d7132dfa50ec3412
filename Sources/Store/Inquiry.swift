import AuditLog
import Interchange

/// A status question, or the refusal of one: either way it becomes an entry, in one transaction with all that it changes.
public struct Inquiry: Sendable {
    /// The person's number in the form that look-ups hash.
    public var subject: [UInt8]
    public var question: Question
    /// Nil to look the person up. Else why the request alone is refused, with the rule that came nearest; the subject is then not looked up.
    public var refusal: Refusal?
    /// Which persons the rule speaks of; nil for any.
    public var tie: PersonTie?
    /// The gateway's own province, for ties.
    public var own: Province?
    /// What is counted, and how far it may go.
    public var limits: [InquiryLimit] = []
    /// Whether it was drawn for a supervisor to justify.
    public var isSampled = false
    /// What goes before the facts in the entry's detail, such as `kind=police`.
    public var facts: String = ""
    public var entry: Act
    public var at: Instant
    /// How long it may be kept for others that share its commit. Whoever answers not before a floor loses nothing by a part of it.
    public var canWait = Duration.zero

    public enum Question: Sendable, Hashable {
        case currentRegistration(Province)
        case validPermit(Province, on: CivilDate)
        /// A division, a prefecture or a province: codes that end with zeros take in what lies in them.
        case registeredInDivision(DivisionCode)
        /// The employer's code.
        case employerReported([UInt8])
        /// `StatusFacts.identity(name:birthDate:)` of what is asked.
        case identityMatches([UInt8])
        /// About what this gateway holds nothing of: always unknown, after the same look-up.
        case notHeld
    }

    public struct Refusal: Sendable, Hashable {
        public var reason: String
        public var rule: String?

        public init(reason: String, rule: String?) {
            self.reason = reason
            self.rule = rule
        }
    }

    public init(subject: [UInt8], question: Question, entry: Act, at: Instant) {
        self.subject = subject
        self.question = question
        self.entry = entry
        self.at = at
    }
}

/// How a person is tied to a gateway. Raw values stand in the log.
public enum PersonTie: String, Sendable, Hashable, CaseIterable {
    /// Any record of the person is held.
    case held
    /// A record of that kind is held.
    case registration, permit, employment
    /// The person is registered in the gateway's province now.
    case livesHere
    /// The person's household is registered in the gateway's province.
    case comesFromHere
}

/// One count that is bounded for a time: past it, questions are refused until the time is over.
public struct InquiryLimit: Sendable, Hashable {
    public enum Counted: String, Sendable, Hashable {
        case questions
        /// Answers other than `yes`.
        case misses
        /// Different numbers that have all but their last digits in common.
        case similar
    }

    public var counted: Counted
    /// Whose count it is: equal texts share one.
    public var scope: String
    /// The most that is let through.
    public var most: Int
    /// When the count begins anew.
    public var until: Instant
    /// The stable word for a refusal by it.
    public var reason: String

    public init(counted: Counted, scope: String, most: Int, until: Instant, reason: String) {
        self.counted = counted
        self.scope = scope
        self.most = most
        self.until = until
        self.reason = reason
    }
}

public enum InquiryAnswer: String, Sendable, Hashable { case yes, no, unknown, refused }

/// The answer, and the audit entry that is durable by now.
public struct InquiryResult: Sendable {
    public var answer: InquiryAnswer
    public var entry: UInt64
    /// Why it is refused; nil otherwise.
    public var refusal: Inquiry.Refusal?
    /// A limit that this question was the first to exceed: somebody is to be alerted.
    public var exceeded: InquiryLimit?
}

/// An act to be entered in the audit log. Sequence, nonce and pseudonym are the store's to add.
public struct Act: Sendable {
    public var event: AuditEvent
    public var actor: AuditActor
    public var at: Instant
    public var purpose: Purpose?
    public var caseReference: String?
    /// The person's number in the form that look-ups hash: it becomes a pseudonym.
    public var subject: [UInt8]?
    /// SHA-256 of an envelope's line.
    public var object: Digest256?
    public var batch: MessageID?
    public var outcome: String?
    public var evidence: Digest256?
    /// Names and codes that explain the act, never personal data.
    public var details: AuditDetails

    public init(
        _ event: AuditEvent, actor: AuditActor, at: Instant, purpose: Purpose? = nil, caseReference: String? = nil,
        subject: [UInt8]? = nil, object: Digest256? = nil, batch: MessageID? = nil, outcome: String? = nil,
        evidence: Digest256? = nil, details: AuditDetails = [:]
    ) {
        self.event = event
        self.actor = actor
        self.at = at
        self.purpose = purpose
        self.caseReference = caseReference
        self.subject = subject
        self.object = object
        self.batch = batch
        self.outcome = outcome
        self.evidence = evidence
        self.details = details
    }
}
