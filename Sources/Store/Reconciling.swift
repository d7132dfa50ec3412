import AuditLog
import Interchange

/// What two gateways compare, so that nothing is missing: which envelopes had a final outcome, and what is owed where the
/// two differ. Settling and receiving write the leaves, in their own transactions.
public protocol Reconciling: Sendable {
    // MARK: Looking

    /// Windows that have leaves, in order, with their roots.
    /// - Parameter limit: the most windows.
    func windows(of tree: LeafTree, in hours: Range<IssueHour>, limit: Int) async throws -> [LeafWindow]
    /// A window's leaves within the range, cut into at most `parts` ranges of about as many leaves each, without a gap.
    func parts(of tree: LeafTree, in hour: IssueHour, range: LeafRange, parts: Int) async throws -> [LeafPart]
    /// What a window has in each of the ranges.
    func summaries(of tree: LeafTree, in hour: IssueHour, ranges: [LeafRange]) async throws -> [LeafSummary]
    /// A window's leaves within the range, in order of id.
    func leaves(of tree: LeafTree, in hour: IssueHour, range: LeafRange, limit: Int) async throws -> [Leaf]
    /// Envelopes received of a peer, with what their lines say of record and version while the lines are kept.
    func describe(_ ids: Set<MessageID>, from peer: Province, in hour: IssueHour) async throws -> [HeldEnvelope]
    /// What was accepted for the peer before then and has no final outcome.
    func outstanding(to peer: Province, acceptedBefore: Instant) async throws -> Outstanding

    // MARK: Mending

    /// Takes back leaves of received envelopes that the store no longer knows to have answered, so that they are sent again.
    /// - Returns: how many.
    func checkBooks(with peer: Province) async throws -> Int
    /// Enqueues envelopes that the peer lacks, as they were: id and bytes. What is on its way already is left so.
    func resend(_ lacking: [Leaf], to peer: Province, at now: Instant) async throws -> [MessageID: Standing]
    /// Enters what the peer holds of ours and we do not know, or know otherwise, and raises version counters to it.
    func adopt(
        _ held: [HeldEnvelope], of peer: Province, in hour: IssueHour, at now: Instant
    ) async throws -> [MessageID: Standing]
    /// The next version of the record that is issued here will be higher than this one, and will be issued even if its content
    /// is the one that is held.
    /// - Throws: ``StoreError`` `invalid` for a version out of bounds.
    func raiseVersion(_ record: RecordID, to version: Int) async throws

    // MARK: Statements

    /// Keeps the statement in place of the last one with the peer, with its audit entry, and ends what
    /// ``demandReconciliation(with:at:)`` began.
    func keep(_ statement: KeptStatement) async throws
    /// The last statement with each peer.
    func statements() async throws -> [KeptStatement]

    // MARK: After a restore

    /// Until the next statement with each of these peers nothing is sent to it and nothing is taken in for it.
    func demandReconciliation(with peers: Set<Province>, at now: Instant) async throws
    func demandedReconciliations() async throws -> Set<Province>

    /// Forgets leaves of envelopes issued before the hour.
    /// - Returns: how many rows went.
    func sweepLeaves(before hour: IssueHour) async throws -> Int
}

/// Bounds of reconciliation.
public enum ReconcilingLimits {
    /// Leaves are kept, and compared, for this many days after their envelope was issued: the longest retention of a payload,
    /// 1,095 days, and 3 years.
    public static let leafDays: Int64 = 1_095 + 1_096
    /// Days beyond that until they go, so that both sides still have what either compares.
    public static let sweepMarginDays: Int64 = 30
    /// The highest version that a counter is raised to.
    public static let highestVersion = Int(Int32.max) - 1
    /// The most envelopes that one call of ``Reconciling/resend(_:to:at:)`` or ``Reconciling/adopt(_:of:in:at:)`` takes.
    public static let envelopesPerCall = 1_000
}

/// An envelope that a receiver holds, as it tells the sender.
public struct HeldEnvelope: Sendable, Hashable {
    public var leaf: Leaf
    /// Nil when its line is erased.
    public var record: RecordID?
    public var version: Int?

    public init(leaf: Leaf, record: RecordID? = nil, version: Int? = nil) {
        self.leaf = leaf
        self.record = record
        self.version = version
    }
}

/// What became of an envelope on which two sides differ.
public enum Standing: String, Sendable, Hashable, CaseIterable {
    /// The peer lacked it; it is sent again.
    case resent
    /// On its way.
    case waiting
    /// What it refers to has not come to the peer.
    case parked
    case dead
    /// An operator cancelled it or gave it up.
    case cancelled
    /// The peer lacks it and its payload is erased here.
    case expired
    /// The peer held it and the sender's books did not: entered.
    case entered
    /// Entered, and the record's version counter raised.
    case raised
    /// The same id with another digest: a person must look.
    case disputed

    /// Whether nothing more is owed: the rest is open until a later reconciliation no longer finds it.
    public var isSettled: Bool { self == .cancelled || self == .expired }
}

/// Deliveries without a final outcome.
public struct Outstanding: Sendable, Hashable {
    public var waiting = 0
    public var parked = 0
    public var dead = 0

    public init(waiting: Int = 0, parked: Int = 0, dead: Int = 0) {
        self.waiting = waiting
        self.parked = parked
        self.dead = dead
    }
}

/// A statement as it is stored.
public struct KeptStatement: Sendable, Hashable {
    public var peer: Province
    public var at: Instant
    /// It speaks of what was issued before.
    public var until: Instant
    /// Whether everything is accounted for.
    public var isEqual: Bool
    /// Envelopes that are not.
    public var missing: Int
    public var content: [UInt8]

    public init(peer: Province, at: Instant, until: Instant, isEqual: Bool, missing: Int, content: [UInt8]) {
        self.peer = peer
        self.at = at
        self.until = until
        self.isEqual = isEqual
        self.missing = missing
        self.content = content
    }
}
