import AuditLog
import Interchange
import Store
import Testing

/// What a receipt's `held` means to a sender: nothing where it knows the version, and that it was restored where it does not.
@Suite struct HeldVersionConformance {
    private static let unknown = Digest256(hashing: [0xFF])

    private func held(_ version: Int, _ digest: Digest256 = unknown, isConflict: Bool = false) -> Settlement.Verdict {
        .held(Outcome.Held(version: version, digest: digest), isConflict: isConflict)
    }

    @Test(arguments: Engine.all)
    func aVersionThatWeKnowSettles(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1), bench.draft(1, saying: "second")])
        let batch = try #require(await bench.lease())
        try await bench.settle(batch, [held(2, batch.envelopes[1].digest), .settled])
        #expect(try await bench.counts() == [0, 0, 2, 0, 0])
        #expect(try await bench.lease() == nil)
    }

    @Test(arguments: Engine.all)
    func aVersionThatWeDoNotKnowIsPassedAndTheContentIssuedAnew(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let batch = try #require(await bench.lease())
        let heard = Heard()
        bench.store.onWork { heard.hear($0) }
        try await bench.settle(batch, [held(5)])
        #expect(heard.peers == [bench.provinces.peer])
        #expect(try await bench.counts() == [1, 0, 1, 0, 0])
        let next = try #require(await bench.lease())
        #expect(next.envelopes[0].id != batch.envelopes[0].id)
        #expect(next.lines[0].contains(#""version":6,"#))
        #expect(next.lines[0].hasSuffix(#""purpose":"residenceRegistration","content":{"note":"first"}}"#))
        // The counter has moved; the content is what it was.
        let after = try await bench.accept([bench.draft(1), bench.draft(1, saying: "second")])
        #expect([after.unchanged, after.new] == [1, 1])
        try await bench.settle(next, [.settled])
        #expect(try #require(await bench.lease()).lines[0].contains(#""version":7,"#))
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.all)
    func theNewestContentIsIssuedNotTheStaleOne(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let batch = try #require(await bench.lease())
        try await bench.accept([bench.draft(1, saying: "second")])
        try await bench.settle(batch, [held(5)])
        let lines = try #require(await bench.lease()).lines
        #expect(lines.map { $0.contains("second") } == [true, true])
        #expect(lines.map { $0.contains(#""version":6,"#) } == [false, true])
    }

    @Test(arguments: Engine.all)
    func twoEnvelopesOfARecordIssueItOnce(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1), bench.draft(1, saying: "second")])
        let batch = try #require(await bench.lease())
        try await bench.settle(batch, [held(5), held(5)])
        #expect(try await bench.counts() == [1, 0, 2, 0, 0])
    }

    @Test(arguments: Engine.all)
    func aConflictWithAVersionThatWeDoNotKnowIsADeadLetter(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let batch = try #require(await bench.lease())
        try await bench.settle(batch, [held(1, isConflict: true)])
        // It stands before an operator, and nothing is issued that could meet the same.
        #expect(try await bench.counts() == [0, 0, 0, 0, 1])
        #expect(try await bench.store.deliveries(peer: nil, limit: 9).map(\.blockedOn) == ["conflict"])
        #expect(try await bench.lease() == nil)
    }

    @Test func aConflictWithAVersionThatARestoredStoreDoesNotKnowIsSupersededUntilItIsOurNewest() async throws {
        let bench = try Bench(Engine(name: "SQLite") { try SQLiteStore(path: "\($0)/store.sqlite", keys: testKeys()) })
        let store = try #require(bench.store as? SQLiteStore)
        try await store.markRestored(RestoreMark(at: noon, awaiting: []), entries: [])
        try await bench.accept([bench.draft(1)])
        let batch = try #require(await bench.lease())
        try await bench.settle(batch, [held(1, isConflict: true)])
        #expect(try await bench.counts() == [1, 0, 0, 0, 0])
        let next = try #require(await bench.lease())
        #expect(next.lines[0].contains(#""version":2,"#))
        // A peer that answers so whatever comes does not make the record vanish.
        try await bench.settle(next, [held(1, isConflict: true)])
        #expect(try await bench.counts() == [0, 0, 0, 0, 1])
    }

    @Test(arguments: Engine.all)
    func aConflictWithAVersionThatWeKnowIsADeadLetter(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let batch = try #require(await bench.lease())
        try await bench.settle(batch, [held(1, batch.envelopes[0].digest, isConflict: true)])
        #expect(try await bench.counts() == [0, 0, 0, 0, 1])
        #expect(try await bench.store.deliveries(peer: nil, limit: 9).map(\.blockedOn) == ["conflict"])
    }

    @Test(arguments: Engine.all)
    func whatWeHaveIssuedAboveItNeedsNothing(engine: Engine) async throws {
        let bench = try Bench(engine)
        let contents = ["first", "second", "third"]
        try await bench.accept(contents.map { bench.draft(1, saying: $0) })
        let batch = try #require(await bench.lease())
        try await bench.settle(batch, [held(2), .settled, .settled])
        #expect(try await bench.counts() == [0, 0, 3, 0, 0])
        #expect(try await bench.lease() == nil)
    }

    @Test(arguments: Engine.all)
    func aPeerCannotDriveTheCounterOverItsBound(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        try await bench.settle(#require(await bench.lease()), [held(9_007_199_254_740_991)])
        #expect(try await bench.counts() == [0, 0, 0, 0, 1])
    }

    // MARK: Followers

    @Test(arguments: Engine.all)
    func aParkedEnvelopeIsOfferedOnceItsReferenceIsDelivered(engine: Engine) async throws {
        let bench = try Bench(engine)
        let one = BatchLimits(envelopes: 1)
        try await bench.accept([bench.referring(2, to: 1), bench.draft(1), bench.draft(3)])
        let departure = try #require(await bench.lease(limits: one))
        let arrival = try #require(await bench.lease(limits: one))
        let other = try #require(await bench.lease(limits: one))
        try await bench.settle(departure, [.parked])
        try await bench.settle(other, [.settled])
        #expect(try await bench.lease() == nil)
        try await bench.settle(arrival, [.settled])
        #expect(try #require(await bench.lease()).envelopes == departure.envelopes)
    }
}

extension Bench {
    /// A departure whose line names the arrival.
    func referring(_ number: UInt64, to arrival: UInt64) -> Draft {
        var draft = departure(number, ending: arrival)
        draft.fixed = Array(
            #""purpose":"residenceRegistration","content":{"arrivalRecord":"\#(record(arrival))"}"#.utf8)
        return draft
    }
}
