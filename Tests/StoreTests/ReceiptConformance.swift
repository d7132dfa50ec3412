import AuditLog
import Interchange
import Store
import Testing

@Suite struct ReceiptConformance {
    @Test(arguments: Engine.delivering)
    func aKnownBatchGetsItsReceiptByteForByte(engine: Engine) async throws {
        var bench = try Bench(engine)
        let envelopes = [bench.arriving(1, record: 1)]
        let first = Array("{\"first\": \"回执\"}".utf8)
        let applied = try await bench.delivery.receive(bench.batch(1, nonce: "n1", envelopes), receipt: first)
        #expect(applied.applied?.outcomes == [.accepted])
        let mark = try await bench.delivery.auditSize()
        let again = try await bench.delivery.receive(bench.batch(1, nonce: "n2", envelopes), receipt: [9])
        #expect(again.receipt == "{\"first\": \"回执\"}")
        bench = try await bench.reopened()
        let later = try await bench.delivery.receive(bench.batch(1, nonce: "n3", envelopes), receipt: [9])
        #expect(later.receipt == "{\"first\": \"回执\"}")
        #expect(try await bench.delivery.auditSize() == mark)
    }

    @Test(arguments: Engine.delivering)
    func aReceiptIsComposedOverTheLogWithItsEntries(engine: Engine) async throws {
        let bench = try Bench(engine)
        _ = try await bench.outcomes(1, [bench.arriving(1, record: 1)])
        let notary = try Notary()
        let reception = try await bench.delivery.receive(
            bench.batch(2, nonce: "n2", [bench.arriving(2, record: 2), bench.arriving(3, record: 3)])
        ) { applied, size, root in
            #expect(applied.entries == 2...4)
            #expect(size == 5)
            return ComposedReceipt(
                [2], checkpoint: SignedCheckpoint(size: size, root: root, note: try notary.note(size, root)))
        }
        #expect(reception.applied?.outcomes == [.accepted, .accepted])
        #expect(try await bench.delivery.newestCheckpoint()?.size == 5)
        // The log has the digest of the receipt's results.
        let last = try #require(await bench.delivery.auditEntries(from: 4, limit: 1).first)
        #expect(try AuditEntry(decoding: last.bytes).evidence == Digest256(hashing: Array("2".utf8)))
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.delivering)
    func withoutAReceiptNothingIsApplied(engine: Engine) async throws {
        struct Unsigned: Error {}
        var bench = try Bench(engine)
        let envelopes = [bench.arriving(1, record: 1)]
        await #expect(throws: (any Error).self) {
            _ = try await bench.delivery.receive(bench.batch(1, nonce: "n1", envelopes)) { _, _, _ in
                throw Unsigned()
            }
        }
        bench = try await bench.reopened()
        #expect(try await bench.delivery.auditSize() == 0)
        #expect(try await bench.outcomes(1, nonce: "n1", envelopes) == [.accepted])
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.delivering)
    func aBatchIdWithOtherContentIsReuse(engine: Engine) async throws {
        let bench = try Bench(engine)
        _ = try await bench.outcomes(1, nonce: "n1", [bench.arriving(1, record: 1)])
        let mark = try await bench.delivery.auditSize()
        let other = try await bench.delivery.receive(bench.batch(1, nonce: "n2", [bench.arriving(2, record: 2)]))
        #expect(other.isReuse)
        #expect(try await bench.delivery.auditSize() == mark)
        #expect(try await bench.outcomes(2, nonce: "n3", [bench.arriving(2, record: 2)]) == [.accepted])
        // The same id from another sender is another batch.
        #expect(try await bench.outcomes(1, nonce: "n1", from: bench.provinces.other, []) == [])
    }

    @Test(arguments: Engine.delivering)
    func aUsedNonceIsAReplayEvenForAKnownBatch(engine: Engine) async throws {
        var bench = try Bench(engine)
        let envelopes = [bench.arriving(1, record: 1)]
        _ = try await bench.outcomes(1, nonce: "n1", envelopes)
        let mark = try await bench.delivery.auditSize()
        #expect(try await bench.delivery.receive(bench.batch(1, nonce: "n1", envelopes)).isReplay)
        #expect(try await bench.delivery.receive(bench.batch(2, nonce: "n1", envelopes)).isReplay)
        bench = try await bench.reopened()
        #expect(try await bench.delivery.receive(bench.batch(1, nonce: "n1", envelopes)).isReplay)
        #expect(try await bench.delivery.auditSize() == mark)
        #expect(try await bench.delivery.receive(bench.batch(1, nonce: "n2", envelopes)).receipt == "1 outcomes")
    }

    @Test(arguments: Engine.delivering)
    func aNonceIsSpentOnceByEachPeer(engine: Engine) async throws {
        let bench = try Bench(engine)
        let (peer, other) = (bench.provinces.peer, bench.provinces.other)
        #expect(try await bench.delivery.spend(nonce: "a", of: peer, at: noon))
        #expect(try await bench.delivery.spend(nonce: "a", of: peer, at: noon) == false)
        #expect(try await bench.delivery.spend(nonce: "a", of: other, at: noon))
        #expect(try await bench.delivery.receive(bench.batch(1, nonce: "a", [])).isReplay)
    }

    @Test(arguments: Engine.delivering)
    func aNonceIsRememberedForADay(engine: Engine) async throws {
        let bench = try Bench(engine)
        let peer = bench.provinces.peer
        #expect(try await bench.delivery.spend(nonce: "a", of: peer, at: noon))
        let day = noon.adding(seconds: 86_400)
        #expect(try await bench.delivery.spend(nonce: "b", of: peer, at: day))
        #expect(try await bench.delivery.spend(nonce: "a", of: peer, at: day) == false)
        #expect(try await bench.delivery.spend(nonce: "c", of: peer, at: day.adding(milliseconds: 1)))
        #expect(try await bench.delivery.spend(nonce: "a", of: peer, at: day.adding(milliseconds: 1)))
    }

    @Test(arguments: Engine.delivering)
    func noSizeIsSignedWithTwoRoots(engine: Engine) async throws {
        let bench = try Bench(engine)
        _ = try await bench.outcomes(1, [bench.arriving(1, record: 1)])
        _ = try await bench.outcomes(2, [bench.arriving(2, record: 2)])
        let signed = try await bench.checkpoint()
        let forged = SignedCheckpoint(size: signed.size, root: Digest256(hashing: [9]), note: "forged")
        #expect(
            await code {
                _ = try await bench.delivery.receive(bench.batch(3, nonce: "n3", [])) { _, _, _ in
                    ComposedReceipt([1], checkpoint: forged)
                }
            } == .corrupt)
        #expect(try await bench.delivery.newestCheckpoint() == signed)
    }
}

