import AuditLog
import Interchange

/// Number of an intake run.
public struct RunID: Sendable, Hashable {
    public let number: Int64
    public init(number: Int64) { self.number = number }
}

/// What an intake run takes in, and from whom.
public struct RunDescription: Sendable {
    public var mapping: String
    public var actor: AuditActor
    public var startedAt: Instant

    public init(mapping: String, actor: AuditActor, startedAt: Instant) {
        self.mapping = mapping
        self.actor = actor
        self.startedAt = startedAt
    }
}

/// The closed account of a run: `rows` = `accepted` + `flagged` + `quarantined`, and `skipped` beside them.
public struct RunOutcome: Sendable, Hashable {
    public var rows = 0
    public var accepted = 0
    public var flagged = 0
    public var quarantined = 0
    public var skipped = 0
    /// Of the accepted and flagged, those that came before with the same content.
    public var unchanged = 0

    public init() {}
}

/// A row that intake must not pass, with the reasons.
public struct RefusedRow: Sendable {
    /// 1 is the first data row.
    public var row: Int
    public var reasons: [Reason]
    /// The source's own bytes of what the mapping uses.
    public var raw: [UInt8]
    /// The same, cell by cell, whatever the format: from these the row is judged again.
    public var cells: [SourceCell]
    /// The person's number in the form that look-ups hash, where the row has a well-formed one: it becomes a pseudonym.
    public var subject: [UInt8]?

    public struct Reason: Sendable, Hashable {
        public var code: ViolationCode
        public var pointer: String
        public var column: String?

        public init(code: ViolationCode, pointer: String, column: String?) {
            self.code = code
            self.pointer = pointer
            self.column = column
        }
    }

    public init(row: Int, reasons: [Reason], raw: [UInt8], cells: [SourceCell] = [], subject: [UInt8]? = nil) {
        self.subject = subject
        self.row = row
        self.reasons = reasons
        self.raw = raw
        self.cells = cells
    }
}

/// Rows of one run, kept together.
public struct IntakeChunk: Sendable {
    public var run: RunID
    public var actor: AuditActor
    public var drafts: [Draft]
    public var refused: [RefusedRow]
    public var at: Instant
    /// The row of each draft, for keeping it in quarantine if the store may not pass it; without cells where that cannot be
    /// mended. When there are none, a draft that may not pass refuses the chunk.
    public var origins: [RefusedRow] = []

    public init(run: RunID, actor: AuditActor, drafts: [Draft], refused: [RefusedRow], at: Instant) {
        self.run = run
        self.actor = actor
        self.drafts = drafts
        self.refused = refused
        self.at = at
    }
}

/// What became of a chunk.
public struct Acceptance: Sendable, Hashable {
    /// Envelopes made.
    public var new = 0
    /// Drafts whose content the store holds already.
    public var unchanged = 0
    public var quarantined = 0
    /// Of the quarantined, those that the mapping had passed.
    public var barred: [Barred] = []

    /// A row that what the store holds forbids.
    public struct Barred: Sendable, Hashable {
        public var code: ViolationCode
        /// Whether the row was to pass with a flag.
        public var isFlagged: Bool

        public init(code: ViolationCode, isFlagged: Bool) {
            self.code = code
            self.isFlagged = isFlagged
        }
    }

    public init() {}
}

/// A row in quarantine, as it is listed: never its bytes.
public struct QuarantinedRow: Sendable {
    public var id: Int64
    public var run: RunID
    public var row: Int
    public var mapping: String
    public var codes: [String]
    public var at: Instant
}

/// How much one batch may hold.
public struct BatchLimits: Sendable, Hashable {
    public var envelopes: Int
    /// Decoded bytes.
    public var bytes: Int

    public init(envelopes: Int = 1_000, bytes: Int = 8 << 20) {
        self.envelopes = envelopes
        self.bytes = bytes
    }
}

/// A batch's content as it is sent.
public struct EncodedContent: Sendable {
    public var bytes: [UInt8]
    /// The value of `Content-Encoding`; nil for none.
    public var encoding: String?
    /// SHA-256 of `bytes`.
    public var digest: Digest256

    public init(bytes: [UInt8], encoding: String?, digest: Digest256) {
        self.bytes = bytes
        self.encoding = encoding
        self.digest = digest
    }
}

/// A formed batch that this process may send until the lease lapses.
public struct LeasedBatch: Sendable {
    public var id: MessageID
    public var peer: Province
    public var content: EncodedContent
    /// The envelopes in line order: what a receipt must answer.
    public var envelopes: [EnvelopeReference]
    /// Attempts made before this one.
    public var attempts: Int
    /// When the oldest envelope in it was accepted.
    public var acceptedAt: Instant
}

