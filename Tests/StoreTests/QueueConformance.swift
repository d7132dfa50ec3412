import AuditLog
import Interchange
import Store
import Testing

@Suite struct QueueConformance {
    private static let later = noon.adding(seconds: 900)

    // MARK: Retry

    @Test(arguments: Engine.all)
    func aRetryMakesABatchDue(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let batch = try #require(await bench.lease())
        try await bench.postpone(batch, until: Self.later)
        let heard = Heard()
        bench.store.onWork { heard.hear($0) }
        let mark = try await bench.store.auditSize()
        let retried = try await bench.store.retry(.ids([batch.id]), by: bench.clerk, at: noon)
        #expect(retried == Retried(deliveries: 1, peers: [bench.provinces.peer]))
        #expect(heard.peers == [bench.provinces.peer])
        #expect(try await bench.lease()?.id == batch.id)
        let entries = try await bench.entries(from: mark)
        #expect(entries.map(\.event) == [.deliveryRetried])
        #expect(entries[0].object == batch.content.digest)
        #expect(entries[0].actor == bench.clerk)
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.all)
    func aRetryOfAPeerTakesBatchesAndParkedEnvelopes(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        try await bench.settle(#require(await bench.lease()), [.parked])
        try await bench.accept([bench.draft(2), bench.draft(3, to: bench.provinces.other)])
        try await bench.postpone(#require(await bench.lease()), until: Self.later)
        let other = try #require(await bench.lease(bench.provinces.other))
        try await bench.postpone(other, until: Self.later)
        #expect(try await bench.store.retry(.peer(bench.provinces.peer), by: bench.clerk, at: noon).deliveries == 2)
        #expect(try await bench.lease() != nil)
        #expect(try await bench.lease() != nil)
        #expect(try await bench.lease(bench.provinces.other) == nil)
    }

    @Test(arguments: Engine.all)
    func onlyWhatWaitsIsRetried(engine: Engine) async throws {
        let bench = try Bench(engine)
        let dead = try await bench.refusedBatch(1)
        let store = bench.store
        #expect(await code { _ = try await store.retry(.ids([message(9)]), by: bench.clerk, at: noon) } == .notFound)
        #expect(await code { _ = try await store.retry(.ids([dead.id]), by: bench.clerk, at: noon) } == .invalid)
        let envelope = dead.envelopes[0].id
        #expect(await code { _ = try await store.retry(.ids([envelope]), by: bench.clerk, at: noon) } == .invalid)
        let many = (0...UInt64(StoreLimits.chosenDeliveries)).map { message($0) }
        #expect(await code { _ = try await store.retry(.ids(many), by: bench.clerk, at: noon) } == .invalid)
    }

    // MARK: Replay

    @Test(arguments: Engine.all)
    func aDeadLetterGoesAgainWithItsIdAndBytes(engine: Engine) async throws {
        let bench = try Bench(engine)
        let dead = try await bench.refusedBatch(2)
        let mark = try await bench.store.auditSize()
        let chosen = dead.envelopes[1]
        #expect(try await bench.store.replay(.ids([chosen.id]), by: bench.clerk, at: Self.later) == 1)
        #expect(try await bench.counts() == [1, 0, 0, 0, 1])
        let again = try #require(await bench.lease(at: Self.later))
        #expect(again.lines == [dead.lines[1]])
        #expect(again.envelopes == [chosen])
        #expect(again.acceptedAt == Self.later)
        let entry = try #require(await bench.entries(from: mark).first)
        #expect(entry.event == .deliveryReplayed)
        #expect(entry.object == chosen.digest)
        #expect(entry.details[.reason] == "rejected")
        try await bench.settle(again, [.settled])
        #expect(try await bench.counts() == [0, 0, 1, 0, 1])
    }

    @Test(arguments: Engine.all)
    func aDeadBatchGoesAgainAsItIs(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1), bench.draft(2)])
        let batch = try #require(await bench.lease())
        try await bench.postpone(batch, until: nil, because: "tooOld")
        let day8 = noon.adding(seconds: 8 * 86_400)
        #expect(try await bench.store.replay(.peer(bench.provinces.peer), by: bench.clerk, at: day8) == 1)
        let again = try #require(await bench.lease(at: day8))
        #expect(again.id == batch.id)
        #expect(again.content.bytes == batch.content.bytes)
        #expect(again.acceptedAt == day8)
        #expect(try await bench.counts() == [2, 2, 0, 0, 0])
    }

    @Test(arguments: Engine.all)
    func onlyDeadLettersAreReplayed(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let batch = try #require(await bench.lease())
        let store = bench.store
        for id in [batch.id, batch.envelopes[0].id, message(9)] {
            #expect(await code { _ = try await store.replay(.ids([id]), by: bench.clerk, at: noon) } != nil)
        }
        #expect(try await store.replay(.peer(bench.provinces.peer), by: bench.clerk, at: noon) == 0)
    }

    // MARK: Cancel

    @Test(arguments: Engine.all)
    func aBatchThatWaitsIsCancelled(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1), bench.draft(2)])
        let batch = try #require(await bench.lease())
        try await bench.postpone(batch, until: Self.later)
        let mark = try await bench.store.auditSize()
        #expect(try await bench.store.cancel(batch.id, by: bench.clerk, at: noon) == 2)
        #expect(try await bench.counts() == [0, 0, 0, 0, 0])
        #expect(try await bench.withdrawn() == 2)
        #expect(try await bench.lease(at: Self.later) == nil)
        let entries = try await bench.entries(from: mark)
        #expect(entries.map(\.event) == [.deliveryCancelled, .deliveryCancelled])
        #expect(entries.map(\.object) == batch.envelopes.map(\.digest))
        #expect(try await bench.store.delivery(batch.envelopes[0].id)?.summary.state == "cancelled")
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.all)
    func theOthersOfABatchGoOutInANewOne(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1), bench.draft(2), bench.draft(3)])
        let batch = try #require(await bench.lease())
        try await bench.postpone(batch, until: Self.later)
        #expect(try await bench.store.cancel(batch.envelopes[1].id, by: bench.clerk, at: noon) == 1)
        let next = try #require(await bench.lease())
        #expect(next.id != batch.id)
        #expect(Set(next.lines) == [batch.lines[0], batch.lines[2]])
        #expect(next.acceptedAt == noon)
        #expect(try await bench.counts() == [2, 2, 0, 0, 0])
        try await bench.settle(next, [.settled, .settled])
        #expect(try await bench.counts() == [0, 0, 2, 0, 0])
        #expect(try await bench.withdrawn() == 1)
    }

    @Test(arguments: Engine.all)
    func aParkedEnvelopeIsCancelled(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let batch = try #require(await bench.lease())
        try await bench.settle(batch, [.parked])
        #expect(try await bench.store.cancel(batch.envelopes[0].id, by: bench.clerk, at: noon) == 1)
        #expect(try await bench.counts() == [0, 0, 0, 0, 0])
        #expect(try await bench.lease(at: noon.adding(seconds: 100_000)) == nil)
    }

    @Test(arguments: Engine.all)
    func whatIsBeingSentDeadOrDeliveredIsNotCancelled(engine: Engine) async throws {
        let bench = try Bench(engine)
        let store = bench.store
        try await bench.accept([bench.draft(1)])
        let batch = try #require(await bench.lease())
        let envelope = batch.envelopes[0].id
        for id in [batch.id, envelope] {
            #expect(await code { _ = try await store.cancel(id, by: bench.clerk, at: noon) } == .invalid)
        }
        // A lease that lapsed is nobody's.
        try await bench.settle(batch, [.refused(conflict: false, codes: ["LENGTH"])])
        #expect(await code { _ = try await store.cancel(envelope, by: bench.clerk, at: noon) } == .invalid)
        try await bench.accept([bench.draft(2)])
        let delivered = try #require(await bench.lease())
        try await bench.settle(delivered, [.settled])
        for id in [delivered.id, delivered.envelopes[0].id] {
            #expect(await code { _ = try await store.cancel(id, by: bench.clerk, at: noon) } == .invalid)
        }
        #expect(await code { _ = try await store.cancel(message(9), by: bench.clerk, at: noon) } == .notFound)
        #expect(try await bench.counts() == [0, 0, 1, 0, 1])
    }

    @Test(arguments: Engine.all)
    func aReceiptThatCameTooLateForACancellationHolds(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let batch = try #require(await bench.lease())
        try await bench.postpone(batch, until: Self.later)
        _ = try await bench.store.cancel(batch.id, by: bench.clerk, at: noon)
        try await bench.settle(batch, [.settled])
        #expect(try await bench.counts() == [0, 0, 1, 0, 0])
        #expect(try await bench.withdrawn() == 0)
    }

    // MARK: Discard

    @Test(arguments: Engine.all)
    func aDeadLetterIsGivenUpWithAReason(engine: Engine) async throws {
        let bench = try Bench(engine)
        let dead = try await bench.refusedBatch(2)
        let mark = try await bench.store.auditSize()
        let ids = [dead.envelopes[0].id]
        #expect(try await bench.store.discard(ids, because: "sentAnew", by: bench.clerk, at: noon) == 1)
        #expect(try await bench.counts() == [0, 0, 0, 0, 1])
        #expect(try await bench.withdrawn() == 1)
        let entry = try #require(await bench.entries(from: mark).first)
        #expect(entry.event == .deliveryDiscarded)
        #expect(entry.object == dead.envelopes[0].digest)
        #expect(entry.details[.reason] == "sentAnew")
        #expect(await code { _ = try await bench.store.deadLetterLine(ids[0]) } == .notFound)
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.all)
    func aDeadBatchIsGivenUpWhole(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1), bench.draft(2)])
        let batch = try #require(await bench.lease())
        try await bench.postpone(batch, until: nil, because: "tooOld")
        #expect(try await bench.store.discard([batch.id], because: "closed", by: bench.clerk, at: noon) == 2)
        #expect(try await bench.counts() == [0, 0, 0, 0, 0])
        #expect(try await bench.withdrawn() == 2)
    }

    @Test(arguments: Engine.all, ["", "two words", "王小明", "510105199001010001"])
    func aReasonIsOneWordWithoutPersonalData(engine: Engine, reason: String) async throws {
        let bench = try Bench(engine)
        let dead = try await bench.refusedBatch(1)
        let ids = [dead.envelopes[0].id]
        #expect(
            await code { _ = try await bench.store.discard(ids, because: reason, by: bench.clerk, at: noon) }
                == .invalid)
        #expect(try await bench.counts() == [0, 0, 0, 0, 1])
    }

    // MARK: Repair

    @Test(arguments: Engine.all)
    func aRepairIsANewEnvelopeOfTheNextVersion(engine: Engine) async throws {
        let bench = try Bench(engine)
        let dead = try await bench.refusedBatch(1)
        let mark = try await bench.store.auditSize()
        let repaired = bench.draft(1, saying: "repaired")
        let issued = try await bench.store.repair(dead.envelopes[0].id, with: repaired, by: bench.clerk, at: noon)
        #expect(issued != dead.envelopes[0].id)
        #expect(try await bench.counts() == [1, 0, 0, 0, 0])
        #expect(try await bench.withdrawn() == 1)
        let batch = try #require(await bench.lease())
        #expect(batch.envelopes.map(\.id) == [issued])
        #expect(batch.lines[0].contains(#""version":2,"#))
        #expect(batch.lines[0].contains("repaired"))
        let entries = try await bench.entries(from: mark)
        #expect(entries.map(\.event) == [.intakeAccepted, .deliveryRepaired])
        #expect(entries[1].object == dead.envelopes[0].digest)
        #expect(try await bench.store.delivery(dead.envelopes[0].id)?.summary.state == "superseded")
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.all)
    func aRepairMustSaySomethingElseOfTheSameNewestRecord(engine: Engine) async throws {
        let bench = try Bench(engine)
        let dead = try await bench.refusedBatch(1)
        let id = dead.envelopes[0].id
        let store = bench.store
        for draft in [bench.draft(1), bench.draft(2, saying: "another")] {
            #expect(await code { _ = try await store.repair(id, with: draft, by: bench.clerk, at: noon) } == .invalid)
        }
        try await bench.accept([bench.draft(1, saying: "from the source")])
        let late = bench.draft(1, saying: "repaired")
        #expect(await code { _ = try await store.repair(id, with: late, by: bench.clerk, at: noon) } == .invalid)
        #expect(
            await code { _ = try await store.repair(message(9), with: late, by: bench.clerk, at: noon) } == .notFound)
        #expect(try await bench.counts() == [1, 0, 0, 0, 1])
    }

    @Test(arguments: Engine.all)
    func anEnvelopeOfADeadBatchIsRepairedAndTheOthersStayDead(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1), bench.draft(2)])
        let batch = try #require(await bench.lease())
        try await bench.postpone(batch, until: nil, because: "unreadable")
        let id = batch.envelopes[0].id
        let line = try await bench.store.deadLetterLine(id)
        #expect(String(decoding: line, as: UTF8.self) == batch.lines[0])
        _ = try await bench.store.repair(id, with: bench.draft(1, saying: "repaired"), by: bench.clerk, at: noon)
        #expect(try await bench.counts() == [1, 0, 0, 0, 1])
        let other = try #require(await bench.store.delivery(batch.envelopes[1].id))
        #expect(other.summary.state == "deadLettered")
        #expect(other.summary.blockedOn == "unreadable")
    }

    // MARK: Looking

    @Test(arguments: Engine.all)
    func aDeadLetterShowsWhatThePeerFoundAndWhere(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let batch = try #require(await bench.lease())
        try await bench.settle(
            batch,
            [
                .rejected([
                    PeerFinding(code: "DATE_ORDER", pointer: "/content/arrivalDate"),
                    PeerFinding(code: "ID_FORMAT", pointer: "/person/510105199001010001"),
                    PeerFinding(code: "王小明", pointer: "/person/name"),
                ])
            ])
        let shown = try #require(await bench.store.delivery(batch.envelopes[0].id))
        #expect(shown.summary.unit == .envelope)
        #expect(shown.summary.state == "deadLettered")
        #expect(
            shown.findings == [
                PeerFinding(code: "DATE_ORDER", pointer: "/content/arrivalDate"),
                PeerFinding(code: "ID_FORMAT", pointer: ""),
            ])
        #expect(shown.envelopes == batch.envelopes)
    }

    @Test(arguments: Engine.all)
    func anyEnvelopeIsFoundByItsId(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1), bench.draft(2)])
        let batch = try #require(await bench.lease())
        let sent = try #require(await bench.store.delivery(batch.envelopes[1].id))
        #expect(sent.inBatch == batch.id)
        #expect(sent.summary.state == "leased")
        #expect(sent.envelopes == [batch.envelopes[1]])
        try await bench.settle(batch, [.settled, .settled], at: noon.adding(seconds: 5))
        let settled = try #require(await bench.store.delivery(batch.envelopes[1].id))
        #expect(settled.summary.state == "delivered")
        #expect(settled.settledAt == noon.adding(seconds: 5))
        #expect(try await bench.store.delivery(batch.id)?.envelopes == batch.envelopes)
        #expect(try await bench.store.delivery(message(9)) == nil)
    }

    @Test(arguments: Engine.all)
    func whatIsOnlyTakenOutOfItsBatchIsAvailable(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let batch = try #require(await bench.lease())
        try await bench.store.reopen(batch.id, inBatchesOf: 1, because: "413", at: noon)
        let listed = try #require(await bench.store.deliveries(peer: nil, limit: 9).first)
        #expect(listed.state == "available")
        #expect(listed.unit == .envelope)
        #expect(listed.blockedOn == nil)
        #expect(listed.blockedSince == nil)
    }
}