@Suite struct EvidenceConformance {
    @Test(arguments: Engine.all)
    func bothSidesKeepWhatTheOtherSigned(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1), bench.draft(2)])
        let sent = try #require(await bench.lease())
        try await bench.store.settle(
            Settlement(
                batch: sent.id, peer: sent.peer, verdicts: [.settled, .settled], receipt: Array("receipt".utf8),
                signature: "k\nAA==\nbase", request: "k2\nAA==\nbase2", at: noon))
        let own = try #require(await bench.store.evidence(of: sent.id).first)
        #expect(own.isSent)
        #expect(own.receipt == Array("receipt".utf8))
        #expect(own.receiptSignature == "k\nAA==\nbase")
        #expect(own.requestSignature == "k2\nAA==\nbase2")
        let entries = try await bench.entries()
        let events = own.entries.map { range in
            entries.filter { range.contains($0.sequence) && $0.batch == sent.id.description }.map(\.event)
        }
        #expect(events == [.deliveryAttempted, .receiptReceived])

        var batch = bench.batch(5, nonce: "n5", [bench.arriving(5, record: 5)])
        batch.signature = "k3\nAA==\nbase3"
        let notary = try Notary()
        _ = try await bench.store.receive(batch) { _, size, root in
            ComposedReceipt(
                [1, 2], signature: "k4\nAA==\nbase4",
                checkpoint: SignedCheckpoint(size: size, root: root, note: try notary.note(size, root)))
        }
        let theirs = try #require(await bench.store.evidence(of: batch.batch).first)
        #expect(!theirs.isSent)
        #expect(theirs.receipt == [1, 2])
        #expect(theirs.requestSignature == "k3\nAA==\nbase3")
        #expect(theirs.receiptSignature == "k4\nAA==\nbase4")
        let last = try #require(theirs.entries?.upperBound)
        #expect(try await bench.entries(from: last).first?.event == .batchReceived)
        #expect(try await bench.store.evidence(of: message(99)).isEmpty)
    }
}
