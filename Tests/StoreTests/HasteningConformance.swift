import Interchange
import Store
import Testing

@Suite struct HasteningConformance {
    private static let day: Int64 = 86_400

    @Test(arguments: Engine.delivering)
    func whatWaitsForATimeOfAWrongClockIsDueAtOnce(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let batch = try #require(await bench.lease())
        try await bench.postpone(batch, until: noon.adding(seconds: Self.day))
        try await bench.delivery.hasten(bench.provinces.peer, at: noon, leasesUntil: noon)
        #expect(try await bench.delivery.nextDue(for: bench.provinces.peer) == noon)
        #expect(try #require(await bench.lease()).id == batch.id)
    }

    @Test(arguments: Engine.delivering)
    func whatIsDueAlreadyStaysDue(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let earlier = noon.adding(seconds: -5)
        try await bench.postpone(try #require(await bench.lease()), until: earlier)
        try await bench.delivery.hasten(bench.provinces.peer, at: noon, leasesUntil: noon)
        #expect(try await bench.delivery.nextDue(for: bench.provinces.peer) == earlier)
    }

    @Test(arguments: Engine.delivering)
    func aLeaseOfAWrongClockEndsAsOneTakenNow(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let batch = try #require(await bench.lease(at: noon.adding(seconds: Self.day)))
        let end = noon.adding(seconds: 300)
        try await bench.delivery.hasten(bench.provinces.peer, at: noon, leasesUntil: end)
        #expect(try await bench.lease(at: end.adding(milliseconds: -1)) == nil)
        #expect(try #require(await bench.lease(at: end)).id == batch.id)
    }

    @Test(arguments: Engine.delivering)
    func aParkedEnvelopeWaitsNoLongerThanADay(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        try await bench.settle(#require(await bench.lease()), [.parked], at: noon.adding(seconds: 30 * Self.day))
        try await bench.delivery.hasten(bench.provinces.peer, at: noon, leasesUntil: noon)
        #expect(try await bench.delivery.nextDue(for: bench.provinces.peer) == noon.adding(seconds: Self.day))
    }

    @Test(arguments: Engine.delivering)
    func otherPeersAndDeadLettersAreLeftAlone(engine: Engine) async throws {
        let bench = try Bench(engine)
        let other = bench.provinces.other
        try await bench.accept([bench.draft(1), bench.draft(2, to: other)])
        try await bench.postpone(try #require(await bench.lease()), until: nil, because: "tooOld")
        try await bench.postpone(try #require(await bench.lease(other)), until: noon.adding(seconds: Self.day))
        try await bench.delivery.hasten(bench.provinces.peer, at: noon, leasesUntil: noon)
        #expect(try await bench.lease() == nil)
        #expect(try await bench.delivery.nextDue(for: other) == noon.adding(seconds: Self.day))
    }
}
