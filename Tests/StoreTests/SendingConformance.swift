import AuditLog
import Interchange
import Store
import Testing

@Suite struct SendingConformance {
    @Test(arguments: Engine.delivering)
    func aBatchIsEncodedOnceAndKeepsItsIdAndBytes(engine: Engine) async throws {
        let bench = try Bench(engine)
        let encoder = PlainEncoder()
        try await bench.accept([bench.draft(1), bench.draft(2)])
        let first = try #require(await bench.lease(encoder: encoder))
        #expect(first.attempts == 0)
        #expect(first.acceptedAt == noon)
        try await bench.postpone(first, until: noon.adding(seconds: 10))
        let again = try #require(await bench.lease(at: noon.adding(seconds: 10), encoder: encoder))
        #expect(again.id == first.id)
        #expect(again.content.bytes == first.content.bytes)
        #expect(again.content.digest == first.content.digest)
        #expect(again.envelopes == first.envelopes)
        #expect(again.attempts == 1)
        #expect(again.acceptedAt == noon)
        #expect(encoder.count == 1)
    }

    @Test(arguments: Engine.delivering)
    func aReceiptThatDoesNotVerifyIsEnteredWithItsAttempt(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let batch = try #require(await bench.lease())
        let mark = try await bench.delivery.auditSize()
        try await bench.delivery.postpone(
            batch.id,
            failure: FailedAttempt(
                peer: batch.peer, notBefore: noon.adding(seconds: 10), blockedOn: "backoff", detail: "status 200",
                at: noon,
                refusedReceipt: "RECEIPT_MISMATCH"))
        let entries = try await bench.entries(from: mark)
        #expect(entries.map(\.event) == [.receiptRefused, .deliveryAttempted])
        #expect(entries.map(\.batch) == [batch.id.description, batch.id.description])
        #expect(entries[0].details[.code] == "RECEIPT_MISMATCH")
        #expect(entries[0].details[.peer] == batch.peer.description)
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.delivering)
    func aBatchIsStoredBeforeItIsHandedOut(engine: Engine) async throws {
        var bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let leased = try #require(await bench.lease())
        bench = try await bench.reopened()
        #expect(try await bench.delivery.returnLeases() == 1)
        #expect(try await bench.delivery.returnLeases() == 0)
        let again = try #require(await bench.lease())
        #expect(again.id == leased.id)
        #expect(again.content.bytes == leased.content.bytes)
    }

