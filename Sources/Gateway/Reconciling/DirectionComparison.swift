import Exchange
import Interchange
import Store

/// What was found in one direction.
struct DirectionFindings: Sendable {
    /// Ids of a state that are kept for the statement.
    static let shownIDs = 20

    var sender: Province
    var envelopes = 0
    /// By the word of the state.
    var counts: [String: Int] = [:]
    var ids: [String: [MessageID]] = [:]

    init(sender: Province) { self.sender = sender }

    /// As a peer states them.
    init(_ result: DirectionResult) {
        sender = result.sender
        envelopes = result.envelopes
        for count in result.counts { counts[count.state, default: 0] += count.envelopes }
    }

    var result: DirectionResult {
        DirectionResult(
            sender: sender, envelopes: envelopes,
            counts: counts.sorted { $0.key < $1.key }.map { .init(state: $0.key, envelopes: $0.value) })
    }

    mutating func add(_ state: String, _ id: MessageID) {
        counts[state, default: 0] += 1
        if ids[state, default: []].count < Self.shownIDs { ids[state, default: []].append(id) }
    }

    /// Deliveries that wait are among what was found already, if the peer holds them.
    mutating func add(_ outstanding: OutstandingCounts) {
        for (standing, envelopes) in [
            (Standing.waiting, outstanding.waiting), (.parked, outstanding.parked), (.dead, outstanding.dead),
        ] where envelopes > 0 {
            counts[standing.rawValue] = max(counts[standing.rawValue] ?? 0, envelopes)
        }
    }
}

/// Compares one direction with a peer, from windows down to envelopes, and has healed what differs.
struct DirectionComparison {
    /// Parts that a window, or a part of one, is cut into.
    static let fanOut = 64
    /// Windows and parts that have at most so many leaves here are compared envelope by envelope.
    static let listedLeaves = 1_000
    /// Differences that are handed over together.
    static let handedOver = 500

    typealias Ask = @Sendable (ReconciliationStep) async throws -> ReconciliationStep

    let own: Province
    let peer: Province
    let store: any Store
    let clock: WallClock
    let ask: Ask
    private(set) var findings: DirectionFindings
    private var lacking: [Leaf] = []
    private var held: [Leaf] = []

    private var sender: Province { findings.sender }
    private var tree: LeafTree { LeafTree(of: sender, with: peer) }
    private var isSender: Bool { sender == own }

    init(
        of sender: Province, own: Province, peer: Province, store: any Store, clock: @escaping WallClock,
        ask: @escaping Ask
    ) {
        (self.own, self.peer, self.store, self.clock, self.ask) = (own, peer, store, clock, ask)
        findings = DirectionFindings(sender: sender)
    }

    /// - Throws: `ReconciliationFailure` `misfit` for an answer that carries it no further; ``StoreError``.
    mutating func run(_ bounds: ReconciliationBounds) async throws {
        var begin = bounds.since
        while begin < bounds.until {
            let limit = ReconciliationLimits.windows
            let mine = try await store.windows(of: tree, in: begin..<bounds.until, limit: limit)
            let end = mine.count == limit ? mine[limit - 1].hour.advanced(by: 1) : bounds.until
            let asked = WindowRoots(
                sender: sender, begin: begin.start, end: end.start, windows: mine.map { .init($0) })
            guard case .windows(let answer) = try await ask(.windows(asked)), answer.sender == sender,
                answer.begin == asked.begin, answer.end > asked.begin, answer.end <= asked.end
            else { throw ReconciliationFailure.misfit("windows were asked for") }
            let next = IssueHour(of: answer.end)
            findings.envelopes += mine.filter { $0.hour < next }.reduce(0) { $0 + $1.summary.leaves }
            let summaries = Dictionary(uniqueKeysWithValues: mine.map { ($0.hour, $0.summary) })
            for window in answer.windows {
                let hour = IssueHour(of: window.hour)
                try await descend(
                    hour, LeafPart(range: .all, summary: summaries[hour] ?? .empty), theirs: window.summary.leaves)
                try await handOver(hour)
            }
            begin = next
        }
    }

    /// - Parameter mine: what is here; it differs from what is there.
    private mutating func descend(_ hour: IssueHour, _ mine: LeafPart, theirs: Int) async throws {
        guard mine.summary.leaves > Self.listedLeaves, theirs > 0 else {
            return try await compare(hour, mine.range, theyHaveAny: theirs > 0)
        }
        let parts = try await store.parts(of: tree, in: hour, range: mine.range, parts: Self.fanOut)
        let asked = RangeRoots(
            sender: sender, hour: hour.start, ranges: parts.map { .init($0.range, $0.summary) })
        guard case .ranges(let answer) = try await ask(.ranges(asked)), answer.sender == sender,
            answer.hour == hour.start
        else { throw ReconciliationFailure.misfit("ranges were asked for") }
        for range in answer.ranges {
            guard let part = parts.first(where: { $0.range == LeafRange(range) }) else {
                throw ReconciliationFailure.misfit("a range was not asked for")
            }
            // A part as large as the whole would be cut for ever.
            if part.range == mine.range {
                try await compare(hour, part.range, theyHaveAny: true)
            } else {
                try await descend(hour, part, theirs: range.summary.leaves)
            }
        }
    }

