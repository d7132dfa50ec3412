import AuditLog
import Interchange
import Store
import Testing

/// Which leaves settling and receiving leave, and what the trees over them say.
@Suite struct LeafConformance {
    @Test(arguments: Engine.all)
    func whatIsSettledHasALeafInOrderOfId(engine: Engine) async throws {
        let bench = try Bench(engine)
        let batches = try await bench.deliver(1...7, inBatchesOf: 3)
        #expect(batches.count == 3)
        let leaves = batches.flatMap(\.envelopes).map { Leaf($0) }.sorted { $0.id < $1.id }
        #expect(try await bench.leaves(bench.sent) == leaves)
        #expect(
            try await bench.windows(bench.sent) == [LeafWindow(hour: bench.hour, summary: LeafSummary(of: leaves))])
        #expect(try await bench.windows(bench.received) == [])
    }

    @Test(arguments: Engine.all)
    func bothSidesOfADeliveryHaveTheSameRoot(engine: Engine) async throws {
        let bench = try Bench(engine)
        let envelopes = (1...5).map { bench.arriving($0, record: $0) }
        // In another order, in two batches, on the two sides.
        _ = try await bench.outcomes(1, [envelopes[3], envelopes[0]])
        _ = try await bench.outcomes(2, [envelopes[4], envelopes[2], envelopes[1]])
        #expect(
            try await bench.windows(bench.received).map(\.summary)
                == [LeafSummary(of: envelopes.map { Leaf($0) })])
    }

    @Test(arguments: Engine.all)
    func onlyFinalOutcomesHaveLeaves(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept((1...4).map { bench.draft($0) })
        let batch = try #require(await bench.lease())
        try await bench.store.settle(
            Settlement(
                batch: batch.id, peer: batch.peer,
                verdicts: [.settled, .parked, .refused(conflict: false, codes: []), .settled],
                finals: [.accepted, nil, nil, .stale], receipt: [], signature: "", at: noon))
        let owed = [Leaf(batch.envelopes[0]), Leaf(batch.envelopes[3], .stale)].sorted { $0.id < $1.id }
        #expect(try await bench.leaves(bench.sent) == owed)
    }

    @Test(arguments: Engine.all)
    func theReceiversLeafSaysStaleAndADuplicateWhatWasSaidBefore(engine: Engine) async throws {
        let bench = try Bench(engine)
        let newer = bench.arriving(2, record: 1, version: 2)
        let older = bench.arriving(1, record: 1, version: 1)
        let orphan = bench.departing(3, record: 3, ending: 9)
        #expect(
            try await bench.outcomes(1, [newer, older, orphan]).map(\.summary) == ["accepted", "stale 2", "parked"])
        let owed = [Leaf(older, .stale), Leaf(newer)]
        #expect(try await bench.leaves(bench.received) == owed)
        let root = try await bench.windows(bench.received)
        #expect(
            try await bench.outcomes(2, [older, newer]).map(\.summary) == ["duplicate stale", "duplicate accepted"])
        #expect(try await bench.leaves(bench.received) == owed)
        #expect(try await bench.windows(bench.received) == root)
    }

    @Test(arguments: Engine.all)
    func theWindowIsTheHourThatTheEnvelopeStates(engine: Engine) async throws {
        let bench = try Bench(engine)
        var early = bench.draft(1)
        early.issuedAt = noon.adding(seconds: -5 * 3_600)
        try await bench.accept([early, bench.draft(2)])
        let batch = try #require(await bench.lease())
        try await bench.settle(batch, [.settled, .settled])
        var arrival = bench.arriving(1, record: 1)
        arrival.record?.issuedAt = noon.adding(seconds: -7 * 3_600)
        _ = try await bench.outcomes(1, [arrival])
        #expect(try await bench.windows(bench.sent).map(\.hour) == [bench.hour.advanced(by: -5), bench.hour])
        #expect(try await bench.windows(bench.received).map(\.hour) == [bench.hour.advanced(by: -7)])
    }

    @Test(arguments: Engine.all)
    func anEnvelopeThatWasParkedKeepsItsWindow(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        try await bench.settle(#require(await bench.lease()), [.parked])
        let later = noon.adding(seconds: 2 * 86_400)
        let again = try #require(await bench.lease(at: later))
        try await bench.settle(again, [.settled], at: later)
        #expect(try await bench.windows(bench.sent).map(\.hour) == [bench.hour])
    }

    @Test(arguments: Engine.all)
    func aRootThatWasAskedForIsComputedAnewWhenLeavesCome(engine: Engine) async throws {
        let bench = try Bench(engine)
        let first = try await bench.deliver(1...2)
        let before = try await bench.windows(bench.sent)
        #expect(try await bench.windows(bench.sent) == before)
        let second = try await bench.deliver(3...4)
        let leaves = (first + second).flatMap(\.envelopes).map { Leaf($0) }.sorted { $0.id < $1.id }
        #expect(try await bench.windows(bench.sent).map(\.summary) == [LeafSummary(of: leaves)])
        let reopened = try await bench.reopened()
        #expect(try await reopened.windows(bench.sent).map(\.summary) == [LeafSummary(of: leaves)])
    }

    @Test(arguments: Engine.all)
    func windowsComeInPages(engine: Engine) async throws {
        let bench = try Bench(engine)
        for number: UInt64 in 1...3 {
            var arrival = bench.arriving(number, record: number)
            arrival.record?.issuedAt = noon.adding(seconds: -3_600 * Int64(number))
            _ = try await bench.outcomes(number, [arrival])
        }
        let all = try await bench.windows(bench.received)
        #expect(all.map(\.hour) == [-3, -2, -1].map { bench.hour.advanced(by: $0) })
        let some = try await bench.store.windows(
            of: bench.received, in: bench.hour.advanced(by: -2)..<bench.hour, limit: 1)
        #expect(some == [all[1]])
    }

    @Test(arguments: Engine.all, [1, 3, 64])
    func partsCoverTheWindowWithoutAGap(engine: Engine, count: Int) async throws {
        let bench = try Bench(engine)
        try await bench.deliver(1...20, inBatchesOf: 6)
        let parts = try await bench.store.parts(of: bench.sent, in: bench.hour, range: .all, parts: count)
        #expect(parts.count <= max(count, 1))
        #expect(parts.first?.range.first == nil && parts.last?.range.before == nil)
        for (left, right) in zip(parts, parts.dropFirst()) { #expect(left.range.before == right.range.first) }
        #expect(parts.reduce(0) { $0 + $1.summary.leaves } == 20)
        let ranges = parts.map(\.range)
        #expect(
            try await bench.store.summaries(of: bench.sent, in: bench.hour, ranges: ranges) == parts.map(\.summary))
        var all: [Leaf] = []
        for range in ranges { all += try await bench.leaves(bench.sent, range) }
        #expect(try await bench.leaves(bench.sent) == all)
    }

    @Test(arguments: Engine.all)
    func leavesThatAreOldEnoughGo(engine: Engine) async throws {
        let bench = try Bench(engine)
        var early = bench.arriving(1, record: 1)
        early.record?.issuedAt = noon.adding(seconds: -3_600)
        _ = try await bench.outcomes(1, [early, bench.arriving(2, record: 2)])
        #expect(try await bench.windows(bench.received).count == 2)
        #expect(try await bench.store.sweepLeaves(before: bench.hour) == 1)
        #expect(try await bench.windows(bench.received).map(\.hour) == [bench.hour])
        // Its answer stays, and is not missed.
        #expect(try await bench.store.checkBooks(with: bench.provinces.peer) == 0)
        #expect(try await bench.windows(bench.received).map(\.summary.leaves) == [1])
    }
}