    @Test(arguments: Engine.delivering)
    func theEncodingComesBackAsItWas(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let leased = try #require(
            await bench.delivery.leaseBatch(
                for: bench.provinces.peer, limits: BatchLimits(), at: noon, until: noon.adding(seconds: 60)
            ) { EncodedContent(bytes: $0.reversed(), encoding: "x-reversed", digest: Digest256(hashing: [1])) })
        #expect(leased.content.encoding == "x-reversed")
        _ = try await bench.delivery.returnLeases()
        let again = try #require(await bench.lease())
        #expect(again.content.encoding == "x-reversed")
        #expect(again.content.digest == Digest256(hashing: [1]))
        #expect(again.content.bytes == leased.content.bytes)
    }

    @Test(arguments: Engine.delivering)
    func anEncoderThatFailsTakesNothing(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        await #expect(throws: CancellationError.self) {
            _ = try await bench.delivery.leaseBatch(
                for: bench.provinces.peer, limits: BatchLimits(), at: noon, until: noon
            ) { _ in throw CancellationError() }
        }
        #expect(try await bench.counts() == [1, 0, 0, 0, 0])
        #expect(try await bench.lease() != nil)
    }

    @Test(arguments: Engine.delivering)
    func nothingIsLeasedTwice(engine: Engine) async throws {
        let bench = try Bench(engine)
        for number in 1...8 { try await bench.accept([bench.draft(UInt64(number))]) }
        let batches = try await withThrowingTaskGroup(of: LeasedBatch?.self) { group in
            for _ in 0..<8 { group.addTask { try await bench.lease(limits: BatchLimits(envelopes: 3)) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let sent = batches.compactMap { $0 }.flatMap { $0.envelopes.map(\.id) }
        #expect(sent.count == 8)
        #expect(Set(sent).count == 8)
        #expect(try await bench.lease() == nil)
        #expect(try await bench.counts() == [8, 8, 0, 0, 0])
    }

    @Test(arguments: Engine.delivering)
    func aBatchKeepsItsLimits(engine: Engine) async throws {
        let bench = try Bench(engine)
        for number in 1...5 { try await bench.accept([bench.draft(UInt64(number))]) }
        #expect(try #require(await bench.lease(limits: BatchLimits(envelopes: 2))).envelopes.count == 2)
        let line = try #require(await bench.lease(limits: BatchLimits(envelopes: 1))).content.bytes.count
        let two = try #require(await bench.lease(limits: BatchLimits(bytes: 2 * line)))
        #expect(two.envelopes.count == 2)
        #expect(try await bench.lease() == nil)
    }

    @Test(arguments: Engine.delivering)
    func whatWasAcceptedTogetherIsTakenApartForAPeerThatTakesLess(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept((1...10).map { bench.draft($0) })
        var sizes: [Int] = []
        var sent: Set<MessageID> = []
        while let batch = try await bench.lease(limits: BatchLimits(envelopes: 4)) {
            sizes.append(batch.envelopes.count)
            sent.formUnion(batch.envelopes.map(\.id))
            #expect(batch.lines.count == batch.envelopes.count)
            #expect(batch.envelopes.map(\.digest) == batch.lines.map { Digest256(hashing: Array($0.utf8)) })
            #expect(batch.acceptedAt == noon)
        }
        #expect(sizes == [4, 4, 2])
        #expect(sent.count == 10)
        #expect(try await bench.counts() == [10, 10, 0, 0, 0])
    }

    @Test(arguments: Engine.delivering)
    func bytesBoundABatchOfWhatWasAcceptedTogether(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept((1...4).map { bench.draft($0) })
        var sizes: [Int] = []
        while let batch = try await bench.lease(limits: BatchLimits(bytes: 900)) {
            #expect(batch.content.bytes.count <= 900)
            sizes.append(batch.envelopes.count)
        }
        #expect(sizes == [2, 2])
    }

    @Test(arguments: Engine.delivering)
    func anEnvelopeThatIsLargerThanABatchGoesAlone(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1), bench.draft(2)])
        #expect(try #require(await bench.lease(limits: BatchLimits(bytes: 10))).envelopes.count == 1)
        #expect(try #require(await bench.lease(limits: BatchLimits(bytes: 10))).envelopes.count == 1)
        #expect(try await bench.lease(limits: BatchLimits(bytes: 10)) == nil)
    }

    @Test(arguments: Engine.delivering)
    func aLeaseThatLapsedIsOfferedAgain(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let first = try #require(await bench.lease())
        #expect(try await bench.lease(at: noon.adding(seconds: 59)) == nil)
        #expect(try await bench.delivery.nextDue(for: bench.provinces.peer) == noon.adding(seconds: 60))
        let again = try #require(await bench.lease(at: noon.adding(seconds: 60)))
        #expect(again.id == first.id)
        #expect(again.content.bytes == first.content.bytes)
    }

    @Test(arguments: Engine.delivering)
    func aPostponedBatchWaitsForItsTime(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let batch = try #require(await bench.lease())
        let due = noon.adding(milliseconds: 1_500)
        try await bench.postpone(batch, until: due)
        #expect(try await bench.delivery.nextDue(for: bench.provinces.peer) == due)
        #expect(try await bench.lease(at: due.adding(milliseconds: -1)) == nil)
        let lane = try #require(await bench.delivery.backlog().first)
        #expect(lane.waiting == 1)
        #expect(lane.inBatches == 1)
        #expect(lane.blockedOn == "peerDown")
        #expect(lane.detail == "connection refused")
        #expect(lane.nextAttempt == due)
        #expect(lane.oldest == noon)
        #expect(try await bench.lease(at: due) != nil)
    }

    @Test(arguments: Engine.delivering)
    func aPostponementEntersTheAttempt(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let batch = try #require(await bench.lease())
        let mark = try await bench.delivery.auditSize()
        try await bench.postpone(batch, until: noon)
        let again = try #require(await bench.lease())
        try await bench.postpone(again, until: noon, because: "operator")
        let entries = try await bench.entries(from: mark)
        #expect(entries.map(\.event) == [.deliveryAttempted, .deliveryAttempted])
        #expect(entries.map(\.outcome) == ["failed", "refused"])
        #expect(entries.map { $0.details[.attempt] } == ["1", "2"])
        #expect(entries.map(\.batch) == [batch.id.description, batch.id.description])
        #expect(entries.map(\.evidence) == [batch.content.digest, batch.content.digest])
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.delivering)
    func aDeadLetterIsNotSentAndEntersEachEnvelope(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1), bench.draft(2)])
        let batch = try #require(await bench.lease())
        let mark = try await bench.delivery.auditSize()
        try await bench.postpone(batch, until: nil, because: "tooOld")
        #expect(try await bench.counts() == [0, 0, 0, 0, 2])
        #expect(try await bench.lease(at: noon.adding(seconds: 1_000_000)) == nil)
        #expect(try await bench.delivery.nextDue(for: bench.provinces.peer) == nil)
        let entries = try await bench.entries(from: mark)
        #expect(entries.map(\.event) == [.deliveryAttempted, .deliveryDeadLettered, .deliveryDeadLettered])
        #expect(entries.dropFirst().map(\.object) == batch.envelopes.map(\.digest))
        #expect(entries.dropFirst().map { $0.details[.reason] } == ["tooOld", "tooOld"])
        #expect(try await bench.delivery.deliveries(peer: nil, limit: 9).map(\.state) == ["deadLettered"])
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.delivering)
    func whatIsNotLeasedIsNotPostponed(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let batch = try #require(await bench.lease())
        try await bench.settle(batch, [.settled])
        let mark = try await bench.delivery.auditSize()
        try await bench.postpone(batch, until: nil)
        #expect(try await bench.counts() == [0, 0, 1, 0, 0])
        #expect(try await bench.delivery.auditSize() == mark)
    }

    @Test(arguments: Engine.delivering)
    func deliveriesListsWhatWaitsAndWhy(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1), bench.draft(2)])
        let batch = try #require(await bench.lease())
        try await bench.accept([bench.draft(3), bench.draft(4, to: bench.provinces.other)])
        try await bench.postpone(batch, until: noon.adding(seconds: 5))
        let own = try await bench.delivery.deliveries(peer: bench.provinces.peer, limit: 10)
        #expect(own.map(\.state) == ["available", "retryable"])
        #expect(own.map(\.envelopes) == [1, 2])
        #expect(own.map(\.batch) == [nil, batch.id])
        #expect(own.map(\.blockedOn) == [nil, "peerDown"])
        #expect(own.map(\.nextAttempt) == [nil, noon.adding(seconds: 5)])
        #expect(try await bench.delivery.deliveries(peer: nil, limit: 10).count == 3)
        #expect(try await bench.delivery.deliveries(peer: nil, limit: 1).count == 1)
    }
}
