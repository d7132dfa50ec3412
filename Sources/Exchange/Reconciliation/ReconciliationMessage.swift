import Interchange

/// What two gateways say to each other in a reconciliation (`docs/RECONCILIATION.md`). Each message is whole in itself: the
/// one that answers keeps nothing between two of them.
public struct ReconciliationMessage: Sendable, Hashable {
    public static let contentType = "application/json"

    /// The gateway that says it.
    public var from: Province
    public var to: Province
    public var step: ReconciliationStep

    public init(from: Province, to: Province, step: ReconciliationStep) {
        self.from = from
        self.to = to
        self.step = step
    }
}

/// The steps: a question, and after it its answer. `windows` and `ranges` are answered in their own form with what differs.
public enum ReconciliationStep: Sendable, Hashable {
    /// Let us compare what was issued from `since` and before `until`.
    case open(since: Instant, until: Instant)
    /// These bounds, and what waits here for the one that asked.
    case opened(since: Instant, until: Instant, OutstandingCounts)
    case windows(WindowRoots)
    case ranges(RangeRoots)
    /// List what you have.
    case list(LeafQuery)
    case listed(LeafPage)
    /// Say of envelopes that you received which record and version they are.
    case describe(EnvelopeQuery)
    case described([ComparedLeaf])
    /// To the sender, by the receiver: what differs.
    case report(DifferenceReport)
    case reported([ReportedState])
    /// What the whole came to.
    case conclude(until: Instant, [DirectionResult])
    case concluded
}

/// Bounds of the messages; one over them is refused.
public enum ReconciliationLimits {
    /// Bytes of a message.
    public static let bytes = 1 << 20
    /// Windows of one message.
    public static let windows = 1_000
    /// Ranges of one message.
    public static let ranges = 256
    /// Envelopes of one message, and in each of a report's two lists.
    public static let leaves = 1_000
    /// A window is compared when it ended this many seconds ago.
    public static let settleSeconds: Int64 = 600
}

/// Leaves and the root of their Merkle tree.
public struct RootSummary: Sendable, Hashable {
    public var leaves: Int
    public var root: ContentDigest

    public init(leaves: Int, root: ContentDigest) {
        self.leaves = leaves
        self.root = root
    }
}

/// Every window of the time that has leaves; in an answer, those that differ, as the answerer has them.
public struct WindowRoots: Sendable, Hashable {
    public struct Window: Sendable, Hashable {
        /// Its beginning, a whole hour.
        public var hour: Instant
        public var summary: RootSummary

        public init(hour: Instant, summary: RootSummary) {
            self.hour = hour
            self.summary = summary
        }
    }

    /// Whose envelopes are compared.
    public var sender: Province
    public var begin: Instant
    /// In an answer perhaps earlier than asked: then the rest is to be asked again.
    public var end: Instant
    public var windows: [Window]

    public init(sender: Province, begin: Instant, end: Instant, windows: [Window]) {
        self.sender = sender
        self.begin = begin
        self.end = end
        self.windows = windows
    }
}

/// Parts of one window; in an answer, those that differ, as the answerer has them.
public struct RangeRoots: Sendable, Hashable {
    public struct Range: Sendable, Hashable {
        /// The lowest id; nil from the beginning.
        public var first: MessageID?
        /// Lower than this id; nil to the end.
        public var before: MessageID?
        public var summary: RootSummary

        public init(first: MessageID?, before: MessageID?, summary: RootSummary) {
            self.first = first
            self.before = before
            self.summary = summary
        }
    }

    public var sender: Province
    public var hour: Instant
    public var ranges: [Range]

    public init(sender: Province, hour: Instant, ranges: [Range]) {
        self.sender = sender
        self.hour = hour
        self.ranges = ranges
    }
}

public struct LeafQuery: Sendable, Hashable {
    public var sender: Province
    public var hour: Instant
    public var first: MessageID?
    public var before: MessageID?

    public init(sender: Province, hour: Instant, first: MessageID?, before: MessageID?) {
        self.sender = sender
        self.hour = hour
        self.first = first
        self.before = before
    }
}

/// Leaves in order of id.
public struct LeafPage: Sendable, Hashable {
    public var leaves: [ComparedLeaf]
    /// Whether there are more after the last one.
    public var hasMore: Bool

    public init(leaves: [ComparedLeaf], hasMore: Bool) {
        self.leaves = leaves
        self.hasMore = hasMore
    }
}

public struct ComparedLeaf: Sendable, Hashable {
    public var id: MessageID
    /// Of the envelope's line.
    public var digest: ContentDigest
    /// 1 for `accepted`, 2 for `stale`.
    public var outcome: Int
    /// Where the receiver was asked for it and has the line still.
    public var record: RecordID?
    public var version: Int?

    public init(
        id: MessageID, digest: ContentDigest, outcome: Int, record: RecordID? = nil, version: Int? = nil
    ) {
        self.id = id
        self.digest = digest
        self.outcome = outcome
        self.record = record
        self.version = version
    }
}

public struct EnvelopeQuery: Sendable, Hashable {
    public var sender: Province
    public var hour: Instant
    public var ids: [MessageID]

    public init(sender: Province, hour: Instant, ids: [MessageID]) {
        self.sender = sender
        self.hour = hour
        self.ids = ids
    }
}

public struct DifferenceReport: Sendable, Hashable {
    public var hour: Instant
    /// What the receiver lacks, as the sender listed it.
    public var lacking: [ComparedLeaf]
    /// What the receiver holds and the sender did not list, or listed with another outcome.
    public var held: [ComparedLeaf]

    public init(hour: Instant, lacking: [ComparedLeaf], held: [ComparedLeaf]) {
        self.hour = hour
        self.lacking = lacking
        self.held = held
    }
}

public struct ReportedState: Sendable, Hashable {
    public var id: MessageID
    /// A word of the protocol; one that this version does not know is kept.
    public var state: String

    public init(id: MessageID, state: String) {
        self.id = id
        self.state = state
    }
}

/// Deliveries without a final outcome.
public struct OutstandingCounts: Sendable, Hashable {
    public var waiting: Int
    public var parked: Int
    public var dead: Int

    public init(waiting: Int, parked: Int, dead: Int) {
        self.waiting = waiting
        self.parked = parked
        self.dead = dead
    }
}

/// What a reconciliation came to in one direction.
public struct DirectionResult: Sendable, Hashable {
    public struct Count: Sendable, Hashable {
        public var state: String
        public var envelopes: Int

        public init(state: String, envelopes: Int) {
            self.state = state
            self.envelopes = envelopes
        }
    }

    public var sender: Province
    /// Envelopes compared, as the one that asked has them.
    public var envelopes: Int
    /// Those that are not accounted for, by state.
    public var counts: [Count]

    public init(sender: Province, envelopes: Int, counts: [Count]) {
        self.sender = sender
        self.envelopes = envelopes
        self.counts = counts
    }
}
