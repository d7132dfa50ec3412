import AuditLog
import Interchange
import Store
import Testing

@Suite struct ReceivingConformance {
    @Test(arguments: Engine.delivering)
    func aNewRecordIsAccepted(engine: Engine) async throws {
        let bench = try Bench(engine)
        let reception = try await bench.delivery.receive(
            bench.batch(1, nonce: "n1", [bench.arriving(1, record: 1), bench.arriving(2, record: 2)]))
        let applied = try #require(reception.applied)
        #expect(applied.outcomes == [.accepted, .accepted])
        #expect(applied.receivedAt == noon)
        #expect(applied.entries == 0...2)
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.delivering)
    func anIdThatWasAnsweredIsADuplicate(engine: Engine) async throws {
        let bench = try Bench(engine)
        let envelope = bench.arriving(1, record: 1)
        #expect(
            try await bench.outcomes(1, [envelope, envelope]).map(\.summary) == ["accepted", "duplicate accepted"])
        #expect(try await bench.outcomes(2, [envelope]).map(\.summary) == ["duplicate accepted"])
    }

    @Test(arguments: Engine.delivering)
    func aLowerVersionIsStaleAndItsRepeatADuplicateOfThat(engine: Engine) async throws {
        let bench = try Bench(engine)
        let third = bench.arriving(3, record: 1, version: 3)
        let second = bench.arriving(2, record: 1, version: 2)
        #expect(try await bench.outcomes(1, [third]) == [.accepted])
        let stale = try await bench.outcomes(2, [second])
        #expect(stale.map(\.summary) == ["stale 3"])
        #expect(stale.map(\.heldDigest) == [third.digest])
        #expect(try await bench.outcomes(3, [second]).map(\.summary) == ["duplicate stale"])
    }

    @Test(arguments: Engine.delivering)
    func aHigherVersionTakesThePlaceOfALower(engine: Engine) async throws {
        let bench = try Bench(engine)
        _ = try await bench.outcomes(1, [bench.arriving(1, record: 1)])
        #expect(try await bench.outcomes(2, [bench.arriving(5, record: 1, version: 5)]) == [.accepted])
        #expect(try await bench.outcomes(3, [bench.arriving(4, record: 1, version: 4)]).map(\.summary) == ["stale 5"])
    }

    @Test(arguments: Engine.delivering)
    func theSameIdWithAnotherDigestIsAConflict(engine: Engine) async throws {
        let bench = try Bench(engine)
        let first = bench.arriving(1, record: 1)
        _ = try await bench.outcomes(1, [first])
        let other = try await bench.outcomes(2, [bench.arriving(1, record: 1, saying: "other")])
        #expect(other.map(\.summary) == ["conflict 1"])
        #expect(other.map(\.heldDigest) == [first.digest])
        // What is held, not what came.
        let later = try await bench.outcomes(3, [bench.arriving(1, record: 1, version: 3, saying: "other")])
        #expect(later.map(\.summary) == ["conflict 1"])
    }

    @Test(arguments: Engine.delivering)
    func theSameVersionUnderAnotherIdIsAConflict(engine: Engine) async throws {
        let bench = try Bench(engine)
        let first = bench.arriving(1, record: 1, version: 2)
        _ = try await bench.outcomes(1, [first])
        let conflict = try await bench.outcomes(2, [bench.arriving(9, record: 1, version: 2)])
        #expect(conflict.map(\.summary) == ["conflict 2"])
        #expect(conflict.map(\.heldDigest) == [first.digest])
        #expect(try await bench.outcomes(3, [bench.arriving(9, record: 1, version: 3)]) == [.accepted])
    }

    @Test(arguments: Engine.delivering)
    func whatRefersToTheUnseenIsParkedAndAcceptedOnceThatCame(engine: Engine) async throws {
        let bench = try Bench(engine)
        let departure = bench.departing(2, record: 2, ending: 1)
        #expect(try await bench.outcomes(1, [departure]) == [.parked])
        #expect(try await bench.outcomes(2, [departure]) == [.parked])
        #expect(try await bench.outcomes(3, [bench.arriving(1, record: 1), departure]) == [.accepted, .accepted])
        #expect(try await bench.outcomes(4, [departure]).map(\.summary) == ["duplicate accepted"])
    }

    @Test(arguments: Engine.delivering)
    func envelopesAreAppliedInLineOrder(engine: Engine) async throws {
        let bench = try Bench(engine)
        let departure = bench.departing(2, record: 2, ending: 1)
        #expect(try await bench.outcomes(1, [departure, bench.arriving(1, record: 1)]) == [.parked, .accepted])
    }

    @Test(arguments: Engine.delivering)
    func aRejectedEnvelopeIsJudgedAnewInAnotherBatch(engine: Engine) async throws {
        let bench = try Bench(engine)
        var bad = bench.arriving(1, record: 1)
        let record = bad.record
        bad.record = nil
        bad.violations = [.init(code: .dateOrder, pointer: "/content/arrivalDate", column: nil)]
        let rejected = try await bench.outcomes(1, [bad, bench.arriving(2, record: 2)])
        #expect(rejected == [.rejected(bad.violations), .accepted])
        bad.record = record
        bad.violations = []
        #expect(try await bench.outcomes(2, [bad]) == [.accepted])
    }

    @Test(arguments: Engine.delivering)
    func aRejectionWithoutReasonsIsStillAnOutcome(engine: Engine) async throws {
        let bench = try Bench(engine)
        var bad = bench.arriving(1, record: 1)
        bad.record = nil
        #expect(try await bench.outcomes(1, [bad]) == [.rejected([])])
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.delivering)
    func anotherProvincesRecordIsNotOverwritten(engine: Engine) async throws {
        let bench = try Bench(engine)
        _ = try await bench.outcomes(1, [bench.arriving(1, record: 1)])
        let foreign = try await bench.outcomes(
            2, from: bench.provinces.other, [bench.arriving(2, record: 1, version: 2)])
        #expect(foreign.map(\.summary) == ["rejected WRONG_PROVINCE"])
    }

    @Test(arguments: Engine.delivering)
    func idsOfDifferentSendersDoNotMeet(engine: Engine) async throws {
        let bench = try Bench(engine)
        _ = try await bench.outcomes(1, [bench.arriving(1, record: 1)])
        var envelope = bench.arriving(1, record: 2, saying: "guangdong")
        envelope.record?.record = bench.record(2, home: bench.provinces.own, register: bench.provinces.other)
        #expect(try await bench.outcomes(1, from: bench.provinces.other, [envelope]) == [.accepted])
    }

    @Test(arguments: Engine.delivering)
    func anEmptyBatchHasAnAnswerToo(engine: Engine) async throws {
        let bench = try Bench(engine)
        let applied = try #require(try await bench.delivery.receive(bench.batch(1, nonce: "n1", [])).applied)
        #expect(applied.outcomes == [])
        #expect(applied.entries == 0...0)
    }

    @Test(arguments: Engine.delivering)
    func everyOutcomeHasItsEntry(engine: Engine) async throws {
        let bench = try Bench(engine)
        _ = try await bench.outcomes(1, [bench.arriving(1, record: 1, version: 2)])
        let mark = try await bench.delivery.auditSize()
        var bad = bench.arriving(8, record: 8)
        bad.record = nil
        bad.violations = [.init(code: .length, pointer: "/x", column: nil)]
        let batch = bench.batch(
            2, nonce: "n2",
            [
                bench.arriving(2, record: 2), bench.arriving(1, record: 1, version: 2), bench.arriving(3, record: 1),
                bench.departing(4, record: 4, ending: 99), bad, bench.arriving(5, record: 1, version: 2),
            ])
        let applied = try #require(try await bench.delivery.receive(batch).applied)
        let entries = try await bench.entries(from: mark)
        #expect(
            entries.map(\.event) == [
                .recordApplied, .recordDuplicate, .recordStale, .recordParked, .recordRejected, .recordConflict,
                .batchReceived,
            ])
        #expect(entries.prefix(6).map(\.object) == batch.envelopes.map(\.digest))
        #expect(entries.allSatisfy { $0.batch == batch.batch.description })
        #expect(entries.allSatisfy { $0.actor == AuditActor(organisation: "urn:yizhan:province:51") })
        #expect(entries[4].details[.codes] == "LENGTH")
        #expect(entries[6].details[.entries] == "6")
        #expect(entries[6].details[.accepted] == "1")
        #expect(applied.entries == mark...mark + 6)
        try await bench.expectSoundLog()
    }
}
