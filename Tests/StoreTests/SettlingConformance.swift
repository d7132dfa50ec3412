import AuditLog
import Interchange
import Store
import Testing

@Suite struct SettlingConformance {
    private static let day: Int64 = 86_400

    @Test(arguments: Engine.delivering)
    func aReceiptSettlesABatch(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1), bench.draft(2)])
        let batch = try #require(await bench.lease())
        let mark = try await bench.delivery.auditSize()
        try await bench.settle(batch, [.settled, .settled])
        #expect(try await bench.counts() == [0, 0, 2, 0, 0])
        #expect(try await bench.delivery.deliveries(peer: nil, limit: 9).isEmpty)
        #expect(try await bench.delivery.nextDue(for: bench.provinces.peer) == nil)
        let entries = try await bench.entries(from: mark)
        #expect(entries.map(\.event) == [.deliveryAttempted, .receiptReceived])
        #expect(entries[0].outcome == "answered")
        #expect(entries[1].evidence == Digest256(hashing: Array("receipt".utf8)))
        #expect(entries[1].actor == AuditActor(organisation: "urn:yizhan:province:51"))
        #expect(entries[1].details[.accepted] == "2")
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.delivering)
    func settlingTwiceChangesNothing(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let batch = try #require(await bench.lease())
        try await bench.settle(batch, [.settled])
        let mark = try await bench.delivery.auditSize()
        try await bench.settle(batch, [.refused(conflict: true, codes: [])], receipt: "another")
        #expect(try await bench.counts() == [0, 0, 1, 0, 0])
        #expect(try await bench.delivery.auditSize() == mark)
    }

    @Test(arguments: Engine.delivering)
    func aReceiptSettlesWhoeverHoldsTheLease(engine: Engine) async throws {
        let bench = try Bench(engine)
        for number: UInt64 in 1...2 { try await bench.accept([bench.draft(number)]) }
        let one = BatchLimits(envelopes: 1)
        let waiting = try #require(await bench.lease(limits: one))
        let dead = try #require(await bench.lease(limits: one))
        try await bench.postpone(waiting, until: noon.adding(seconds: 900))
        try await bench.postpone(dead, until: nil)
        try await bench.settle(waiting, [.settled])
        try await bench.settle(dead, [.settled])
        #expect(try await bench.counts() == [0, 0, 2, 0, 0])
    }

    @Test(arguments: Engine.delivering)
    func anotherPeersReceiptSettlesNothing(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        var batch = try #require(await bench.lease())
        batch.peer = bench.provinces.other
        try await bench.settle(batch, [.settled])
        #expect(try await bench.counts() == [1, 1, 0, 0, 0])
    }

    @Test(arguments: Engine.delivering, [0, 1, 3])
    func aReceiptMustAnswerEveryEnvelope(engine: Engine, verdicts: Int) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1), bench.draft(2)])
        let batch = try #require(await bench.lease())
        #expect(
            await code { try await bench.settle(batch, Array(repeating: .settled, count: verdicts)) } == .invalid)
        #expect(try await bench.counts() == [2, 2, 0, 0, 0])
    }

    @Test(arguments: Engine.delivering)
    func aParkedEnvelopeIsOfferedAgainTheNextDayUntilItSettles(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1), bench.draft(2), bench.draft(3)])
        let batch = try #require(await bench.lease())
        try await bench.settle(batch, [.settled, .parked, .settled])
        #expect(try await bench.counts() == [0, 0, 2, 1, 0])
        let due = noon.adding(seconds: Self.day)
        #expect(try await bench.delivery.nextDue(for: bench.provinces.peer) == due)
        #expect(try await bench.lease(at: due.adding(milliseconds: -1)) == nil)
        let listed = try #require(await bench.delivery.deliveries(peer: nil, limit: 9).first)
        #expect(listed.state == "parked")
        #expect(listed.blockedOn == "parkedReference")

        let second = try #require(await bench.lease(at: due))
        #expect(second.id != batch.id)
        #expect(second.lines == [batch.lines[1]])
        #expect(second.envelopes == [batch.envelopes[1]])
        #expect(try await bench.counts() == [1, 1, 2, 0, 0])
        try await bench.settle(second, [.parked], at: due)
        #expect(try await bench.counts() == [0, 0, 2, 1, 0])

        let third = try #require(await bench.lease(at: due.adding(seconds: Self.day)))
        #expect(third.lines == [batch.lines[1]])
        try await bench.settle(third, [.settled])
        #expect(try await bench.counts() == [0, 0, 3, 0, 0])
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.delivering)
    func theMaximumAgeDoesNotRunWhileAnEnvelopeIsParked(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        try await bench.settle(#require(await bench.lease()), [.parked])
        let due = noon.adding(seconds: 8 * Self.day)
        #expect(try #require(await bench.lease(at: due)).acceptedAt == due)
    }

    @Test(arguments: Engine.delivering)
    func aRefusedEnvelopeIsADeadLetterWithTheReceiversCodes(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1), bench.draft(2), bench.draft(3)])
        let batch = try #require(await bench.lease())
        let mark = try await bench.delivery.auditSize()
        try await bench.settle(
            batch,
            [
                .refused(conflict: false, codes: ["DATE_ORDER", "LENGTH"]), .settled,
                .refused(conflict: true, codes: []),
            ])
        #expect(try await bench.counts() == [0, 0, 1, 0, 2])
        let listed = try await bench.delivery.deliveries(peer: nil, limit: 9)
        #expect(Set(listed.map(\.state)) == ["deadLettered"])
        #expect(Set(listed.map(\.blockedOn)) == ["rejected", "conflict"])
        #expect(listed.compactMap(\.detail).contains { $0.contains("DATE_ORDER") })
        let dead = try await bench.entries(from: mark).filter { $0.event == .deliveryDeadLettered }
        #expect(dead.map(\.object) == [batch.envelopes[0].digest, batch.envelopes[2].digest])
        #expect(dead.map { $0.details[.reason] } == ["rejected", "conflict"])
        #expect(dead.map { $0.details[.codes] } == ["DATE_ORDER,LENGTH", nil])
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.delivering)
    func whatAPeerWritesInPlaceOfCodesIsNotKept(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let batch = try #require(await bench.lease())
        try await bench.settle(
            batch, [.refused(conflict: false, codes: ["王小明 510105199001010001", "", "FORMAT", "a\nb"])])
        #expect(try await bench.delivery.deliveries(peer: nil, limit: 9).map(\.detail) == ["FORMAT"])
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.delivering)
    func aBatchThatThePeerCannotTakeGoesOutInHalves(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept((1...5).map { bench.draft($0) })
        let whole = try #require(await bench.lease())
        let mark = try await bench.delivery.auditSize()
        try await bench.delivery.reopen(whole.id, inBatchesOf: 2, because: "413 BATCH_TOO_LONG", at: noon)
        #expect(try await bench.events(from: mark) == [.deliveryAttempted])
        #expect(try await bench.counts() == [5, 0, 0, 0, 0])

        var lines: Set<String> = []
        var sizes: [Int] = []
        var halves: [LeasedBatch] = []
        while let half = try await bench.lease() {
            #expect(half.id != whole.id)
            #expect(half.acceptedAt == noon)
            sizes.append(half.envelopes.count)
            lines.formUnion(half.lines)
            halves.append(half)
        }
        #expect(sizes == [2, 2, 1])
        #expect(lines == Set(whole.lines))
        for half in halves {
            try await bench.settle(half, Array(repeating: .settled, count: half.envelopes.count))
        }
        #expect(try await bench.counts() == [0, 0, 5, 0, 0])
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.delivering)
    func halvesAreHalvedAgainUntilOneIsLeft(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept((1...4).map { bench.draft($0) })
        let whole = try #require(await bench.lease())
        try await bench.delivery.reopen(whole.id, inBatchesOf: 2, because: "422", at: noon)
        let half = try #require(await bench.lease())
        try await bench.delivery.reopen(half.id, inBatchesOf: 1, because: "422", at: noon)
        var sizes: [Int] = []
        var last: LeasedBatch?
        while let batch = try await bench.lease() {
            sizes.append(batch.envelopes.count)
            if batch.envelopes.count == 1 { last = batch }
        }
        #expect(sizes.sorted() == [1, 1, 2])
        try await bench.postpone(#require(last), until: nil, because: "unreadable")
        #expect(try await bench.counts() == [3, 3, 0, 0, 1])
    }

    @Test(arguments: Engine.delivering)
    func reopeningKeepsTheAge(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let batch = try #require(await bench.lease())
        let later = noon.adding(seconds: 6 * Self.day)
        try await bench.delivery.reopen(batch.id, inBatchesOf: 1, because: "409", at: later)
        #expect(try await bench.delivery.backlog().first?.oldest == noon)
        #expect(try #require(await bench.lease(at: later)).acceptedAt == noon)
    }

    @Test(arguments: Engine.delivering)
    func aLateReceiptForAClosedBatchSettlesItsEnvelopes(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1), bench.draft(2)])
        let whole = try #require(await bench.lease())
        try await bench.delivery.reopen(whole.id, inBatchesOf: 1, because: "413", at: noon)
        let half = try #require(await bench.lease())
        try await bench.settle(whole, [.settled, .settled])
        #expect(try await bench.lease() == nil)
        try await bench.settle(half, [.refused(conflict: true, codes: [])])
        #expect(try await bench.counts() == [0, 0, 2, 0, 0])
    }

    @Test(arguments: Engine.delivering)
    func onlyWhatIsLeasedIsReopened(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let batch = try #require(await bench.lease())
        try await bench.settle(batch, [.settled])
        try await bench.delivery.reopen(batch.id, inBatchesOf: 1, because: "413", at: noon)
        try await bench.delivery.reopen(message(1), inBatchesOf: 1, because: "413", at: noon)
        #expect(try await bench.counts() == [0, 0, 1, 0, 0])
        #expect(try await bench.lease() == nil)
    }
}
