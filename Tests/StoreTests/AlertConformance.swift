import AuditLog
import Interchange
import Store
import Testing

/// An operator is told once when something begins and once when it ends, however many records it touches.
@Suite struct AlertConformance {
    private func condition(_ bench: Bench, _ blockedOn: String, at now: Instant = noon) -> LaneCondition {
        LaneCondition(
            peer: bench.provinces.peer, blockedOn: blockedOn, since: now, until: now.adding(seconds: 60),
            detail: "connection refused")
    }

    @Test(arguments: Engine.all)
    func deadLettersAreOneAlertUntilTheLastIsGone(engine: Engine) async throws {
        let bench = try Bench(engine)
        let heard = HeardAlerts(bench.store)
        let dead = try await bench.refusedBatch(3)
        #expect(heard.all == ["deadLetters+"])
        try await bench.accept([bench.draft(9)])
        try await bench.postpone(#require(await bench.lease()), until: nil, because: "tooOld")
        #expect(heard.all == ["deadLetters+"])
        let ids = dead.envelopes.map(\.id)
        _ = try await bench.store.discard(ids, because: "closed", by: bench.clerk, at: noon)
        #expect(heard.all == ["deadLetters+"])
        _ = try await bench.store.replay(.peer(bench.provinces.peer), by: bench.clerk, at: noon.adding(seconds: 5))
        #expect(heard.all == ["deadLetters+", "deadLetters-"])
        #expect(try await bench.store.alerts(withEnded: false, limit: 9).isEmpty)
        let ended = try #require(await bench.store.alerts(withEnded: true, limit: 9).first)
        #expect(ended.since == noon)
        #expect(ended.until == noon.adding(seconds: 5))
    }

    @Test(arguments: Engine.all)
    func theAlertOfDeadLettersEndsWithTheirErasure(engine: Engine) async throws {
        let bench = try Bench(engine)
        let heard = HeardAlerts(bench.store)
        try await bench.accept([bench.draft(1)])
        try await bench.postpone(#require(await bench.lease()), until: nil, because: "tooOld")
        try await bench.eraseAll(on: RetentionConformance.dayAfter)
        #expect(heard.all == ["deadLetters+", "deadLetters-"])
    }

    @Test(arguments: Engine.all)
    func anOpenCircuitIsKeptAndToldOnce(engine: Engine) async throws {
        let bench = try Bench(engine)
        let heard = HeardAlerts(bench.store)
        let peer = bench.provinces.peer
        try await bench.store.keepLane(condition(bench, "circuitOpen"), of: peer, at: noon)
        let probe = noon.adding(seconds: 60)
        try await bench.store.keepLane(condition(bench, "circuitOpen", at: probe), of: peer, at: probe)
        #expect(heard.all == ["circuitOpen+"])
        let lane = try #require(await bench.store.openLanes().first)
        #expect(lane.since == noon)
        #expect(lane.until == noon.adding(seconds: 120))
        try await bench.store.keepLane(condition(bench, "operator"), of: peer, at: noon)
        #expect(heard.all == ["circuitOpen+", "circuitOpen-", "identityRefused+"])
        try await bench.store.keepLane(nil, of: peer, at: noon)
        try await bench.store.keepLane(nil, of: peer, at: noon)
        #expect(heard.all == ["circuitOpen+", "circuitOpen-", "identityRefused+", "identityRefused-"])
        #expect(try await bench.store.openLanes().isEmpty)
    }

    @Test(arguments: Engine.all)
    func aNewProcessBeginsWithEveryCircuitClosedAndTheAlertsThatLast(engine: Engine) async throws {
        var bench = try Bench(engine)
        try await bench.store.keepLane(condition(bench, "circuitOpen"), of: bench.provinces.peer, at: noon)
        bench = try await bench.reopened()
        _ = try await bench.store.returnLeases()
        #expect(try await bench.store.openLanes().isEmpty)
        #expect(try await bench.store.alerts(withEnded: false, limit: 9).map(\.kind) == [.circuitOpen])
    }

    @Test(arguments: Engine.all)
    func anOldBacklogIsToldOnceForEachPeer(engine: Engine) async throws {
        let bench = try Bench(engine)
        let heard = HeardAlerts(bench.store)
        try await bench.accept([bench.draft(1), bench.draft(2), bench.draft(3, to: bench.provinces.other)])
        try await bench.store.watchBacklog(acceptedBefore: noon, at: noon)
        #expect(heard.all.isEmpty)
        let bound = noon.adding(seconds: 1)
        for _ in 0..<2 { try await bench.store.watchBacklog(acceptedBefore: bound, at: bound) }
        #expect(heard.all == ["backlogOld+", "backlogOld+"])
        try await bench.settle(#require(await bench.lease()), [.settled, .settled])
        try await bench.store.watchBacklog(acceptedBefore: bound, at: bound)
        #expect(heard.all == ["backlogOld+", "backlogOld+", "backlogOld-"])
        #expect(try await bench.store.alerts(withEnded: false, limit: 9).map(\.peer) == [bench.provinces.other])
    }

    @Test(arguments: Engine.all)
    func whatIsParkedIsNoOldBacklog(engine: Engine) async throws {
        let bench = try Bench(engine)
        let heard = HeardAlerts(bench.store)
        try await bench.accept([bench.draft(1)])
        try await bench.settle(#require(await bench.lease()), [.parked])
        try await bench.store.watchBacklog(acceptedBefore: noon.adding(seconds: 1), at: noon)
        #expect(heard.all.isEmpty)
    }
}
