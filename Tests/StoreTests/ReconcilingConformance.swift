import AuditLog
import Interchange
import Store
import Testing

/// What is owed where two sides differ.
@Suite struct ReconcilingConformance {
    @Test(arguments: Engine.all)
    func whatThePeerLacksIsSentAgainAsItWas(engine: Engine) async throws {
        let bench = try Bench(engine)
        let batch = try #require(await bench.deliver(1...3).first)
        let mark = try await bench.store.auditSize()
        let heard = Heard()
        bench.store.onWork(heard.hear)
        let lacking = Leaf(batch.envelopes[1])
        #expect(try await resend([lacking], bench) == [lacking.id: .resent])
        #expect(heard.peers == [bench.provinces.peer])
        #expect(try await bench.counts() == [1, 0, 2, 0, 0])
        // Until it is settled it is on its way, however often it is asked for.
        #expect(try await resend([lacking], bench) == [lacking.id: .waiting])
        let again = try #require(await bench.lease())
        #expect(again.envelopes == [batch.envelopes[1]])
        #expect(again.lines == [batch.lines[1]])
        #expect(again.acceptedAt == noon)
        #expect(try await resend([lacking], bench) == [lacking.id: .waiting])
        let before = try await bench.windows(bench.sent)
        try await bench.settle(again, [.settled])
        #expect(try await bench.windows(bench.sent) == before)
        #expect(try await bench.counts() == [0, 0, 3, 0, 0])
        #expect(try await bench.events(from: mark).prefix(1) == [.deliveryRetried])
        // Lost once more, it is sent once more.
        #expect(try await resend([lacking], bench) == [lacking.id: .resent])
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.all)
    func whatIsNotHeldAnyMoreIsExpired(engine: Engine) async throws {
        let bench = try Bench(engine)
        let batch = try #require(await bench.deliver(1...1).first)
        var unknown = Leaf(batch.envelopes[0])
        unknown.digest = Digest256(hashing: [1])
        #expect(try await resend([unknown], bench) == [unknown.id: .expired])
        #expect(try await bench.lease() == nil)
    }

    @Test(arguments: Engine.all)
    func whatThePeerHoldsAndWeDoNotKnowIsEntered(engine: Engine) async throws {
        let bench = try Bench(engine)
        let held = HeldEnvelope(leaf: Leaf(id: message(7), digest: Digest256(hashing: [7]), outcome: .accepted))
        #expect(try await adopt([held], bench) == [message(7): .entered])
        #expect(try await bench.leaves(bench.sent) == [held.leaf])
    }

