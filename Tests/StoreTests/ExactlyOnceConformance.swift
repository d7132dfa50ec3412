import AuditLog
import Interchange
import Store
import Testing

/// What is promised across the whole way: delivered once in effect, or in front of an operator.
@Suite struct ExactlyOnceConformance {
    /// A batch of one store as it arrives at another.
    private func incoming(_ batch: LeasedBatch, from sender: Province, nonce: String) throws -> IncomingBatch {
        var place = 0
        let envelopes = try zip(batch.envelopes, batch.lines).map { reference, line -> IncomingEnvelope in
            let header = try #require(EnvelopeHeader(line: Array(line.utf8)))
            defer { place += line.utf8.count + 1 }
            return IncomingEnvelope(
                id: reference.id, digest: reference.digest, span: place..<place + line.utf8.count,
                record: IncomingRecord(
                    kind: header.kind, record: header.record, version: header.version, issuedAt: noon,
                    purpose: header.purpose, retainUntil: header.retainUntil, subject: header.subject,
                    reference: header.reference, division: header.division, effective: header.effective),
                violations: [])
        }
        return IncomingBatch(
            from: sender, batch: batch.id, contentDigest: batch.content.digest, nonce: nonce,
            lines: batch.content.bytes,
            envelopes: envelopes, receivedAt: noon)
    }

    @Test(arguments: Engine.all)
    func aLostAcknowledgementGivesNoDuplicate(engine: Engine) async throws {
        var sender = try Bench(engine)
        let receiver = try Bench(engine)
        let own = sender.provinces.own
        try await sender.accept([sender.draft(1), sender.draft(2)])
        let sent = try #require(await sender.lease())
        let first = try await receiver.store.receive(incoming(sent, from: own, nonce: "n1"))
        #expect(first.applied?.outcomes == [.accepted, .accepted])

        // The answer is lost with the sender's process.
        sender = try await sender.reopened()
        _ = try await sender.store.returnLeases()
        let again = try #require(await sender.lease())
        #expect(again.id == sent.id)
        #expect(again.content.bytes == sent.content.bytes)
        let second = try await receiver.store.receive(incoming(again, from: own, nonce: "n2"))
        #expect(second.receipt == "2 outcomes")
        try await sender.settle(again, [.settled, .settled])
        #expect(try await sender.counts() == [0, 0, 2, 0, 0])
        #expect(try await receiver.answer([], in: own) == .unknown)

        // Nor under another batch id.
        try await sender.expectSoundLog()
        try await receiver.expectSoundLog()
    }

    @Test(arguments: Engine.all)
    func afterACrashNothingStaysLeased(engine: Engine) async throws {
        var bench = try Bench(engine)
        for number: UInt64 in 1...3 { try await bench.accept([bench.draft(number)]) }
        let one = BatchLimits(envelopes: 1)
        let leased = [try #require(await bench.lease(limits: one)), try #require(await bench.lease(limits: one))]
        bench = try await bench.reopened()
        #expect(try await bench.store.returnLeases() == 2)
        #expect(try await bench.store.deliveries(peer: nil, limit: 9).allSatisfy { $0.state != "leased" })
        var again: Set<MessageID> = []
        while let batch = try await bench.lease(limits: one) { again.formUnion(batch.envelopes.map(\.id)) }
        #expect(again.count == 3)
        #expect(again.isSuperset(of: leased.flatMap { $0.envelopes.map(\.id) }))
    }

    @Test(arguments: Engine.all)
    func aPoisonedEnvelopeAtTheHeadBlocksNobody(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept((1...8).map { bench.draft($0) })
        var poison: MessageID?
        var delivered = 0
        // A peer that cannot read any batch with the first envelope in it.
        while let batch = try await bench.lease() {
            poison = poison ?? batch.envelopes[0].id
            if !batch.envelopes.contains(where: { $0.id == poison }) {
                delivered += batch.envelopes.count
                try await bench.settle(batch, Array(repeating: .settled, count: batch.envelopes.count))
            } else if batch.envelopes.count == 1 {
                try await bench.postpone(batch, until: nil, because: "unreadable")
            } else {
                let half = batch.envelopes.count / 2
                try await bench.store.reopen(batch.id, inBatchesOf: half, because: "422 BATCH_UNREADABLE", at: noon)
            }
        }
        #expect(delivered == 7)
        #expect(try await bench.counts() == [0, 0, 7, 0, 1])
        let id = try #require(poison)
        let dead = try #require(await bench.store.delivery(id))
        #expect(dead.summary.state == "deadLettered")
        #expect(dead.summary.blockedOn == "unreadable")
    }

    @Test(arguments: Engine.all)
    func settlingTwiceChangesNothingWhateverTheReceiptSays(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept((1...3).map { bench.draft($0) })
        let batch = try #require(await bench.lease())
        let held = Settlement.Verdict.held(
            Outcome.Held(version: 4, digest: Digest256(hashing: [1])), isConflict: false)
        try await bench.settle(batch, [.parked, .rejected([PeerFinding(code: "LENGTH", pointer: "")]), held])
        let counts = try await bench.counts()
        #expect(counts == [1, 0, 1, 1, 1])
        let mark = try await bench.store.auditSize()
        try await bench.settle(batch, [.settled, .settled, .settled], receipt: "another")
        #expect(try await bench.counts() == counts)
        #expect(try await bench.store.auditSize() == mark)
    }
}
