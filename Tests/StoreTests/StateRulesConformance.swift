import AuditLog
import Interchange
import Store
import Testing

/// Rules that depend on what is held: for what comes and for what we issue.
@Suite struct StateRulesConformance {
    private static let day: Int64 = 86_400

    // MARK: Permits

    @Test(
        arguments: Engine.all,
        [
            ([.applied, .issued, .endorsed, .endorsed], "accepted"),
            ([.applied, .endorsed], "rejected PERMIT_TRANSITION"),
            ([.applied, .cancelled], "rejected PERMIT_TRANSITION"),
            ([.issued, .cancelled, .issued], "rejected PERMIT_TRANSITION"),
            ([.endorsed, .suspended, .restored, .addressChanged, .endorsed], "accepted"),
            ([.suspended, .endorsed], "rejected PERMIT_TRANSITION"), ([.issued, .issued], "accepted"),
        ] as [([PermitStatus], String)])
    func aPermitMovesAlongTheArrows(engine: Engine, path: ([PermitStatus], String)) async throws {
        let bench = try Bench(engine)
        var last: [Outcome] = []
        for (step, status) in path.0.enumerated() {
            let number = UInt64(step + 1)
            last = try await bench.outcomes(number, [bench.permitArriving(number, status, version: step + 1)])
        }
        #expect(last.map(\.summary) == [path.1])
    }

    @Test(arguments: Engine.all)
    func aStepThatIsStillOnItsWayIsNoBreach(engine: Engine) async throws {
        let bench = try Bench(engine)
        _ = try await bench.outcomes(1, [bench.permitArriving(1, .applied, version: 1)])
        #expect(try await bench.outcomes(2, [bench.permitArriving(3, .endorsed, version: 3)]) == [.accepted])
        let between = try await bench.outcomes(3, [bench.permitArriving(2, .issued, version: 2)])
        #expect(between.map(\.summary) == ["stale 3"])
    }

    @Test(arguments: Engine.all)
    func aPermitRowOffTheArrowsIsQuarantined(engine: Engine) async throws {
        let bench = try Bench(engine)
        _ = try await bench.accept(rows: [bench.permit(1, .applied), bench.permit(2, .issued)])
        let second = try await bench.accept(rows: [bench.permit(1, .endorsed), bench.permit(2, .endorsed)])
        #expect([second.new, second.quarantined] == [1, 1])
        #expect(second.barred == [Acceptance.Barred(code: .permitTransition, isFlagged: false)])
        let row = try #require(await bench.store.quarantined(limit: 9).first)
        #expect(row.row == 1)
        #expect(row.codes == ["PERMIT_TRANSITION"])
        let content = try #require(await bench.store.quarantinedContents([row.id]).first)
        #expect(content.cells.map(\.column) == ["状态"])
        // Judged again it stays, until the step between came.
        let endorsed = bench.permit(1, .endorsed)
        #expect(try await bench.store.objections(to: [endorsed]).map { $0?.code } == [.permitTransition])
        _ = try await bench.accept(rows: [bench.permit(1, .issued)])
        #expect(try await bench.store.objections(to: [endorsed]).map { $0?.code } == [nil])
        let verdict = QuarantineVerdict(id: row.id, decision: .passed(endorsed))
        #expect(try await bench.store.settleQuarantined([verdict], by: bench.clerk, at: noon) == [row.id])
        #expect(try await bench.store.quarantined(limit: 9).isEmpty)
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.all)
    func aQuarantinedRowThatTheStoreForbidsStays(engine: Engine) async throws {
        let bench = try Bench(engine)
        _ = try await bench.accept(rows: [bench.permit(1, .applied)])
        _ = try await bench.accept(rows: [bench.permit(1, .endorsed)])
        let row = try #require(await bench.store.quarantined(limit: 9).first)
        let verdict = QuarantineVerdict(id: row.id, decision: .passed(bench.permit(1, .endorsed)))
        _ = try await bench.store.settleQuarantined([verdict], by: bench.clerk, at: noon)
        #expect(try await bench.store.quarantined(limit: 9).map(\.id) == [row.id])
    }

    // MARK: Retractions