    @Test(arguments: Engine.all)
    func theReceiversWordOnTheOutcomeIsTaken(engine: Engine) async throws {
        let bench = try Bench(engine)
        let batch = try #require(await bench.deliver(1...2).first)
        let stale = HeldEnvelope(leaf: Leaf(batch.envelopes[0], .stale))
        var other = HeldEnvelope(leaf: Leaf(batch.envelopes[1]))
        other.leaf.digest = Digest256(hashing: [1])
        #expect(try await adopt([stale, other], bench) == [stale.leaf.id: .entered, other.leaf.id: .disputed])
        #expect(
            try await bench.leaves(bench.sent)
                == [stale.leaf, Leaf(batch.envelopes[1])].sorted { $0.id < $1.id })
    }

    @Test(arguments: Engine.all)
    func aCounterIsRaisedToWhatThePeerHolds(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.deliver(1...1)
        // Version 4 was issued after the backup that this store was restored from.
        let held = HeldEnvelope(
            leaf: Leaf(id: message(7), digest: Digest256(hashing: [7]), outcome: .accepted), record: bench.record(1),
            version: 4)
        #expect(try await adopt([held], bench) == [message(7): .raised])
        #expect(try await adopt([held], bench) == [message(7): .entered])
        // The same content as version 1 is issued all the same: the peer may hold another.
        #expect(try await bench.accept([bench.draft(1)]).new == 1)
        #expect(try #require(await bench.lease()).lines[0].contains(#""version":5,"#))
    }

    @Test(arguments: Engine.all)
    func aCounterOfAFactThatIsNotHeldIsRaisedToo(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.store.raiseVersion(bench.record(1), to: 6)
        #expect(try await bench.accept([bench.draft(1)]).new == 1)
        #expect(try #require(await bench.lease()).lines[0].contains(#""version":7,"#))
        try await bench.store.raiseVersion(bench.record(1), to: 3)
        #expect(try await bench.accept([bench.draft(1)]).unchanged == 1)
        for version in [0, -1, Int(UInt32.max)] {
            #expect(await code { try await bench.store.raiseVersion(bench.record(1), to: version) } == .invalid)
        }
    }

    @Test(arguments: Engine.all)
    func aDeliveryThatIsStillHeldIsSaidToBe(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept((1...5).map { bench.draft($0) })
        let one = BatchLimits(envelopes: 1)
        let leased = try #require(await bench.lease(limits: one))
        let parked = try #require(await bench.lease(limits: one))
        try await bench.settle(parked, [.parked])
        let dead = try #require(await bench.lease(limits: one))
        try await bench.postpone(dead, until: nil)
        let refused = try #require(await bench.lease(limits: one))
        try await bench.settle(refused, [.refused(conflict: false, codes: [])])
        let held = [leased, parked, dead, refused].map { HeldEnvelope(leaf: Leaf($0.envelopes[0])) }
        let standings = try await adopt(held, bench)
        #expect(held.map { standings[$0.leaf.id] } == [.waiting, .parked, .dead, .dead])
        #expect(try await bench.leaves(bench.sent) == [])
        let outstanding = Outstanding(waiting: 2, parked: 1, dead: 2)
        let peer = bench.provinces.peer
        let later = noon.adding(seconds: 1)
        #expect(try await bench.store.outstanding(to: peer, acceptedBefore: later) == outstanding)
        #expect(try await bench.store.outstanding(to: peer, acceptedBefore: noon) == Outstanding())
    }

    @Test(arguments: Engine.all)
    func whatWasWithdrawnIsNotSentAgainAndCountsWhereThePeerHoldsIt(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let batch = try #require(await bench.lease())
        try await bench.postpone(batch, until: noon)
        _ = try await bench.store.cancel(batch.id, by: bench.clerk, at: noon)
        let leaf = Leaf(batch.envelopes[0])
        #expect(try await resend([leaf], bench) == [leaf.id: .cancelled])
        #expect(try await bench.lease() == nil)
        #expect(try await adopt([HeldEnvelope(leaf: leaf)], bench) == [leaf.id: .entered])
    }

    @Test(arguments: Engine.all)
    func aReceivedEnvelopeIsDescribedByItsLine(engine: Engine) async throws {
        let bench = try Bench(engine)
        var first = bench.arriving(1, record: 1, version: 3)
        first.text = #"{"id":"\#(first.id)","record":"\#(bench.theirs(1))","version":3,"content":{}}"#
        let second = bench.arriving(2, record: 2)
        _ = try await bench.outcomes(1, [first, second])
        let described = try await bench.store.describe(
            [first.id, second.id, message(9)], from: bench.provinces.peer, in: bench.hour)
        #expect(
            described == [
                HeldEnvelope(leaf: Leaf(first), record: bench.theirs(1), version: 3), HeldEnvelope(leaf: Leaf(second)),
            ])
    }

    @Test(arguments: Engine.all)
    func theLastStatementIsKeptWithItsEntry(engine: Engine) async throws {
        let bench = try Bench(engine)
        let peer = bench.provinces.peer
        let first = KeptStatement(peer: peer, at: noon, until: noon, isEqual: false, missing: 3, content: [1])
        let second = KeptStatement(
            peer: peer, at: noon.adding(seconds: 9), until: noon, isEqual: true, missing: 0, content: [2])
        try await bench.store.keep(first)
        #expect(try await bench.store.statements() == [first])
        let mark = try await bench.store.auditSize()
        try await bench.store.keep(second)
        #expect(try await bench.store.statements() == [second])
        let entry = try #require(await bench.entries(from: mark).first)
        #expect(entry.event == .reconciliationCompleted)
        #expect(entry.outcome == "equal")
        #expect(entry.details[.until] == "2026-06-30T08:00:00Z")
        #expect(entry.details[.missing] == "0")
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.all)
    func afterARestoreNothingIsExchangedBeforeTheStatement(engine: Engine) async throws {
        let bench = try Bench(engine)
        let peer = bench.provinces.peer
        try await bench.accept([bench.draft(1)])
        try await bench.store.demandReconciliation(with: [peer], at: noon)
        #expect(try await bench.store.demandedReconciliations() == [peer])
        #expect(try await bench.lease() == nil)
        #expect(try await bench.store.nextDue(for: peer) == nil)
        #expect(await code { try await bench.accept([bench.draft(2)]) } == .unavailable)
        try await bench.accept([bench.draft(3, to: bench.provinces.other)])
        let heard = Heard()
        bench.store.onWork(heard.hear)
        try await bench.store.keep(
            KeptStatement(peer: peer, at: noon, until: noon, isEqual: true, missing: 0, content: []))
        #expect(heard.peers == [peer])
        #expect(try await bench.store.demandedReconciliations() == [])
        #expect(try await bench.lease()?.envelopes.count == 1)
        try await bench.accept([bench.draft(2)])
    }

    private func resend(_ lacking: [Leaf], _ bench: Bench) async throws -> [MessageID: Standing] {
        try await bench.store.resend(lacking, to: bench.provinces.peer, at: noon)
    }

    private func adopt(_ held: [HeldEnvelope], _ bench: Bench) async throws -> [MessageID: Standing] {
        try await bench.store.adopt(held, of: bench.provinces.peer, in: bench.hour, at: noon)
    }
}
