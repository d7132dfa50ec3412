import AuditLog
import Interchange

/// A status question that the policy let through, or refused: either way it becomes an entry.
public struct Inquiry: Sendable {
    /// The person's number in the form that look-ups hash.
    public var subject: [UInt8]
    public var question: Question
    public var entry: Act
    public var at: Instant

    public enum Question: Sendable, Hashable {
        case currentRegistration(Province)
        /// About a kind of record that this version does not hold: always unknown, after the same look-up.
        case notHeld
    }

    public init(subject: [UInt8], question: Question, entry: Act, at: Instant) {
        self.subject = subject
        self.question = question
        self.entry = entry
        self.at = at
    }
}

public enum InquiryAnswer: String, Sendable, Hashable { case yes, no, unknown, refused }

/// The answer, and the audit entry that is durable by now.
public struct InquiryResult: Sendable {
    public var answer: InquiryAnswer
    public var entry: UInt64
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
