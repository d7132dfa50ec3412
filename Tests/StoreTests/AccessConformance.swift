import AuditLog
import Interchange
import Store
import Testing

@Suite struct AccessConformance {
    private func question(
        _ bench: Bench, _ number: UInt64, query: String, at now: Instant = noon, details more: AuditDetails = [:]
    ) -> Act {
        var details = more
        details[.queryId] = query
        details[.question] = "currentRegistration"
        return Act(
            .questionAnswered, actor: AuditActor(organisation: "urn:yizhan:bureau:41:police-1", person: "o-1"), at: now,
            purpose: .caseInquiry, subject: bench.subject(number), outcome: "no", details: details)
    }

    private func told(_ bench: Bench, _ number: UInt64, at now: Instant = noon, limit: Int = 10) async throws
        -> AccessLog
    {
        try await bench.store.accessLog(of: bench.subject(number), limit: limit, by: operatorActor, at: now)
    }

    @Test(arguments: Engine.all)
    func aPersonIsToldWhoAskedNewestFirst(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.store.record([
            question(bench, 1, query: "q1"), question(bench, 2, query: "q2"), question(bench, 1, query: "q3"),
        ])
        let log = try await told(bench, 1)
        #expect(log.inquiries.map { $0.details[.queryId] } == ["q3", "q1"])
        #expect(try await told(bench, 1, limit: 1).inquiries.map { $0.details[.queryId] } == ["q3"])
        #expect(try await told(bench, 3).inquiries.isEmpty)
    }

    @Test(arguments: Engine.all)
    func tellingIsItselfAnEntryAboutThePerson(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.store.record([question(bench, 1, query: "q1")])
        let log = try await told(bench, 1)
        let entries = try await bench.entries()
        let entry = try #require(entries.last)
        #expect(entry.event == .accessAnswered)
        #expect(entry.sequence == log.entry)
        #expect(entry.details[.entries] == "1")
        #expect(entry.subject == entries.first?.subject)
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.all)
    func aDeferredInquiryIsHiddenUntilItsDay(engine: Engine) async throws {
        let bench = try Bench(engine)
        let until = noon.adding(seconds: 3_600)
        let ground = AuditDetails(
            dictionaryLiteral: (.deferredUntil, until.description), (.legalGround, "Criminal Procedure Law art. 54"))
        try await bench.store.record([
            question(bench, 1, query: "q1"), question(bench, 1, query: "q2", details: ground),
            question(bench, 2, query: "q3"),
        ])
        let early = try await told(bench, 1)
        #expect(early.inquiries.map { $0.details[.queryId] } == ["q1"])
        #expect(early.deferred == 1)
        #expect(try await bench.store.deferredInquiries(at: noon) == 1)
        let late = try await told(bench, 1, at: until)
        #expect(late.inquiries.map { $0.details[.queryId] } == ["q2", "q1"])
        #expect(late.deferred == 0)
        #expect(try await bench.store.deferredInquiries(at: until) == 0)
    }

    @Test(arguments: Engine.all)
    func aForwardedQuestionIsToldOnce(engine: Engine) async throws {
        let bench = try Bench(engine)
        var before = question(bench, 1, query: "q1")
        (before.event, before.outcome) = (.questionForwarded, nil)
        try await bench.store.record([before, question(bench, 1, query: "q1")])
        #expect(try await told(bench, 1).inquiries.map(\.event) == [.questionAnswered])
    }

    /// A notice of Sichuan's about a person of Henan.
    private func notice(
        _ bench: Bench, _ id: UInt64, version: Int = 1, askedBy: String? = "urn:yizhan:bureau:51:cd-1",
        until day: CivilDate? = nil
    ) -> Arriving {
        var envelope = bench.arriving(id, record: 1, version: version, saying: "notice \(id)")
        envelope.record?.kind = .accessNotice
        envelope.record?.division = nil
        envelope.record?.effective = nil
        envelope.record?.purpose = .subjectAccess
        envelope.record?.inquiry = StatedInquiry(
            askedBy: askedBy, askedAt: noon.adding(seconds: -60), purpose: .caseInquiry,
            accessKind: "currentRegistration", deferredUntil: day, deferralGround: day.map { _ in "law" })
        return envelope
    }

    @Test(arguments: Engine.all)
    func aPersonIsToldWhatAnotherProvincesNoticeSays(engine: Engine) async throws {
        let bench = try Bench(engine)
        #expect(try await bench.outcomes(1, [notice(bench, 1)]).map(\.summary) == ["accepted"])
        let inquiry = try #require(await told(bench, 1).inquiries.first)
        #expect(inquiry.event == .questionReported)
        #expect(inquiry.purpose == "caseInquiry")
        #expect(inquiry.actor.organisation == "urn:yizhan:province:51")
        #expect(inquiry.details[.askedBy] == "urn:yizhan:bureau:51:cd-1")
        #expect(inquiry.details[.askedAt] == noon.adding(seconds: -60).description)
        #expect(inquiry.details[.question] == "currentRegistration")
        #expect(try await told(bench, 2).inquiries.isEmpty)
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.all)
    func aNoticeIsToldOnceHoweverOftenItComes(engine: Engine) async throws {
        let bench = try Bench(engine)
        for number: UInt64 in 1...2 { _ = try await bench.outcomes(number, [notice(bench, 1)]) }
        let later = try await bench.outcomes(3, [notice(bench, 3, version: 3), notice(bench, 2, version: 2)])
        #expect(later.map(\.summary) == ["accepted", "stale 3"])
        #expect(try await told(bench, 1).inquiries.count == 1)
    }

