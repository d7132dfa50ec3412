import AuditLog
import Interchange

/// Checkpoints of other logs that this gateway witnesses, and what witnesses say of its own.
public protocol Witnessing: Sendable {
    /// Decides on a request, and keeps the checkpoint in place of the one held if it is to be cosigned, in one transaction.
    /// What shows a log astray is kept with an entry `log.diverged`, once.
    /// - Parameter shown: the request's checkpoint, opened with its log's key; `peer` is who sent it.
    func witness(
        _ request: WitnessRequest, shown: Checkpoint, from peer: Province, at now: Instant
    ) async throws -> WitnessDecision
    /// Keeps what shows a log astray, with an entry `log.diverged`.
    /// - Returns: false when it was kept before.
    func keep(_ divergence: FoundDivergence) async throws -> Bool
    /// The newest checkpoint held of every other log, by origin.
    func heldCheckpoints() async throws -> [HeldCheckpoint]
    func divergences() async throws -> [FoundDivergence]
    /// Keeps witnesses' cosignatures of a checkpoint of our own that was signed before.
    func keep(_ cosignatures: [KeptCosignature], ofSize size: UInt64) async throws
    /// The size of the newest checkpoint of ours that the witness cosigned, and when.
    func newestCosigned(by witness: String) async throws -> (size: UInt64, at: Instant)?
}

public struct WitnessDecision: Sendable, Hashable {
    public var verdict: WitnessVerdict
    /// The size of what is held after the decision; 0 when nothing is.
    public var heldSize: UInt64
    /// Whether a divergence was found for the first time.
    public var isNew: Bool
    /// Whether it shows in the proof; else the sizes and roots alone show it.
    public var isProofAtFault: Bool
}

/// The newest checkpoint of another log that was cosigned here.
public struct HeldCheckpoint: Sendable, Hashable {
    public var origin: String
    public var size: UInt64
    public var root: Digest256
    /// The signed note, as it came.
    public var note: [UInt8]
    public var at: Instant
}

/// Two statements of one log that do not go together.
public struct FoundDivergence: Sendable, Hashable {
    public var origin: String
    public var kind: LogDivergence
    /// The signed note that was held.
    public var held: [UInt8]
    /// The signed note, or the request with one, that does not continue it.
    public var shown: [UInt8]
    /// Who showed it.
    public var peer: Province
    public var at: Instant

    public init(
        origin: String, kind: LogDivergence, held: [UInt8], shown: [UInt8], peer: Province, at: Instant
    ) {
        (self.origin, self.kind, self.held, self.shown) = (origin, kind, held, shown)
        (self.peer, self.at) = (peer, at)
    }

    /// Of both statements: by it the same is known again.
    public var digest: Digest256 { Digest256(hashing: held + shown) }
}

/// A witness's line under a checkpoint of ours.
public struct KeptCosignature: Sendable, Hashable {
    /// `name+hash`.
    public var witness: String
    /// `— name base64`, with its newline.
    public var line: String
    public var at: Instant

    public init(witness: String, line: String, at: Instant) {
        (self.witness, self.line, self.at) = (witness, line, at)
    }
}

/// What of a log is needed to prove something of it; readable beside a running daemon.
public protocol AuditProving: Sendable {
    /// The path of a leaf to the root of a size (RFC 9162, 2.1.3), from tiles alone, with the leaf.
    /// - Throws: ``StoreError`` `invalid` when the tree has no such leaf or size.
    func inclusion(of index: UInt64, size: UInt64) async throws -> (leaf: Digest256, path: [Digest256])
    /// The nodes that show one size to be the beginning of another (RFC 9162, 2.1.4), from tiles alone.
    func consistency(from old: UInt64, to new: UInt64) async throws -> [Digest256]
    func root(ofSize size: UInt64) async throws -> Digest256
    /// The newest checkpoint of at least this size, with its cosignatures in the note.
    func cosignedCheckpoint(ofAtLeast size: UInt64, cosignatures: Int) async throws -> SignedCheckpoint?
    /// The checkpoint of this size with its cosignatures in the note.
    func cosigned(_ checkpoint: SignedCheckpoint) async throws -> SignedCheckpoint
    func evidence(of batch: MessageID) async throws -> [BatchEvidence]
    /// The newest entry of an event whose detail has this value, among those of the gateway's own administration.
    func administrativeEntry(_ event: AuditEvent, _ detail: AuditDetail, _ value: String) async throws -> StoredEntry?
    /// Entries before this one were archived and removed.
    func firstKeptEntry() async throws -> UInt64
    /// The newest entries that match.
    /// - Parameters:
    ///   - before: entries from this one on are left out; nil for none.
    ///   - limit: the most entries.
    ///   - from: entries before this one are not looked at.
    func searchAudit(_ filter: AuditFilter, before: UInt64?, limit: Int, from: UInt64) async throws -> AuditPage
    /// Where entries older than `oldest` end that a checkpoint with so many cosignatures covers: a full bundle's border, so
    /// that bundles go whole. Equal to ``firstKeptEntry()`` when nothing can be archived.
    func archivableEnd(olderThan oldest: Instant, witnesses: Int) async throws -> UInt64
    /// The digest of the newest version of a record that is held, as entries name it.
    func newestDigest(of record: RecordID) async throws -> Digest256?
}

