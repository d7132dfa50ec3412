import AuditLog
import Interchange

/// An envelope of an incoming batch after it was checked, as much as is needed to apply it.
public struct IncomingEnvelope: Sendable {
    public var id: MessageID
    /// SHA-256 of its line.
    public var digest: Digest256
    /// Where its line is in ``IncomingBatch/lines``.
    public var span: Range<Int>
    /// Nil when it was refused by the checks; `violations` then say why.
    public var record: IncomingRecord?
    public var violations: [RefusedRow.Reason]

    public init(
        id: MessageID, digest: Digest256, span: Range<Int>, record: IncomingRecord?, violations: [RefusedRow.Reason]
    ) {
        self.id = id
        self.digest = digest
        self.span = span
        self.record = record
        self.violations = violations
    }
}

/// What an acceptable envelope says, as far as state depends on it.
public struct IncomingRecord: Sendable {
    public var kind: Kind
    public var record: RecordID
    public var version: Int
    public var issuedAt: Instant
    public var purpose: Purpose
    public var retainUntil: CivilDate
    /// The person's number in the form that look-ups hash.
    public var subject: [UInt8]?
    public var reference: RecordID?
    public var division: DivisionCode?
    /// The day from which the fact holds: arrival or departure.
    public var effective: CivilDate?
    /// What status questions are answered from.
    public var facts: StatusFacts?
    /// What it does to facts that are held.
    public var effect: EnvelopeEffect?
    /// What an `accessNotice` states.
    public var inquiry: StatedInquiry?

    public init(
        kind: Kind, record: RecordID, version: Int, issuedAt: Instant, purpose: Purpose, retainUntil: CivilDate,
        subject: [UInt8]?, reference: RecordID?, division: DivisionCode?, effective: CivilDate?,
        facts: StatusFacts? = nil
    ) {
        self.kind = kind
        self.record = record
        self.version = version
        self.issuedAt = issuedAt
        self.purpose = purpose
        self.retainUntil = retainUntil
        self.subject = subject
        self.reference = reference
        self.division = division
        self.effective = effective
        self.facts = facts
    }
}

/// A batch whose signature was verified and whose envelopes were checked.
public struct IncomingBatch: Sendable {
    public var from: Province
    public var batch: MessageID
    /// SHA-256 of the content as it came.
    public var contentDigest: Digest256
    public var nonce: String
    /// The decoded NDJSON.
    public var lines: [UInt8]
    /// ``lines`` as frames of zstd, if they came so: then they need not be compressed again.
    public var packed: [UInt8]?
    public var envelopes: [IncomingEnvelope]
    public var receivedAt: Instant
    /// The request's signature and its base, kept as evidence: key id, signature and base, each after a newline.
    public var signature: String?

    public init(
        from: Province, batch: MessageID, contentDigest: Digest256, nonce: String, lines: [UInt8],
        packed: [UInt8]? = nil, envelopes: [IncomingEnvelope], receivedAt: Instant, signature: String? = nil
    ) {
        self.packed = packed
        self.signature = signature
        self.from = from
        self.batch = batch
        self.contentDigest = contentDigest
        self.nonce = nonce
        self.lines = lines
        self.envelopes = envelopes
        self.receivedAt = receivedAt
    }
}

/// What applying one envelope came to.
public enum Outcome: Sendable, Hashable {
    public struct Held: Sendable, Hashable {
        public var version: Int
        public var digest: Digest256

        public init(version: Int, digest: Digest256) {
            self.version = version
            self.digest = digest
        }
    }

    case accepted
    /// This id with this digest was answered before, with `earlier`.
    case duplicate(earlier: Earlier)
    case stale(Held)
    case parked
    case rejected([RefusedRow.Reason])
    case conflict(Held)

    /// The outcomes that are remembered.
    public enum Earlier: String, Sendable, Hashable { case accepted, stale }
}

/// What the store says of an incoming batch.
public enum Reception: Sendable {
    /// Applied, and the receipt is stored: the outcomes in line order, and the audit entries that hold them.
    case applied(Applied)
    /// A known batch with the same content: its stored receipt.
    case known(receipt: [UInt8])
    /// A known batch id with another content.
    case reused
    case nonceReplayed

    public struct Applied: Sendable {
        public var outcomes: [Outcome]
        public var receivedAt: Instant
        /// Sequence numbers of the first and the last entry.
        public var entries: ClosedRange<UInt64>
    }
}

/// The receipt of a batch with what is kept beside it.
public struct ComposedReceipt: Sendable {
    public var content: [UInt8]
    /// Of our answer with it, for evidence: key id, signature and base, each after a newline.
    public var signature: String?
    /// What the receipt names.
    public var checkpoint: SignedCheckpoint

    public init(_ content: [UInt8], signature: String? = nil, checkpoint: SignedCheckpoint) {
        (self.content, self.signature, self.checkpoint) = (content, signature, checkpoint)
    }
}

/// Composes the receipt of an applied batch while its transaction is open. Nothing that it makes may leave before that is durable.
public struct ReceiptComposer: Sendable {
    /// The receipt's `results`, as they stand in it: their digest goes into the log, whose tree the rest of the receipt names.
    public typealias Results = @Sendable (_ outcomes: [Outcome]) throws -> [UInt8]
    /// - Parameters:
    ///   - size, root: of the log, with the batch's entries.
    public typealias Content =
        @Sendable (
            _ results: [UInt8], _ applied: Reception.Applied, _ size: UInt64, _ root: Digest256
        ) throws -> ComposedReceipt

    let results: Results
    let receipt: Content

    public init(results: @escaping Results, receipt: @escaping Content) {
        (self.results, self.receipt) = (results, receipt)
    }
}

/// A checkpoint that was signed, or is about to leave.
public struct SignedCheckpoint: Sendable, Hashable {
    public var size: UInt64
    public var root: Digest256
    /// The signed note (C2SP).
    public var note: String

    public init(size: UInt64, root: Digest256, note: String) {
        self.size = size
        self.root = root
        self.note = note
    }
}
