import AuditLog
import Exchange
import Interchange
import Store

/// Which hours are compared now.
struct ReconciliationBounds: Sendable {
    var since: IssueHour
    /// The first that is not: windows before it ended over ``ReconciliationLimits/settleSeconds`` ago.
    var until: IssueHour

    init(at now: Instant) {
        since = IssueHour(of: now.adding(seconds: -ReconcilingLimits.leafDays * 86_400))
        until = IssueHour(of: now.adding(seconds: -ReconciliationLimits.settleSeconds))
    }

    /// What is in these bounds and in those.
    func narrowed(since: Instant, until: Instant) -> ReconciliationBounds {
        var bounds = self
        bounds.since = max(bounds.since, IssueHour(of: since))
        bounds.until = max(bounds.since, min(bounds.until, IssueHour(of: until)))
        return bounds
    }
}

extension LeafTree {
    /// - Parameter sender: `peer`, or the gateway itself.
    init(of sender: Province, with peer: Province) {
        self.init(peer: peer, direction: sender == peer ? .received : .sent)
    }
}

extension RootSummary {
    init(_ summary: LeafSummary) {
        self.init(leaves: summary.leaves, root: ContentDigest(summary.root))
    }
}

extension LeafSummary {
    init(_ summary: RootSummary) { self.init(leaves: summary.leaves, root: Digest256(summary.root)) }
}

extension Digest256 {
    init(_ digest: ContentDigest) { self = Digest256(digest.bytes) ?? .emptyRoot }
}

extension WindowRoots.Window {
    init(_ window: LeafWindow) { self.init(hour: window.hour.start, summary: RootSummary(window.summary)) }
}

extension RangeRoots.Range {
    init(_ range: LeafRange, _ summary: LeafSummary) {
        self.init(first: range.first, before: range.before, summary: RootSummary(summary))
    }
}

extension LeafRange {
    init(_ range: RangeRoots.Range) { self.init(first: range.first, before: range.before) }
}

extension ComparedLeaf {
    init(_ leaf: Leaf) {
        self.init(id: leaf.id, digest: ContentDigest(leaf.digest), outcome: Int(leaf.outcome.rawValue))
    }

    init(_ held: HeldEnvelope) {
        self.init(held.leaf)
        record = held.record
        version = held.version
    }
}

extension Leaf {
    init(_ leaf: ComparedLeaf) {
        self.init(id: leaf.id, digest: Digest256(leaf.digest), outcome: leaf.outcome == 2 ? .stale : .accepted)
    }
}

extension HeldEnvelope {
    /// What a peer says it holds of ours. Of a record that is not between the two, nothing but the envelope is heeded.
    init(_ leaf: ComparedLeaf, between own: Province, and peer: Province) {
        let isOurs = leaf.record.map { Set([$0.home, $0.register]) == [own, peer] } ?? false
        self.init(leaf: Leaf(leaf), record: isOurs ? leaf.record : nil, version: isOurs ? leaf.version : nil)
    }
}

extension OutstandingCounts {
    init(_ outstanding: Outstanding) {
        self.init(waiting: outstanding.waiting, parked: outstanding.parked, dead: outstanding.dead)
    }
}

extension EnvelopeOutcome {
    /// What the receiver remembers of the envelope; nil when it will judge it anew.
    var final: FinalOutcome? {
        switch self {
        case .accepted: .accepted
        case .stale: .stale
        case .duplicate(let earlier):
            switch earlier.outcome {
            case .accepted: .accepted
            case .stale: .stale
            default: nil
            }
        case .parked, .rejected, .conflict: nil
        }
    }
}