    /// Goes through both lists side by side, a page at a time.
    private mutating func compare(_ hour: IssueHour, _ range: LeafRange, theyHaveAny: Bool) async throws {
        var rest = range
        while true {
            let limit = ReconciliationLimits.leaves
            let theirs = theyHaveAny ? try await list(hour, rest) : LeafPage(leaves: [], hasMore: false)
            let mine = try await store.leaves(of: tree, in: hour, range: rest, limit: limit)
            // As far as both lists reach.
            let ends = [mine.count == limit ? mine.last?.id : nil, theirs.hasMore ? theirs.leaves.last?.id : nil]
            let end = ends.compactMap { $0 }.min()
            let page = LeafRange(first: rest.first, before: end?.successor ?? rest.before)
            compare(mine.filter { page.contains($0.id) }, theirs.leaves.filter { page.contains($0.id) })
            try await handOver(hour, atLeast: Self.handedOver)
            guard let end else { return }
            rest.first = end.successor
        }
    }

    private func list(_ hour: IssueHour, _ range: LeafRange) async throws -> LeafPage {
        let query = LeafQuery(sender: sender, hour: hour.start, first: range.first, before: range.before)
        guard case .listed(let page) = try await ask(.list(query)),
            zip(page.leaves, page.leaves.dropFirst()).allSatisfy({ $0.id < $1.id }),
            page.leaves.allSatisfy({ range.contains($0.id) }), !page.hasMore || !page.leaves.isEmpty
        else { throw ReconciliationFailure.misfit("leaves were asked for") }
        return page
    }

    private mutating func compare(_ mine: [Leaf], _ theirs: [ComparedLeaf]) {
        var others = Dictionary(uniqueKeysWithValues: theirs.map { ($0.id, Leaf($0)) })
        for leaf in mine {
            let other = others.removeValue(forKey: leaf.id)
            if other == leaf { continue }
            // The receiver's word is right on how it answered.
            switch (other, isSender) {
            case (nil, true): lacking.append(leaf)
            case (let other?, true): held.append(other)
            case (_, false): held.append(leaf)
            }
        }
        for leaf in others.values.sorted(by: { $0.id < $1.id }) {
            if isSender { held.append(leaf) } else { lacking.append(leaf) }
        }
    }

    private mutating func handOver(_ hour: IssueHour, atLeast least: Int = 1) async throws {
        guard lacking.count + held.count >= least else { return }
        while !lacking.isEmpty || !held.isEmpty {
            let some = (Array(lacking.prefix(Self.handedOver)), Array(held.prefix(Self.handedOver)))
            lacking.removeFirst(some.0.count)
            held.removeFirst(some.1.count)
            if isSender {
                try await healAsSender(hour, lacking: some.0, held: some.1)
            } else {
                try await healAsReceiver(hour, lacking: some.0, held: some.1)
            }
        }
    }

    private mutating func healAsSender(_ hour: IssueHour, lacking: [Leaf], held: [Leaf]) async throws {
        for (id, standing) in try await store.resend(lacking, to: peer, at: clock()) {
            findings.add(standing.rawValue, id)
        }
        guard !held.isEmpty else { return }
        let query = EnvelopeQuery(sender: own, hour: hour.start, ids: held.map(\.id))
        guard case .described(let leaves) = try await ask(.describe(query)) else {
            throw ReconciliationFailure.misfit("envelopes were to be described")
        }
        let asked = Set(query.ids)
        let described = leaves.filter { asked.contains($0.id) }.map {
            HeldEnvelope($0, between: own, and: peer)
        }
        for (id, standing) in try await store.adopt(described, of: peer, in: hour, at: clock()) {
            findings.add(standing.rawValue, id)
        }
    }

    private mutating func healAsReceiver(_ hour: IssueHour, lacking: [Leaf], held: [Leaf]) async throws {
        let described = try await store.describe(Set(held.map(\.id)), from: peer, in: hour)
        let report = DifferenceReport(
            hour: hour.start, lacking: lacking.map { ComparedLeaf($0) }, held: described.map { ComparedLeaf($0) })
        guard case .reported(let states) = try await ask(.report(report)) else {
            throw ReconciliationFailure.misfit("states were asked for")
        }
        let differing = Set((lacking + held).map(\.id))
        for state in states where differing.contains(state.id) { findings.add(state.state, state.id) }
    }
}
