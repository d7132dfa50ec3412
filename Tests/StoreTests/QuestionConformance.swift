import AuditLog
import Interchange
import Store
import Testing

/// What is asked, and what held records answer.
@Suite struct QuestionConformance {
    private func ask(
        _ bench: Bench, _ number: UInt64, _ question: Inquiry.Question, tie: PersonTie? = nil, at now: Instant = noon
    ) async throws -> InquiryAnswer {
        var inquiry = bench.inquiry(number, question, at: now)
        inquiry.tie = tie
        return try await bench.store.answer(inquiry).answer
    }

    private func division(_ number: Int) throws -> Inquiry.Question {
        .registeredInDivision(try #require(DivisionCode(number: number)))
    }

    private func day(_ text: String) throws -> CivilDate { try #require(CivilDate(text)) }

    @Test(arguments: Engine.all)
    func aPermitIsValidThroughTheLastDayOfItsEndorsement(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([
            bench.permit(1, .endorsed, issuedOn: try day("2025-07-01"), until: try day("2026-08-01"))
        ])
        let own = bench.provinces.own
        #expect(try await ask(bench, 1, .validPermit(own, on: day("2026-08-01"))) == .yes)
        #expect(try await ask(bench, 1, .validPermit(own, on: day("2026-08-02"))) == .no)
        #expect(try await ask(bench, 1, .validPermit(own, on: day("2025-06-30"))) == .no)
        #expect(try await ask(bench, 1, .validPermit(bench.provinces.peer, on: day("2026-07-01"))) == .unknown)
        #expect(try await ask(bench, 2, .validPermit(own, on: day("2026-07-01"))) == .unknown)
        #expect(try await ask(bench, 1, .currentRegistration(own)) == .unknown)
    }

    @Test(arguments: Engine.all)
    func aSuspendedPermitIsNotValidAndWasPerhaps(engine: Engine) async throws {
        let bench = try Bench(engine)
        let (issued, until) = (try day("2026-01-01"), try day("2026-12-01"))
        try await bench.accept([bench.permit(1, .endorsed, issuedOn: issued, until: until)])
        try await bench.accept([bench.permit(1, .suspended, issuedOn: issued, until: until)])
        #expect(try await ask(bench, 1, .validPermit(bench.provinces.own, on: day("2026-06-30"))) == .no)
        #expect(try await ask(bench, 1, .validPermit(bench.provinces.own, on: day("2026-06-29"))) == .unknown)
    }

    @Test(arguments: Engine.all)
    func anIssuedPermitHoldsForAYear(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([
            bench.permit(1, .issued, issuedOn: try day("2026-01-01"), until: nil),
            bench.permit(2, .issued, issuedOn: nil, until: nil),
        ])
        #expect(try await ask(bench, 1, .validPermit(bench.provinces.own, on: day("2027-01-01"))) == .yes)
        #expect(try await ask(bench, 1, .validPermit(bench.provinces.own, on: day("2027-01-02"))) == .no)
        #expect(try await ask(bench, 2, .validPermit(bench.provinces.own, on: day("2026-07-01"))) == .unknown)
    }

    @Test(arguments: Engine.all)
    func anAddressAnswersForItsCountyItsPrefectureAndItsProvince(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        for (number, answer) in [
            (410_105, InquiryAnswer.yes), (410_100, .yes), (410_000, .yes), (410_106, .no), (411_300, .no),
            (440_106, .unknown),
        ] {
            #expect(try await ask(bench, 1, division(number)) == answer, "\(number)")
        }
        #expect(try await ask(bench, 2, division(410_105)) == .unknown)
    }

    @Test(arguments: Engine.all)
    func theNewestRelocationCountsWhateverTheOrder(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        try await bench.accept([bench.relocation(2, of: 1, to: 410_202, days: 40)])
        try await bench.accept([bench.relocation(3, of: 1, to: 410_303, days: 20)])
        #expect(try await ask(bench, 1, division(410_202)) == .yes)
        #expect(try await ask(bench, 1, division(410_105)) == .no)
        try await bench.accept([bench.departure(4, ending: 1)])
        #expect(try await ask(bench, 1, division(410_202)) == .no)
    }

    @Test(arguments: Engine.all)
    func anEmployerReportedOrAnotherDid(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.employment(1, by: "91410100MA3X00000A")])
        func by(_ code: String) -> Inquiry.Question { .employerReported(Array(code.utf8)) }
        #expect(try await ask(bench, 1, by("91410100MA3X00000A")) == .yes)
        #expect(try await ask(bench, 1, by("91410100MA3X00001B")) == .no)
        #expect(try await ask(bench, 2, by("91410100MA3X00000A")) == .unknown)
    }