/// An envelope by its id and the SHA-256 of its line.
public struct EnvelopeReference: Sendable, Hashable {
    public var id: MessageID
    public var digest: Digest256

    public init(id: MessageID, digest: Digest256) {
        self.id = id
        self.digest = digest
    }
}

/// A verified receipt, as far as the sender's state is concerned.
public struct Settlement: Sendable {
    public enum Verdict: Sendable, Hashable {
        /// Accepted, stale, or a duplicate of either: nothing is left to do.
        case settled
        /// It refers to something that the peer has not seen; it is offered again later.
        case parked
        /// A person must look. `codes` are the receiver's violations.
        case refused(conflict: Bool, codes: [String])
        /// A person must look: the receiver's violations, each with its place.
        case rejected([PeerFinding])
        /// The receiver holds this version: `stale`, or with `isConflict` `conflict`. A version that we know is final; one that
        /// we do not know was issued before a restore from backup, and ours is issued anew above it.
        case held(Outcome.Held, isConflict: Bool)
    }

    public var batch: MessageID
    public var peer: Province
    /// In line order.
    public var verdicts: [Verdict]
    /// The final outcome that the receiver remembers of each, in line order; nil in place of one that is not final. When it is
    /// nil itself, what is settled counts as accepted.
    public var finals: [FinalOutcome?]?
    public var receipt: [UInt8]
    /// The answer's signature and its base, kept as evidence.
    public var signature: String
    /// Our own request's signature and base, kept as evidence.
    public var request: String?
    public var at: Instant

    public init(
        batch: MessageID, peer: Province, verdicts: [Verdict], finals: [FinalOutcome?]? = nil, receipt: [UInt8],
        signature: String, request: String? = nil, at: Instant
    ) {
        self.request = request
        self.finals = finals
        self.batch = batch
        self.peer = peer
        self.verdicts = verdicts
        self.receipt = receipt
        self.signature = signature
        self.at = at
    }
}

/// An attempt that brought no verified receipt.
public struct FailedAttempt: Sendable {
    public var peer: Province
    /// Not sent again before; nil sets the batch aside as a dead letter.
    public var notBefore: Instant?
    /// A stable word: `peerDown`, `peerBusy`, `operator`, …, or for a dead letter the reason.
    public var blockedOn: String
    /// What an operator reads, without personal data.
    public var detail: String
    public var at: Instant
    /// Why what came as a receipt did not verify, as one stable word; nil when nothing did.
    public var refusedReceipt: String?

    public init(
        peer: Province, notBefore: Instant?, blockedOn: String, detail: String, at: Instant,
        refusedReceipt: String? = nil
    ) {
        self.peer = peer
        self.notBefore = notBefore
        self.blockedOn = blockedOn
        self.detail = detail
        self.at = at
        self.refusedReceipt = refusedReceipt
    }

    /// The entry about what came as a receipt, which goes before that of the attempt.
    func refusal(of batch: MessageID) -> Act? {
        refusedReceipt.map { code in
            Act(
                .receiptRefused, actor: AuditActor(organisation: "gateway"), at: at, batch: batch,
                details: [.peer: peer.description, .code: code])
        }
    }
}

/// How much waits for one peer.
public struct LaneBacklog: Sendable, Hashable {
    public var peer: Province
    /// Accepted and not yet delivered.
    public var waiting = 0
    /// Of those, in a batch that was formed.
    public var inBatches = 0
    public var delivered = 0
    public var parked = 0
    public var dead = 0
    public var oldest: Instant?
    public var blockedOn: String?
    public var detail: String?
    public var nextAttempt: Instant?
    /// Cancelled, discarded, or superseded by a repair.
    public var withdrawn = 0

    public init(peer: Province) { self.peer = peer }
}

/// One line of `queue list`: a formed batch, or envelopes that wait for one.
public struct DeliverySummary: Sendable {
    public var unit: DeliveryUnit
    /// The id of the batch or of the envelope; nil of what is in no batch yet.
    public var batch: MessageID?
    public var peer: Province
    public var envelopes: Int
    public var state: String
    public var attempts: Int
    public var acceptedAt: Instant
    public var nextAttempt: Instant?
    /// Since when it waits for that; nil when it waits for nothing but its turn.
    public var blockedSince: Instant?
    /// What kept it back last; of a dead letter why it is one.
    public var blockedOn: String?
    /// The last failure, or the codes with which the peer refused it.
    public var detail: String?
}
