import AuditLog
import Interchange
import Store
import Testing

@Suite struct StatusConformance {
    private func ask(
        _ bench: Bench, _ subject: [UInt8], _ question: Inquiry.Question, at now: Instant = noon
    ) async throws -> InquiryResult {
        let act = Act(
            .questionAnswered, actor: AuditActor(organisation: "urn:yizhan:bureau:41:police-1", person: "officer-7"),
            at: now, purpose: .caseInquiry, caseReference: "A-2026-1", details: [.question: "currentRegistration"])
        return try await bench.store.answer(Inquiry(subject: subject, question: question, entry: act, at: now))
    }

    @Test(arguments: Engine.all)
    func aRegistrationThatStandsIsYes(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let own = Inquiry.Question.currentRegistration(bench.provinces.own)
        #expect(try await ask(bench, bench.subject(1), own).answer == .yes)
        let other = Inquiry.Question.currentRegistration(bench.provinces.other)
        #expect(try await ask(bench, bench.subject(1), other).answer == .unknown)
        #expect(try await ask(bench, bench.subject(2), own).answer == .unknown)
        #expect(try await ask(bench, bench.subject(1), .notHeld).answer == .unknown)
    }

    @Test(arguments: Engine.all)
    func aRegistrationThatEndedIsNo(engine: Engine) async throws {
        let bench = try Bench(engine)
        let own = Inquiry.Question.currentRegistration(bench.provinces.own)
        try await bench.accept([bench.draft(1), bench.draft(2)])
        try await bench.accept([bench.departure(3, ending: 1)])
        #expect(try await ask(bench, bench.subject(1), own).answer == .no)
        #expect(try await ask(bench, bench.subject(2), own).answer == .yes)
    }

    @Test(arguments: Engine.all)
    func aNewArrivalAfterADepartureIsYesAgain(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1), bench.departure(3, ending: 1)])
        var back = bench.draft(4)
        back.subject = bench.subject(1)
        try await bench.accept([back])
        let own = Inquiry.Question.currentRegistration(bench.provinces.own)
        #expect(try await ask(bench, bench.subject(1), own).answer == .yes)
    }

    @Test(arguments: Engine.all)
    func whatAPeerSentAnswersForItsProvince(engine: Engine) async throws {
        let bench = try Bench(engine)
        let theirs = Inquiry.Question.currentRegistration(bench.provinces.peer)
        _ = try await bench.outcomes(1, [bench.arriving(1, record: 1)])
        #expect(try await ask(bench, bench.subject(1), theirs).answer == .yes)
        _ = try await bench.outcomes(2, [bench.departing(2, record: 2, ending: 1)])
        #expect(try await ask(bench, bench.subject(1), theirs).answer == .no)
    }

    @Test(arguments: Engine.all)
    func aParkedDepartureEndsNothing(engine: Engine) async throws {
        let bench = try Bench(engine)
        _ = try await bench.outcomes(1, [bench.departing(2, record: 2, ending: 1)])
        let theirs = Inquiry.Question.currentRegistration(bench.provinces.peer)
        #expect(try await ask(bench, bench.subject(1), theirs).answer == .unknown)
    }

    @Test(arguments: Engine.all)
    func aCorrectedNumberNoLongerAnswersForTheWrongPerson(engine: Engine) async throws {
        let bench = try Bench(engine)
        let own = Inquiry.Question.currentRegistration(bench.provinces.own)
        try await bench.accept([bench.draft(1)])
        var corrected = bench.draft(1, saying: "corrected")
        corrected.subject = bench.subject(2)
        try await bench.accept([corrected])
        #expect(try await ask(bench, bench.subject(1), own).answer == .unknown)
        #expect(try await ask(bench, bench.subject(2), own).answer == .yes)
        try await bench.accept([bench.departure(3, ending: 1)])
        #expect(try await ask(bench, bench.subject(2), own).answer == .no)
    }

    @Test(arguments: Engine.all)
    func everyAnswerHasItsEntry(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let result = try await ask(bench, bench.subject(1), .currentRegistration(bench.provinces.own))
        #expect(result.entry == 1)
        let entries = try await bench.entries()
        #expect(entries.map(\.event) == [.intakeAccepted, .questionAnswered])
        #expect(entries[1].outcome == "yes")
        #expect(entries[1].purpose == "caseInquiry")
        #expect(entries[1].caseReference == "A-2026-1")
        // One person has one pseudonym in the log, whoever acts.
        #expect(entries[1].subject == entries[0].subject)
        let unknown = try await ask(bench, bench.subject(2), .notHeld)
        #expect(unknown.entry == 2)
        let last = try #require(await bench.entries(from: 2).first)
        #expect(last.outcome == "unknown")
        #expect(last.subject != entries[0].subject)
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.all)
    func aPseudonymOutlivesARestart(engine: Engine) async throws {
        var bench = try Bench(engine)
        _ = try await ask(bench, bench.subject(1), .notHeld)
        bench = try await bench.reopened()
        _ = try await ask(bench, bench.subject(1), .notHeld, at: noon.adding(seconds: 200_000))
        let entries = try await bench.entries()
        #expect(entries.map(\.subject).count == 2)
        #expect(entries[0].subject == entries[1].subject)
        #expect(entries[0].nonce != entries[1].nonce)
    }
}
