import AuditLog
import Interchange
import Store
import Testing

@Suite struct FetchingConformance {
    @Test(arguments: Engine.all)
    func aReceiptSettlesWhoeverHoldsTheLease(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let first = try #require(await bench.lease())
        // The lease lapses, and somebody else holds the batch when the first receipt comes.
        let later = noon.adding(seconds: 3_600)
        let second = try #require(await bench.lease(at: later))
        #expect(second.id == first.id && second.content.bytes == first.content.bytes)
        #expect(try await bench.take("receipt", for: first, nonce: "a") == .taken)
        #expect(try await bench.counts() == [0, 0, 1, 0, 0])
        #expect(try await bench.lease(at: later.adding(seconds: 3_600)) == nil)
    }

    @Test(arguments: Engine.all)
    func theSameReceiptAgainIsTakenAndAnotherIsNot(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let batch = try #require(await bench.lease())
        #expect(try await bench.take("receipt", for: batch, nonce: "a") == .taken)
        let size = try await bench.store.auditSize()
        #expect(try await bench.take("receipt", for: batch, nonce: "b") == .again)
        #expect(try await bench.take("other", for: batch, nonce: "c") == .other)
        #expect(try await bench.store.auditSize() == size)
    }

    @Test(arguments: Engine.all)
    func aReceiptsNonceIsSpentWithIt(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let batch = try #require(await bench.lease())
        #expect(try await bench.take("receipt", for: batch, nonce: "a") == .taken)
        #expect(try await bench.take("receipt", for: batch, nonce: "a") == .nonceReplayed)
        #expect(try await bench.store.spend(nonce: "a", of: bench.provinces.peer, at: noon) == false)
    }

    @Test(arguments: Engine.all)
    func aReceiptForAnotherPeersBatchFindsNone(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let batch = try #require(await bench.lease())
        #expect(try await bench.store.sentBatch(batch.id, to: bench.provinces.other) == nil)
        var settlement = bench.settlement("receipt", for: batch)
        settlement.peer = bench.provinces.other
        #expect(try await bench.store.takeReceipt(settlement, nonce: "a") == .batchUnknown)
        #expect(try await bench.counts() == [1, 1, 0, 0, 0])
    }

    @Test(arguments: Engine.all)
    func aBatchIsFoundWithItsDigestAndEnvelopesUntilAndAfterItIsSettled(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1), bench.draft(2)])
        let batch = try #require(await bench.lease())
        let sent = SentBatch(
            id: batch.id, peer: batch.peer, encoding: nil, digest: batch.content.digest, envelopes: batch.envelopes)
        #expect(try await bench.store.sentBatch(batch.id, to: batch.peer) == sent)
        #expect(try await bench.take("receipt", for: batch, nonce: "a") == .taken)
        var after = try #require(await bench.store.sentBatch(batch.id, to: batch.peer))
        #expect(after.receipt?.isEmpty == false)
        after.receipt = nil
        #expect(after == sent)
        #expect(try await bench.store.sentBatch(message(9), to: batch.peer) == nil)
    }

    @Test(arguments: Engine.all)
    func aLateReceiptSettlesWhatWentIntoSmallerBatches(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1), bench.draft(2)])
        let batch = try #require(await bench.lease())
        try await bench.store.reopen(batch.id, inBatchesOf: 1, because: "413 BATCH_TOO_LONG", at: noon)
        #expect(try await bench.take("receipt", for: batch, nonce: "a") == .taken)
        #expect(try await bench.lease(at: noon.adding(seconds: 1)) == nil)
        #expect(try await bench.store.waitingEnvelopes() == 0)
    }

    @Test(arguments: Engine.all)
    func whatWaitsIsCountedOverAllPeersAndBatches(engine: Engine) async throws {
        let bench = try Bench(engine)
        #expect(try await bench.store.waitingEnvelopes() == 0)
        try await bench.accept([bench.draft(1), bench.draft(2), bench.draft(3, to: bench.provinces.other)])
        #expect(try await bench.store.waitingEnvelopes() == 3)
        let batch = try #require(await bench.lease(limits: BatchLimits(envelopes: 1)))
        #expect(try await bench.store.waitingEnvelopes() == 3)
        try await bench.settle(batch, [.settled])
        #expect(try await bench.store.waitingEnvelopes() == 2)
    }

    @Test func theRoomLeftIsWhatTheBoundLeaves() async throws {
        let folder = try Folder()
        let store = try SQLiteStore(path: folder.database, keys: testKeys(), maximumPages: 1_000)
        let room = try await store.roomLeft()
        #expect(room > 0 && room < 1_000 * 4_096)
        let open = try SQLiteStore(path: "\(folder.path)/other.sqlite", keys: testKeys())
        #expect(try await open.roomLeft() > 1 << 40)
    }
}

extension Bench {
    fileprivate func settlement(_ receipt: String, for batch: LeasedBatch) -> Settlement {
        Settlement(
            batch: batch.id, peer: batch.peer, verdicts: batch.envelopes.map { _ in .settled },
            receipt: Array(receipt.utf8), signature: "sig=:AA==:", at: noon)
    }

    fileprivate func take(_ receipt: String, for batch: LeasedBatch, nonce: String) async throws -> ReceiptIntake {
        try await store.takeReceipt(settlement(receipt, for: batch), nonce: nonce)
    }
}
