import AuditLog
import Interchange
import Store
import Testing

@Suite struct RetentionConformance {
    /// The last day on which what the drafts of these tests hold is kept, and the next.
    static let lastDay = CivilDate(daysSince1970: 21_000)
    static let dayAfter = CivilDate(daysSince1970: 21_001)
    static let later = CivilDate(daysSince1970: 21_010)
    private static let weekLater = CivilDate(daysSince1970: 21_011)
    /// Noon of ``dayAfter`` in Shanghai.
    static let then = Instant(seconds: 21_001 * 86_400 + 4 * 3_600)

    @Test(arguments: Engine.all)
    func aRecordIsErasedAfterItsLastDayAndItsNeighbourStays(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1), bench.draft(2, until: Self.later)])
        let batch = try #require(await bench.lease())
        try await bench.settle(batch, [.settled, .settled])
        #expect(try await bench.store.eraseDue(on: Self.lastDay, at: Self.then) == nil)
        #expect(try await bench.kept(1)?.contains(#""note":"first""#) == true)

        let mark = try await bench.store.auditSize()
        #expect(try await bench.eraseAll(on: Self.dayAfter) == 1)
        #expect(try await bench.kept(1) == nil)
        #expect(try await bench.kept(2) == batch.lines[1])
        let entries = try await bench.entries(from: mark)
        #expect(entries.map(\.event) == [.recordErased])
        #expect(entries[0].object == batch.envelopes[0].digest)
        #expect(entries[0].details[.reason] == "retention")
        #expect(entries[0].details[.until] == Self.lastDay.description)
        #expect(entries[0].subject == nil)
        #expect(try await bench.counts() == [0, 0, 2, 0, 0])

        #expect(try await bench.eraseAll(on: Self.later) == 0)
        #expect(try await bench.eraseAll(on: Self.weekLater) == 1)
        #expect(try await bench.kept(2) == nil)
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.all)
    func aTombstoneRemembersVersionAndContent(engine: Engine) async throws {
        var bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        try await bench.settle(#require(await bench.lease()), [.settled])
        try await bench.eraseAll(on: Self.dayAfter)
        bench = try await bench.reopened()
        let again = try await bench.accept([bench.draft(1), bench.draft(1, saying: "second", until: Self.later)])
        #expect([again.new, again.unchanged] == [1, 1])
        #expect(try #require(await bench.lease()).lines[0].contains(#""version":2,"#))
    }

    @Test(arguments: Engine.all)
    func aStatusQuestionIsNotAnsweredFromWhatWasErased(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1), bench.draft(2, until: Self.later), bench.draft(3)])
        var departure = bench.departure(4, ending: 2)
        departure.fixed = Array(#""content":{"arrivalRecord":"\#(bench.record(2))"}"#.utf8)
        try await bench.accept([departure])
        #expect(try await bench.answer(1) == .yes)
        #expect(try await bench.answer(2) == .no)
        try await bench.eraseAll(on: Self.dayAfter)
        #expect(try await bench.answer(1) == .unknown)
        // The arrival is held, but not that it ended.
        #expect(try await bench.answer(2) == .unknown)
    }

    @Test(arguments: Engine.all)
    func whatExpiresBeforeItIsInABatchIsNotSent(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([
            bench.draft(1, until: Self.later), bench.draft(2), bench.draft(3, until: Self.later),
        ])
        let mark = try await bench.store.auditSize()
        #expect(try await bench.eraseAll(on: Self.dayAfter) == 1)
        #expect(try await bench.entries(from: mark).map { $0.details[.reason] } == ["undelivered"])
        #expect(try await bench.counts() == [2, 0, 0, 0, 0])
        let batch = try #require(await bench.lease())
        #expect(
            batch.lines.map { $0.contains(#"0000001","version""#) || $0.contains(#"0000003","version""#) } == [
                true, true,
            ])
        try await bench.settle(batch, [.settled, .settled])
        #expect(try await bench.counts() == [0, 0, 2, 0, 0])
        #expect(try await bench.kept(3) == batch.lines[1])
        #expect(try await bench.eraseAll(on: Self.weekLater) == 2)
        #expect(try await bench.kept(3) == nil)
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.all)
    func aSegmentThatExpiresWholeIsNotSent(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1), bench.draft(2)])
        #expect(try await bench.eraseAll(on: Self.dayAfter) == 2)
        #expect(try await bench.counts() == [0, 0, 0, 0, 0])
        #expect(try await bench.lease() == nil)
        #expect(try await bench.store.nextDue(for: bench.provinces.peer) == nil)
    }

    @Test(arguments: Engine.all)
    func aBatchWithAnErasedEnvelopeIsClosedAndTheOthersGoOutAnew(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1), bench.draft(2, until: Self.later), bench.draft(3, until: Self.later)])
        let batch = try #require(await bench.lease())
        try await bench.postpone(batch, until: noon.adding(seconds: 60))
        #expect(try await bench.eraseAll(on: Self.dayAfter) == 1)
        #expect(try await bench.counts() == [2, 0, 0, 0, 0])
        let second = try #require(await bench.lease(at: Self.then))
        #expect(second.id != batch.id)
        #expect(Set(second.lines) == Set(batch.lines.dropFirst()))
        #expect(second.acceptedAt == noon)
        try await bench.settle(second, [.settled, .settled])
        #expect(try await bench.counts() == [0, 0, 2, 0, 0])
        // A receipt of the first one, late.
        try await bench.settle(batch, [.parked, .settled, .settled])
        #expect(try await bench.counts() == [0, 0, 2, 0, 0])
        #expect(try await bench.lease(at: Self.then.adding(seconds: 1_000_000)) == nil)
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.all)
    func deadLettersStayDeadWithoutTheErasedOne(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1), bench.draft(2, until: Self.later)])
        try await bench.postpone(#require(await bench.lease()), until: nil, because: "expired")
        #expect(try await bench.eraseAll(on: Self.dayAfter) == 1)
        #expect(try await bench.counts() == [0, 0, 0, 0, 1])
        #expect(try await bench.lease(at: Self.then) == nil)
    }

    @Test(arguments: Engine.all)
    func whatIsParkedOrOfferedAgainExpiresToo(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1), bench.draft(2), bench.draft(3, until: Self.later)])
        try await bench.settle(#require(await bench.lease()), [.parked, .parked, .parked])
        let offered = try #require(await bench.lease(limits: BatchLimits(envelopes: 1), at: Self.then))
        #expect(try await bench.eraseAll(on: Self.dayAfter) == 2)
        let isTheThird = offered.lines[0].contains(#"0000003","version""#)
        #expect(try await bench.counts() == (isTheThird ? [1, 1, 0, 0, 0] : [0, 0, 0, 1, 0]))
        let last = try #require(await bench.lease(at: Self.then.adding(seconds: 86_400)))
        #expect(last.envelopes.count == 1)
        try await bench.settle(last, [.settled])
        #expect(try await bench.counts() == [0, 0, 1, 0, 0])
        try await bench.settle(offered, [.settled])
        #expect(try await bench.counts() == [0, 0, 1, 0, 0])
    }

    @Test(arguments: Engine.all)
    func whatWasReceivedIsErasedAndStaysKnown(engine: Engine) async throws {
        let bench = try Bench(engine)
        let first = bench.whole(1, record: 1)
        _ = try await bench.outcomes(1, [first, bench.whole(2, record: 2, until: Self.later)])
        #expect(try await bench.answer(1, in: bench.provinces.peer) == .yes)
        #expect(try await bench.eraseAll(on: Self.dayAfter) == 1)
        #expect(try await bench.store.keptLine(of: bench.theirs(1)) == nil)
        #expect(try await bench.store.keptLine(of: bench.theirs(2)) != nil)
        #expect(try await bench.answer(1, in: bench.provinces.peer) == .unknown)
        #expect(try await bench.answer(2, in: bench.provinces.peer) == .yes)
        #expect(try await bench.outcomes(2, [first]) == [.duplicate(earlier: .accepted)])
        #expect(try await bench.outcomes(3, [bench.whole(3, record: 1)]).map(\.summary) == ["conflict 1"])
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.all)
    func whatHadNoEffectIsErasedAfterThirtyDays(engine: Engine) async throws {
        let bench = try Bench(engine)
        var bad = bench.whole(2, record: 2)
        (bad.record, bad.violations) = (nil, [.init(code: .length, pointer: "/person/name", column: nil)])
        _ = try await bench.outcomes(1, [bench.whole(1, record: 1), bad])
        let mark = try await bench.store.auditSize()
        let received = noon.dayInShanghai.daysSince1970
        #expect(try await bench.eraseAll(on: CivilDate(daysSince1970: Int(received) + 30)) == 0)
        #expect(try await bench.eraseAll(on: CivilDate(daysSince1970: Int(received) + 31)) == 1)
        #expect(try await bench.entries(from: mark).map(\.object) == [bad.digest])
        #expect(try await bench.store.keptLine(of: bench.theirs(1)) != nil)
    }

    @Test(arguments: Engine.all)
    func aWithdrawnRecordGoesInEveryVersion(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1), bench.draft(2)])
        try await bench.accept([bench.draft(1, saying: "second"), bench.draft(1, saying: "third")])
        let mark = try await bench.store.auditSize()
        try await bench.store.eraseRecord(bench.record(1), at: noon)
        #expect(
            try await bench.entries(from: mark).map { $0.details[.reason] } == Array(repeating: "retracted", count: 3))
        #expect(try await bench.kept(1) == nil)
        #expect(try await bench.answer(1) == .unknown)
        let rest = try #require(await bench.lease())
        #expect(rest.lines.count == 1)
        #expect(try await bench.kept(2) == rest.lines[0])
        try await bench.store.eraseRecord(bench.record(1), at: noon)
        #expect(try await bench.store.auditSize() == mark + 4)
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.all)
    func aRaisedCounterLeavesTheLineWhereItIs(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        try await bench.settle(#require(await bench.lease()), [.settled])
        // A received body has the same number as the segment.
        _ = try await bench.outcomes(1, [bench.whole(1, record: 9, until: Self.later)])
        try await bench.store.raiseVersion(bench.record(1), to: 5)
        #expect(try await bench.kept(1)?.contains(#""note":"first""#) == true)
        try await bench.store.eraseRecord(bench.record(1), at: noon)
        #expect(try await bench.kept(1) == nil)
        #expect(try await bench.store.keptLine(of: bench.theirs(9)) != nil)
    }

    @Test(arguments: Engine.all)
    func rowsLeaveTheQuarantineAfterTheirLimit(engine: Engine) async throws {
        let bench = try Bench(engine)
        let row = RefusedRow(row: 1, reasons: [.init(code: .idFormat, pointer: "/x", column: nil)], raw: [0x41])
        try await bench.accept([], refused: [row])
        try await bench.accept([], refused: [row], at: noon.adding(seconds: 10))
        let mark = try await bench.store.auditSize()
        #expect(try await bench.store.expireQuarantined(since: noon, at: Self.then) == 0)
        #expect(try await bench.store.expireQuarantined(since: noon.adding(seconds: 1), at: Self.then) == 1)
        #expect(try await bench.store.quarantined(limit: 9).count == 1)
        let entries = try await bench.entries(from: mark)
        #expect(entries.map(\.event) == [.quarantineDiscarded])
        #expect(entries[0].details[.reason] == "retention")
        #expect(try await bench.store.runAccounts(limit: 9).map(\.discarded) == [0, 1])
    }

    @Test(arguments: Engine.all)
    func noncesAreForgottenAfterADay(engine: Engine) async throws {
        let bench = try Bench(engine)
        let peer = bench.provinces.peer
        #expect(try await bench.store.spend(nonce: "a", of: peer, at: noon))
        let next = noon.adding(seconds: StoreLimits.nonceSeconds)
        #expect(try await bench.store.forgetNonces(at: next) == 0)
        #expect(try await bench.store.forgetNonces(at: next.adding(seconds: 1)) == 1)
        #expect(try await bench.store.spend(nonce: "a", of: peer, at: noon))
    }

    @Test(arguments: Engine.all)
    func aPersonWhomNothingConcernsForLongGetsAnotherPseudonym(engine: Engine) async throws {
        let bench = try Bench(engine)
        _ = try await bench.answer(1)
        _ = try await bench.answer(2, at: noon.adding(seconds: 86_400))
        try await bench.store.beginForgettingPersons(before: CivilDate(daysSince1970: 20_635))
        while try await bench.store.continueForgettingPersons() {}
        _ = try await bench.answer(1, at: noon.adding(seconds: 100_000_000))
        _ = try await bench.answer(2, at: noon.adding(seconds: 100_000_000))
        let subjects = try await bench.entries().map(\.subject)
        #expect(noon.dayInShanghai == CivilDate(daysSince1970: 20_634))
        #expect(subjects[0] != subjects[2])
        #expect(subjects[1] == subjects[3])
    }

    @Test(arguments: Engine.all)
    func theLastDayIsRemembered(engine: Engine) async throws {
        var bench = try Bench(engine)
        #expect(try await bench.store.lastRetentionDay() == nil)
        try await bench.store.finishRetention(of: Self.lastDay)
        bench = try await bench.reopened()
        #expect(try await bench.store.lastRetentionDay() == Self.lastDay)
    }
}

