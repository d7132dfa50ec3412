import AuditLog
import Interchange

/// Status questions beyond the asking itself: those of other provinces, samples, protection, notices.
public protocol Questioning: Sendable {
    /// Answers a question that another province asked: once. The same id with the same content gets the same answer until
    /// that is no longer valid. The nonce is spent in the same transaction.
    func answer(_ inquiry: Inquiry, of asked: PeerQuestion) async throws -> PeerAnswer
    /// Keeps a supervisor's judgement of a sampled question.
    /// - Throws: ``StoreError`` `notFound` when no such question waits for a judgement.
    func judge(sample: MessageID, isJustified: Bool, by actor: AuditActor, at now: Instant) async throws
    /// From now on, or no longer, every question about the person is answered `unknown`.
    func protect(_ subject: [UInt8], isProtected: Bool, by actor: AuditActor, at now: Instant) async throws
    /// Notices to home provinces that are due, oldest first.
    func dueNotices(at now: Instant, limit: Int) async throws -> [PendingNotice]
    /// Puts the notice's envelope in the outbox and forgets the notice, together.
    func issue(_ notice: PendingNotice, as draft: Draft, entry: Act) async throws
    /// Forgets a notice that cannot become an envelope.
    func dropNotice(_ id: MessageID) async throws
}

/// What of a samples' list can be read without writing.
public protocol SampleReading: Sendable {
    /// Questions that were drawn, oldest first; those without a judgement only, or all.
    func samples(waitingOnly: Bool, limit: Int) async throws -> [SampledQuestion]
}

/// A question drawn at random for a supervisor. It never names the person.
public struct SampledQuestion: Sendable, Hashable {
    public var id: MessageID
    public var at: Instant
    public var organisation: String
    public var officer: String?
    public var question: String
    public var purpose: String
    public var caseReference: String?
    public var legalBasis: String
    /// Nil while it waits.
    public var isJustified: Bool?
}

/// What makes a question of another province one that is answered once.
public struct PeerQuestion: Sendable {
    public var peer: Province
    public var id: MessageID
    /// Of the request's content.
    public var digest: Digest256
    public var nonce: String
    /// Until when its answer stands.
    public var validUntil: Instant
    /// What the home province is to be told, and when; nil for nothing.
    public var notice: (content: [UInt8], due: Instant)?

    public init(
        peer: Province, id: MessageID, digest: Digest256, nonce: String, validUntil: Instant,
        notice: (content: [UInt8], due: Instant)? = nil
    ) {
        self.peer = peer
        self.id = id
        self.digest = digest
        self.nonce = nonce
        self.validUntil = validUntil
        self.notice = notice
    }
}

/// What the store says of a question that another province asked.
public enum PeerAnswer: Sendable {
    /// Answered, now or before.
    case answered(Answered)
    /// The id came before with another content.
    case reused
    case nonceReplayed

    public struct Answered: Sendable {
        public var answer: InquiryAnswer
        public var refusal: Inquiry.Refusal?
        public var asOf: Instant
        public var validUntil: Instant
        /// As in ``InquiryResult``.
        public var exceeded: InquiryLimit?
    }
}

/// A notice that waits to be told to a home province, opened.
public struct PendingNotice: Sendable {
    /// The question's own id.
    public var id: MessageID
    public var content: [UInt8]
    public var due: Instant
}