    @Test(arguments: Engine.all)
    func aNoticeOfOurOwnBureausQuestionIsNotToldAgain(engine: Engine) async throws {
        let bench = try Bench(engine)
        var own = question(bench, 1, query: "q1", details: [.peer: "51"])
        (own.event, own.outcome) = (.questionForwarded, nil)
        try await bench.store.record([own])
        _ = try await bench.outcomes(1, [notice(bench, 1, askedBy: own.actor.organisation)])
        #expect(try await told(bench, 1).inquiries.map(\.event) == [.questionForwarded])
        var other = notice(bench, 2, askedBy: own.actor.organisation)
        other.record?.record = bench.theirs(2)
        other.record?.inquiry?.askedAt = noon.adding(seconds: 86_400)
        _ = try await bench.outcomes(2, [other])
        #expect(try await told(bench, 1).inquiries.map(\.event) == [.questionReported, .questionForwarded])
    }

    @Test(arguments: Engine.all)
    func aNoticeThatCameEarlyIsToldWhenItsDeferralEnds(engine: Engine) async throws {
        let bench = try Bench(engine)
        let day = noon.dayInShanghai.adding(days: 2)
        _ = try await bench.outcomes(1, [notice(bench, 1, until: day)])
        let early = try await told(bench, 1)
        #expect(early.inquiries.isEmpty && early.deferred == 1)
        #expect(try await told(bench, 1, at: noon.adding(seconds: 2 * 86_400)).inquiries.count == 1)
    }

    @Test(arguments: Engine.all)
    func aDeferredQuestionThatWasForwardedCountsOnce(engine: Engine) async throws {
        let bench = try Bench(engine)
        let deferral: AuditDetails = [
            .deferredUntil: noon.adding(seconds: 3_600).description, .legalGround: "Criminal Procedure Law art. 54",
        ]
        var before = question(bench, 1, query: "q1", details: deferral)
        (before.event, before.outcome) = (.questionForwarded, nil)
        var unanswered = before
        unanswered.details[.queryId] = "q2"
        try await bench.store.record([
            before, question(bench, 1, query: "q1", details: deferral), unanswered,
            question(bench, 2, query: "q3", details: deferral),
        ])
        #expect(try await told(bench, 1).deferred == 2)
        #expect(try await bench.store.deferredInquiries(at: noon) == 3)
    }

    @Test(arguments: Engine.all)
    func whatAFailedTransactionAskedIsForgotten(engine: Engine) async throws {
        let bench = try Bench(engine)
        let bad = Act(.gatewayStopped, actor: AuditActor(organisation: ""), at: noon)
        #expect(await code { try await bench.store.record([question(bench, 1, query: "q1"), bad]) } == .invalid)
        try await bench.store.record([question(bench, 1, query: "q2")])
        #expect(try await told(bench, 1).inquiries.map { $0.details[.queryId] } == ["q2"])
    }

    @Test(arguments: Engine.all)
    func entriesAreFoundByWhatTheySay(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.store.record((0..<30).map { question(bench, UInt64($0 % 3), query: "q\($0)") })
        try await bench.store.record([
            Act(.gatewayStarted, actor: operatorActor, at: noon.adding(seconds: 60), details: [.version: "1"])
        ])
        func search(_ change: (inout AuditFilter) -> Void, before: UInt64? = nil, limit: Int = 100) async throws
            -> AuditPage
        {
            var filter = AuditFilter()
            change(&filter)
            return try await bench.store.searchAudit(filter, before: before, limit: limit, from: 0)
        }
        #expect(try await search { _ in }.entries.count == 31)
        #expect(try await search { $0.event = "gateway.started" }.entries.map(\.sequence) == [30])
        #expect(try await search { $0.since = noon.adding(seconds: 1).milliseconds }.entries.map(\.sequence) == [30])
        #expect(try await search { $0.until = noon.milliseconds }.entries.count == 30)
        #expect(try await search { $0.actor = "urn:yizhan:bureau:41:police-1" }.entries.count == 30)
        #expect(try await search { $0.purpose = "caseInquiry" }.entries.count == 30)
        #expect(try await search { $0.outcome = "yes" }.entries.isEmpty)
        let name = try await bench.store.pseudonym(of: bench.subject(1), at: noon).base64
        #expect(
            try await search { $0.subject = name }.entries.map(\.sequence) == stride(from: 28, to: 0, by: -3).map { $0 }
        )
        let first = try await search({ $0.outcome = "no" }, limit: 20)
        #expect(first.entries.map(\.sequence) == (10...29).reversed())
        #expect(first.before == 10)
        let rest = try await search({ $0.outcome = "no" }, before: first.before, limit: 20)
        #expect(rest.entries.map(\.sequence) == (0...9).reversed())
        #expect(rest.before == nil)
    }
}
