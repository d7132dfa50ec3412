import Exchange
import Interchange
import Store

/// Answers a peer's steps from the store. It keeps nothing between two of them.
struct ReconciliationResponder: Sendable {
    let province: Province
    let store: any Store
    let clock: WallClock

    /// - Throws: `WireError` `REQUEST_INVALID` for what is no question, or not this peer's to ask; ``StoreError``.
    func answer(_ step: ReconciliationStep, of peer: Province) async throws -> ReconciliationStep {
        switch step {
        case .open(let since, let until): return try await open(since, until, peer)
        case .windows(let roots): return .windows(try await differing(roots, peer))
        case .ranges(let roots): return .ranges(try await differing(roots, peer))
        case .list(let query): return .listed(try await page(query, peer))
        case .describe(let query):
            guard query.sender == peer else { throw Self.invalid("Only the sender's own envelopes are described.") }
            let held = try await store.describe(Set(query.ids), from: peer, in: IssueHour(of: query.hour))
            return .described(held.map { ComparedLeaf($0) })
        case .report(let report): return .reported(try await heal(report, peer))
        case .conclude(let until, let results):
            let statement = ReconciliationStatement(
                own: province, peer: peer, startedBy: peer, at: clock(), until: until,
                directions: results.map { DirectionFindings($0) })
            try await store.keep(try statement.kept(with: peer))
            return .concluded
        case .opened, .listed, .described, .reported, .concluded: throw Self.invalid("The step is no question.")
        }
    }

    private func open(_ since: Instant, _ until: Instant, _ peer: Province) async throws -> ReconciliationStep {
        _ = try await store.checkBooks(with: peer)
        let bounds = ReconciliationBounds(at: clock()).narrowed(since: since, until: until)
        let outstanding = try await store.outstanding(to: peer, acceptedBefore: bounds.until.start)
        return .opened(since: bounds.since.start, until: bounds.until.start, OutstandingCounts(outstanding))
    }

    private func tree(of sender: Province, _ peer: Province) throws -> LeafTree {
        guard sender == province || sender == peer else { throw Self.invalid("The sender is neither of the two.") }
        return LeafTree(of: sender, with: peer)
    }

    private func differing(_ asked: WindowRoots, _ peer: Province) async throws -> WindowRoots {
        let begin = IssueHour(of: asked.begin)
        var end = IssueHour(of: asked.end)
        let limit = ReconciliationLimits.windows
        let own = try await store.windows(of: tree(of: asked.sender, peer), in: begin..<end, limit: limit)
        if own.count == limit, let last = own.last { end = last.hour.advanced(by: 1) }
        var summaries = Dictionary(uniqueKeysWithValues: own.map { ($0.hour, $0.summary) })
        var stated: [IssueHour: LeafSummary] = [:]
        for window in asked.windows where IssueHour(of: window.hour) < end {
            stated[IssueHour(of: window.hour)] = LeafSummary(window.summary)
        }
        for hour in stated.keys where summaries[hour] == nil { summaries[hour] = .empty }
        var found = summaries.filter { $0.value != stated[$0.key] ?? .empty }.sorted { $0.key < $1.key }
        if found.count > limit {
            end = found[limit].key
            found.removeLast(found.count - limit)
        }
        return WindowRoots(
            sender: asked.sender, begin: asked.begin, end: end.start,
            windows: found.map { .init(LeafWindow(hour: $0.key, summary: $0.value)) })
    }

    private func differing(_ asked: RangeRoots, _ peer: Province) async throws -> RangeRoots {
        let ranges = asked.ranges.map { LeafRange($0) }
        let own = try await store.summaries(
            of: tree(of: asked.sender, peer), in: IssueHour(of: asked.hour), ranges: ranges)
        let found = zip(asked.ranges, own).filter { LeafSummary($0.summary) != $1 }
        return RangeRoots(
            sender: asked.sender, hour: asked.hour, ranges: found.map { .init(LeafRange($0), $1) })
    }

    private func page(_ query: LeafQuery, _ peer: Province) async throws -> LeafPage {
        let limit = ReconciliationLimits.leaves
        let found = try await store.leaves(
            of: tree(of: query.sender, peer), in: IssueHour(of: query.hour),
            range: LeafRange(first: query.first, before: query.before), limit: limit + 1)
        return LeafPage(leaves: found.prefix(limit).map { ComparedLeaf($0) }, hasMore: found.count > limit)
    }

    private func heal(_ report: DifferenceReport, _ peer: Province) async throws -> [ReportedState] {
        let now = clock()
        let resent = try await store.resend(report.lacking.map { Leaf($0) }, to: peer, at: now)
        let entered = try await store.adopt(
            report.held.map { HeldEnvelope($0, between: province, and: peer) }, of: peer,
            in: IssueHour(of: report.hour), at: now)
        return resent.merging(entered) { $1 }.map { ReportedState(id: $0.key, state: $0.value.rawValue) }
    }

    private static func invalid(_ detail: String) -> WireError { WireError(.requestInvalid, detail) }
}