    @Test(arguments: Engine.all)
    func nameAndBirthDateBelongToTheNumberOrNot(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.named(1, "阿迪力•买买提", "1990-01-01")])
        func are(_ name: String, _ birth: String) throws -> Inquiry.Question {
            .identityMatches(StatusFacts.identity(name: name, birthDate: try day(birth)))
        }
        #expect(try await ask(bench, 1, are("阿迪力·买买提", "1990-01-01")) == .yes)
        #expect(try await ask(bench, 1, are("阿迪力 · 买买提", "1990-01-01")) == .yes)
        #expect(try await ask(bench, 1, are("阿迪力", "1990-01-01")) == .no)
        #expect(try await ask(bench, 1, are("阿迪力·买买提", "1990-01-02")) == .no)
        #expect(try await ask(bench, 2, are("阿迪力·买买提", "1990-01-01")) == .unknown)
    }

    @Test(arguments: Engine.all)
    func aPersonWithoutTheTieIsUnknown(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let own = Inquiry.Question.currentRegistration(bench.provinces.own)
        for (tie, answer) in [
            (PersonTie.held, InquiryAnswer.yes), (.registration, .yes), (.livesHere, .yes), (.comesFromHere, .unknown),
            (.employment, .unknown), (.permit, .unknown),
        ] {
            #expect(try await ask(bench, 1, own, tie: tie) == answer, "\(tie)")
        }
        let facts = try await bench.entries(from: 1).map { $0.details[.facts] }
        #expect(Set(facts) == ["kind=police;answer=yes;ties=held+registration+livesHere"])
    }

    @Test(arguments: Engine.all)
    func aProtectedPersonIsUnknownUntilProtectionEnds(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let own = Inquiry.Question.currentRegistration(bench.provinces.own)
        try await bench.store.protect(bench.subject(1), isProtected: true, by: operatorActor, at: noon)
        #expect(try await ask(bench, 1, own) == .unknown)
        try await bench.store.protect(bench.subject(1), isProtected: false, by: operatorActor, at: noon)
        #expect(try await ask(bench, 1, own) == .yes)
        let entries = try await bench.entries(from: 1)
        #expect(entries.map(\.event) == [.policyChanged, .questionAnswered, .policyChanged, .questionAnswered])
        #expect(Set(entries.map(\.subject)).count == 1)
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.all)
    func receivedPermitsAndEmploymentAnswerToo(engine: Engine) async throws {
        let bench = try Bench(engine)
        var permit = bench.arriving(1, record: 1)
        permit.record?.kind = .permit
        permit.record?.facts = StatusFacts(
            permit: StatusFacts.Permit(status: .endorsed, issuedOn: try day("2026-01-01"), endorsedUntil: nil))
        var employment = bench.arriving(2, record: 2)
        employment.record?.kind = .employment
        employment.record?.facts = StatusFacts(employer: Array("E".utf8))
        _ = try await bench.outcomes(1, [permit, employment])
        #expect(try await ask(bench, 1, .validPermit(bench.provinces.peer, on: day("2026-07-01"))) == .yes)
        #expect(try await ask(bench, 2, .employerReported(Array("E".utf8))) == .yes)
        #expect(try await ask(bench, 2, .employerReported(Array("E".utf8)), tie: .comesFromHere) == .yes)
    }
}

extension Bench {
    func inquiry(_ number: UInt64, _ question: Inquiry.Question, at now: Instant = noon) -> Inquiry {
        let act = Act(
            .questionAnswered, actor: AuditActor(organisation: "urn:yizhan:bureau:41:police-1", person: "officer-7"),
            at: now, purpose: .caseInquiry, caseReference: "A-2026-1",
            details: [.question: "currentRegistration", .legalBasis: "居民身份证法 第15条"])
        var inquiry = Inquiry(subject: subject(number), question: question, entry: act, at: now)
        inquiry.own = provinces.own
        inquiry.facts = "kind=police"
        return inquiry
    }

    func permit(_ number: UInt64, _ status: PermitStatus, issuedOn: CivilDate?, until: CivilDate?) -> Draft {
        var draft = draft(number, saying: status.rawValue)
        draft.kind = .permit
        draft.facts = StatusFacts(
            permit: StatusFacts.Permit(status: status, issuedOn: issuedOn, endorsedUntil: until))
        return draft
    }

    func employment(_ number: UInt64, by employer: String) -> Draft {
        var draft = draft(number)
        draft.kind = .employment
        draft.facts = StatusFacts(employer: Array(employer.utf8))
        return draft
    }

    func named(_ number: UInt64, _ name: String, _ birthDate: String) throws -> Draft {
        var draft = draft(number)
        draft.facts = StatusFacts(
            identity: StatusFacts.identity(name: name, birthDate: try #require(CivilDate(birthDate))))
        return draft
    }

    /// A move within Henan, so many days after the arrival.
    func relocation(_ number: UInt64, of arrival: UInt64, to division: Int, days: Int) -> Draft {
        var draft = departure(number, ending: arrival)
        draft.kind = .relocation
        draft.division = DivisionCode(number: division)
        draft.effective = CivilDate(daysSince1970: 20_600 + days)
        return draft
    }
}