    @Test(arguments: Engine.all)
    func aRetractionErasesItsTargetAndIsFinal(engine: Engine) async throws {
        let bench = try Bench(engine)
        let arrival = bench.arriving(1, record: 1)
        _ = try await bench.outcomes(1, [arrival, bench.arriving(2, record: 2)])
        let mark = try await bench.store.auditSize()
        let target = bench.theirs(1)
        #expect(try await bench.outcomes(2, [bench.retracting(3, record: 3, of: target)]) == [.accepted])
        let entries = try await bench.entries(from: mark)
        #expect(entries.map(\.event) == [.recordRetracted, .recordErased, .recordApplied, .batchReceived])
        #expect(entries[1].object == arrival.digest)
        #expect(entries[1].details[.reason] == "purposeEnded")
        #expect(try await bench.answer(bench.subject(1), in: bench.provinces.peer) == .unknown)
        #expect(try await bench.answer(bench.subject(2), in: bench.provinces.peer) == .yes)
        let later = try await bench.outcomes(3, [arrival, bench.arriving(4, record: 1, version: 2)])
        #expect(later.map(\.summary) == ["duplicate accepted", "rejected RETRACTED"])
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.all)
    func aRetractionErasesEveryVersion(engine: Engine) async throws {
        let bench = try Bench(engine)
        let first = bench.whole(1, record: 1)
        var second = bench.whole(2, record: 1)
        second.record?.version = 2
        _ = try await bench.outcomes(1, [first, bench.whole(4, record: 4)])
        _ = try await bench.outcomes(2, [second])
        let mark = try await bench.store.auditSize()
        #expect(try await bench.outcomes(3, [bench.retracting(3, record: 3, of: bench.theirs(1))]) == [.accepted])
        let erased = try await bench.entries(from: mark).filter { $0.event == .recordErased }
        #expect(Set(erased.map(\.object)) == [first.digest, second.digest])
        #expect(try await bench.store.keptLine(of: bench.theirs(1)) == nil)
        #expect(try await bench.store.keptLine(of: bench.theirs(4)) != nil)
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.all)
    func aRetractionOfTheUnseenHolds(engine: Engine) async throws {
        let bench = try Bench(engine)
        #expect(try await bench.outcomes(1, [bench.retracting(3, record: 3, of: bench.theirs(1))]) == [.accepted])
        let arrivals = [bench.arriving(1, record: 1), bench.arriving(2, record: 1, version: 2)]
        #expect(
            try await bench.outcomes(2, arrivals).map(\.summary) == ["rejected RETRACTED", "rejected RETRACTED"])
        #expect(try await bench.outcomes(3, [bench.departing(5, record: 5, ending: 1)]) == [.accepted])
    }

    @Test(arguments: Engine.all)
    func onlyItsOriginatorRetractsARecord(engine: Engine) async throws {
        let bench = try Bench(engine)
        _ = try await bench.outcomes(1, [bench.arriving(1, record: 1)])
        try await bench.accept([bench.draft(7)])
        let foreign = try await bench.outcomes(
            2, from: bench.provinces.other, [bench.retracting(3, record: 3, of: bench.theirs(1))])
        #expect(foreign.map(\.summary) == ["rejected WRONG_PROVINCE"])
        let ours = try await bench.outcomes(3, [bench.retracting(4, record: 4, of: bench.record(7))])
        #expect(ours.map(\.summary) == ["rejected WRONG_PROVINCE"])
        let unseen = try await bench.outcomes(
            4, from: bench.provinces.other, [bench.retracting(5, record: 5, of: bench.theirs(9))])
        #expect(unseen.map(\.summary) == ["rejected WRONG_PROVINCE"])
        #expect(try await bench.answer(bench.subject(1), in: bench.provinces.peer) == .yes)
    }

    @Test(arguments: Engine.all)
    func aRowForARecordThatWeRetractedIsQuarantined(engine: Engine) async throws {
        let bench = try Bench(engine)
        _ = try await bench.accept(rows: [bench.draft(1)])
        var retraction = bench.draft(2)
        retraction.kind = .retraction
        retraction.effect = .retraction(RecordTarget(record: bench.record(1), version: 1), .wrongPerson)
        #expect(try await bench.accept(rows: [retraction]).new == 1)
        let again = try await bench.accept(rows: [bench.draft(1), bench.draft(1, saying: "other")])
        #expect([again.unchanged, again.quarantined] == [1, 1])
        #expect(try await bench.store.quarantined(limit: 9).map(\.codes) == [["RETRACTED"]])
        #expect(try await bench.answer(bench.subject(1), in: bench.provinces.own) == .unknown)
    }

    @Test(arguments: Engine.all)
    func aRefusalBecauseOurRetractionCameFirstIsNoDeadLetter(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        var retraction = bench.draft(2)
        retraction.kind = .retraction
        retraction.effect = .retraction(RecordTarget(record: bench.record(1), version: 1), .wrongPerson)
        try await bench.accept([retraction])
        let batch = try #require(await bench.lease())
        try await bench.settle(batch, [.rejected([PeerFinding(code: "RETRACTED", pointer: "/record")]), .settled])
        #expect(try await bench.counts() == [0, 0, 1, 0, 0])
        #expect(try await bench.withdrawn() == 1)
    }

    // MARK: Another home

    @Test(arguments: Engine.all)
    func aRecordThatMovesToAnotherHomeIsWithdrawnAtTheOldOne(engine: Engine) async throws {
        let bench = try Bench(engine)
        let (old, new) = (bench.provinces.peer, bench.provinces.other)
        _ = try await bench.accept(rows: [bench.whole(1, home: old)])
        try await bench.settle(#require(await bench.lease(old)), [.settled])
        #expect(try await bench.accept(rows: [bench.whole(1, home: new)]).new == 2)
        let arrival = try #require(await bench.lease(new))
        #expect(arrival.lines.count == 1)
        #expect(arrival.lines[0].contains(#""record":"44-41-00000000000000000000000001","version":1,"#))
        let withdrawal = try #require(await bench.lease(old))
        #expect(withdrawal.lines.count == 1)
        #expect(withdrawal.lines[0].contains(#""kind":"retraction","from":"41","to":"51""#))
        #expect(
            withdrawal.lines[0].hasSuffix(
                #""content":{"target":{"record":"51-41-00000000000000000000000001","version":1},"ground":"purposeEnded"}}"#
            ))
        // The old one is closed for good, the new one goes on.
        let rows = [bench.whole(1, home: old, saying: "02"), bench.whole(1, home: new, saying: "02")]
        let next = try await bench.accept(rows: rows)
        #expect([next.new, next.quarantined] == [1, 1])
    }

    @Test(arguments: Engine.all)
    func bothHomesMayStandInOneFile(engine: Engine) async throws {
        let bench = try Bench(engine)
        let (old, new) = (bench.provinces.peer, bench.provinces.other)
        #expect(try await bench.accept(rows: [bench.whole(1, home: old), bench.whole(1, home: new)]).new == 3)
        let lines = try #require(await bench.lease(old)).lines
        #expect(lines.map { $0.contains(#""kind":"retraction""#) } == [false, true])
    }

    // MARK: References

    @Test(arguments: Engine.all)
    func afterThirtyDaysTheMissingReferenceIsRefused(engine: Engine) async throws {
        let bench = try Bench(engine)
        let departure = bench.departing(2, record: 2, ending: 1)
        #expect(try await bench.outcomes(1, at: noon, [departure]) == ["parked"])
        let last = noon.adding(seconds: 30 * Self.day)
        #expect(try await bench.outcomes(2, at: last.adding(seconds: -1), [departure]) == ["parked"])
        #expect(try await bench.outcomes(3, at: last, [departure]) == ["rejected REFERENCE_MISSING"])
        // It had no effect: it is judged anew, and waits anew.
        #expect(try await bench.outcomes(4, at: last, [departure]) == ["parked"])
        #expect(
            try await bench.outcomes(5, at: last, [bench.arriving(1, record: 1), departure]) == [
                "accepted", "accepted",
            ])
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.all)
    func theTimeOfAParkedEnvelopeOutlivesARestartAndIsItsOwn(engine: Engine) async throws {
        var bench = try Bench(engine)
        let departure = bench.departing(2, record: 2, ending: 1)
        _ = try await bench.outcomes(1, at: noon, [departure])
        bench = try await bench.reopened()
        let last = noon.adding(seconds: 30 * Self.day)
        let other = bench.departing(3, record: 3, ending: 1)
        #expect(try await bench.outcomes(2, at: last, [other, departure]) == ["parked", "rejected REFERENCE_MISSING"])
    }

    @Test(arguments: Engine.all)
    func aCorrectionNeedsItsTargetAndSomebodyEntitled(engine: Engine) async throws {
        let bench = try Bench(engine)
        let target = bench.theirs(1)
        #expect(try await bench.outcomes(1, [bench.correcting(2, record: 2, of: target)]) == [.parked])
        _ = try await bench.outcomes(2, [bench.arriving(1, record: 1)])
        #expect(try await bench.outcomes(3, [bench.correcting(2, record: 2, of: target)]) == [.accepted])
        let foreign = try await bench.outcomes(
            4, from: bench.provinces.other, [bench.correcting(3, record: 3, of: target)])
        #expect(foreign.map(\.summary) == ["rejected WRONG_PROVINCE"])
        // The other side may ask for a correction of what we issued.
        try await bench.accept([bench.draft(7)])
        #expect(try await bench.outcomes(5, [bench.correcting(4, record: 4, of: bench.record(7))]) == [.accepted])
    }

    @Test(arguments: Engine.all)
    func aVersionBeyondTheBoundIsRefused(engine: Engine) async throws {
        let bench = try Bench(engine)
        let envelope = bench.arriving(1, record: 1, version: 4_294_967_296)
        #expect(try await bench.outcomes(1, [envelope]).map(\.summary) == ["rejected SCHEMA"])
        #expect(try await bench.outcomes(2, [bench.arriving(2, record: 1, version: 4_294_967_295)]) == [.accepted])
    }
}
