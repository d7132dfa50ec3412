import AuditLog
import Interchange

/// The outcomes that end a delivery, as a leaf states them. `duplicate` stands for what was answered earlier.
public enum FinalOutcome: UInt8, Sendable, Hashable {
    case accepted = 1
    case stale = 2
}

/// One envelope with a final outcome, as a side of an exchange knows it.
public struct Leaf: Sendable, Hashable {
    /// Bytes of a stored leaf, which are also what its hash covers: id, digest, outcome.
    static let bytes = 49

    public var id: MessageID
    /// SHA-256 of the envelope's line.
    public var digest: Digest256
    public var outcome: FinalOutcome

    public init(id: MessageID, digest: Digest256, outcome: FinalOutcome) {
        self.id = id
        self.digest = digest
        self.outcome = outcome
    }

    /// `SHA-256(0x00 ‖ id ‖ envelope digest ‖ final)`.
    public var hash: Digest256 {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.bytes)
        bytes.append(id: id, digest: digest)
        bytes.append(outcome.rawValue)
        return .leaf(bytes)
    }
}

/// Envelopes exchanged with one peer in one direction.
public struct LeafTree: Sendable, Hashable {
    public enum Direction: Int, Sendable, Hashable {
        /// From here to the peer.
        case sent = 1
        case received = 2
    }

    public var peer: Province
    public var direction: Direction

    public init(peer: Province, direction: Direction) {
        self.peer = peer
        self.direction = direction
    }
}

/// An hour in UTC: the window that an envelope belongs to by its `issuedAt`.
public struct IssueHour: Sendable, Hashable, Comparable, Strideable {
    private static let milliseconds: Int64 = 3_600_000

    /// Hours since 1970.
    public let number: Int64

    public init(number: Int64) { self.number = number }

    /// The hour that the instant falls in.
    public init(of instant: Instant) {
        let rest = (instant.milliseconds % Self.milliseconds + Self.milliseconds) % Self.milliseconds
        number = (instant.milliseconds - rest) / Self.milliseconds
    }

    /// When it begins.
    public var start: Instant { Instant(milliseconds: number * Self.milliseconds) }

    public static func < (left: IssueHour, right: IssueHour) -> Bool { left.number < right.number }
    public func distance(to other: IssueHour) -> Int { Int(other.number - number) }
    public func advanced(by hours: Int) -> IssueHour { IssueHour(number: number + Int64(hours)) }
}

/// Envelopes with ids from `first` on and before `before`; nil is no bound.
public struct LeafRange: Sendable, Hashable {
    public var first: MessageID?
    public var before: MessageID?

    public static let all = LeafRange()

    public init(first: MessageID? = nil, before: MessageID? = nil) {
        self.first = first
        self.before = before
    }

    public func contains(_ id: MessageID) -> Bool {
        (first.map { $0 <= id } ?? true) && (before.map { id < $0 } ?? true)
    }
}

/// How many leaves there are, and the root of the Merkle tree (RFC 9162, 2.1) over them in order of id.
public struct LeafSummary: Sendable, Hashable {
    public var leaves: Int
    public var root: Digest256

    /// Of no leaves.
    public static let empty = LeafSummary(leaves: 0, root: .emptyRoot)

    public init(leaves: Int, root: Digest256) {
        self.leaves = leaves
        self.root = root
    }

    /// - Parameter leaves: in order of id, each id once.
    public init(of leaves: some Sequence<Leaf>) {
        var tree = MerkleFrontier()
        for leaf in leaves { tree.append(leaf.hash) }
        self.init(tree)
    }

    init(_ tree: MerkleFrontier) { self.init(leaves: Int(tree.size), root: tree.root) }
}

/// The leaves of one hour.
public struct LeafWindow: Sendable, Hashable {
    public var hour: IssueHour
    public var summary: LeafSummary

    public init(hour: IssueHour, summary: LeafSummary) {
        self.hour = hour
        self.summary = summary
    }
}

/// The leaves of a window whose ids are in a range.
public struct LeafPart: Sendable, Hashable {
    public var range: LeafRange
    public var summary: LeafSummary

    public init(range: LeafRange, summary: LeafSummary) {
        self.range = range
        self.summary = summary
    }
}

extension MessageID {
    /// The id after this one; the last one's is itself.
    public var successor: MessageID {
        let (next, overflow) = low.addingReportingOverflow(1)
        guard overflow else { return MessageID(high: high, low: next) }
        return high == .max ? self : MessageID(high: high + 1, low: 0)
    }
}