/// What is kept to show that a batch went from one province to another.
public struct BatchEvidence: Sendable, Hashable {
    /// Whether this gateway sent it.
    public var isSent: Bool
    public var peer: Province
    public var batch: MessageID
    public var contentDigest: Digest256
    /// The receipt's content; nil while there is none.
    public var receipt: [UInt8]?
    /// Key id, signature in base64, and signature base, each after a newline.
    public var requestSignature, receiptSignature: String?
    /// Our own log's entries of it.
    public var entries: ClosedRange<UInt64>?
    /// Which closed log they are in; nil for the one that grows.
    public var closedLog: Int?
}

/// What the log says of one person, for that person.
public protocol AccessLogging: Sendable {
    /// Who asked or looked at data about a person, newest first, with the entry `access.answered` that says it was told.
    /// - Parameters:
    ///   - subject: the number in the form that look-ups hash.
    ///   - limit: the most inquiries.
    func accessLog(
        of subject: [UInt8], limit: Int, by actor: AuditActor, at now: Instant
    ) async throws -> AccessLog
    /// The person's name in the log, made if there is none.
    func pseudonym(of subject: [UInt8], at now: Instant) async throws -> Digest256
    /// How many inquiries are hidden from the persons at this time.
    func deferredInquiries(at now: Instant) async throws -> Int
}

public struct AccessLog: Sendable {
    /// Questions, and looks at a quarantined row, newest first; questions that are deferred are left out.
    public var inquiries: [AuditEntry]
    /// How many of the person's are deferred: for an auditor's eyes only.
    public var deferred: Int
    /// The entry that says this was told.
    public var entry: UInt64
}

/// Which entries are searched for: all that is stated must hold.
public struct AuditFilter: Sendable, Hashable, Codable {
    /// Milliseconds since 1970: from and until, both included.
    public var since, until: Int64?
    public var event, actor, person, purpose, outcome, batch: String?
    /// Base64 of a pseudonym and of an envelope's digest.
    public var subject, object: String?

    public init() {}

    public func matches(_ entry: AuditEntry) -> Bool {
        if let since, entry.time < since { return false }
        if let until, entry.time > until { return false }
        if let event, entry.event.rawValue != event { return false }
        if let actor, entry.actor.organisation != actor { return false }
        if let person, entry.actor.person != person { return false }
        if let purpose, entry.purpose != purpose { return false }
        if let outcome, entry.outcome != outcome { return false }
        if let batch, entry.batch != batch { return false }
        if let subject, entry.subject?.base64 != subject { return false }
        if let object, entry.object?.base64 != object { return false }
        return true
    }
}

/// Entries that a search found.
public struct AuditPage: Sendable, Hashable {
    /// Newest first.
    public var entries: [StoredEntry]
    /// Where a search for older ones goes on; nil when there are none.
    public var before: UInt64?
}

/// Archives of entries that are removed from the store.
public protocol Archiving: Sendable {
    /// Removes entries before `end`, which an archive file holds; hash tiles stay.
    /// - Parameters:
    ///   - end: at most the size of a checkpoint with that many cosignatures.
    ///   - digest: of the entries' bundles as the file has them: nothing is removed unless the store holds the same.
    /// - Throws: ``StoreError`` `invalid`, saying what does not hold.
    func removeEntries(
        before end: UInt64, archivedAs digest: Digest256, witnesses: Int, olderThan oldest: Instant,
        by actor: AuditActor, at now: Instant
    ) async throws
}