extension Bench {
    func draft(_ number: UInt64, saying content: String = "first", until day: CivilDate) -> Draft {
        var draft = draft(number, saying: content)
        draft.retainUntil = day
        return draft
    }

    /// An arrival of theirs whose line says what is needed to erase it.
    func whole(
        _ id: UInt64, record number: UInt64, until day: CivilDate = RetentionConformance.lastDay
    ) -> Arriving {
        var envelope = arriving(id, record: number)
        envelope.text = #"{"retainUntil":"\#(day)","id":"\#(message(id))","record":"\#(theirs(number))"}"#
        envelope.record?.retainUntil = day
        return envelope
    }

    func kept(_ number: UInt64) async throws -> String? {
        try await store.keptLine(of: record(number)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Erases until nothing is due.
    /// - Returns: how many lines.
    @discardableResult
    func eraseAll(on day: CivilDate) async throws -> Int {
        var erased = 0
        while let step = try await store.eraseDue(on: day, at: RetentionConformance.then) { erased += step.erased }
        return erased
    }

    func answer(_ number: UInt64, in province: Province? = nil, at now: Instant = noon) async throws -> InquiryAnswer {
        let act = Act(.questionAnswered, actor: operatorActor, at: now, purpose: .caseInquiry)
        return try await store.answer(
            Inquiry(
                subject: subject(number), question: .currentRegistration(province ?? provinces.own), entry: act, at: now
            )
        ).answer
    }
}
