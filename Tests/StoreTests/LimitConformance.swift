import AuditLog
import Interchange
import Store
import Testing

/// Quotas, budgets of misses, runs of similar numbers, samples: what bounds and watches the asking.
@Suite struct LimitConformance {
    private static let midnight = noon.adding(seconds: 8 * 3_600)

    private func limit(
        _ counted: InquiryLimit.Counted, _ most: Int, scope: String = "officer-7", until: Instant = midnight
    ) -> InquiryLimit {
        InquiryLimit(counted: counted, scope: scope, most: most, until: until, reason: "limit-\(counted.rawValue)")
    }

    private func ask(
        _ bench: Bench, _ subject: [UInt8], _ limits: [InquiryLimit], at now: Instant = noon
    ) async throws -> InquiryResult {
        var inquiry = bench.inquiry(1, .currentRegistration(bench.provinces.own), at: now)
        inquiry.subject = subject
        inquiry.limits = limits
        return try await bench.store.answer(inquiry)
    }

    @Test(arguments: Engine.all)
    func aQuotaRefusesWhatComesAfterItAndAlertsOnce(engine: Engine) async throws {
        var bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let quota = [limit(.questions, 2)]
        #expect(try await ask(bench, bench.subject(1), quota).answer == .yes)
        #expect(try await ask(bench, bench.subject(1), quota).answer == .yes)
        bench = try await bench.reopened()
        let third = try await ask(bench, bench.subject(1), quota)
        #expect(third.answer == .refused)
        #expect(third.refusal == Inquiry.Refusal(reason: "limit-questions", rule: nil))
        #expect(third.exceeded == quota[0])
        #expect(try await ask(bench, bench.subject(1), quota).exceeded == nil)
        // Another officer, and the next day.
        #expect(try await ask(bench, bench.subject(1), [limit(.questions, 2, scope: "officer-8")]).answer == .yes)
        let tomorrow = limit(.questions, 2, until: Self.midnight.adding(seconds: 86_400))
        #expect(try await ask(bench, bench.subject(1), [tomorrow], at: Self.midnight).answer == .yes)
        #expect(
            try await bench.events(from: 1) == [
                .questionAnswered, .questionAnswered, .questionRefused, .questionLimitExceeded, .questionRefused,
                .questionAnswered, .questionAnswered,
            ])
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.all)
    func whatAProvinceAsksIsCountedForAllItsBureausAndOverRestarts(engine: Engine) async throws {
        var bench = try Bench(engine)
        let province = [limit(.questions, 4, scope: "province"), limit(.misses, 2, scope: "province")]
        func ask(_ number: UInt64) async throws -> PeerAnswer.Answered? {
            var inquiry = bench.inquiry(1, .currentRegistration(bench.provinces.own))
            inquiry.entry.actor = AuditActor(organisation: "urn:yizhan:bureau:51:b-\(number)", person: "o-\(number)")
            inquiry.limits = [limit(.misses, 1, scope: "b-\(number)")] + province
            let answer = try await bench.store.answer(
                inquiry,
                of: PeerQuestion(
                    peer: bench.provinces.peer, id: message(number), digest: Digest256(hashing: [1]),
                    nonce: "n-\(number)", validUntil: Self.midnight))
            if case .answered(let answered) = answer { return answered }
            return nil
        }
        #expect(try await ask(1)?.answer == .unknown)
        #expect(try await ask(2)?.answer == .unknown)
        bench = try await bench.reopened()
        let third = try await ask(3)
        #expect(third?.answer == .refused && third?.exceeded == province[1])
        let fourth = try await ask(4)
        #expect(fourth?.answer == .refused && fourth?.exceeded == nil)
        #expect(try await bench.events().count { $0 == .questionLimitExceeded } == 1)
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.all)
    func absentProtectedAndUntiedPersonsCostTheSame(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1), bench.draft(2)])
        try await bench.store.protect(bench.subject(1), isProtected: true, by: operatorActor, at: noon)
        for (place, (number, tie)) in [(1, nil), (2, PersonTie.employment), (3, nil)].enumerated() {
            let budget = [limit(.misses, 1, scope: "o-\(place)")]
            var inquiry = bench.inquiry(UInt64(number), .currentRegistration(bench.provinces.own))
            inquiry.tie = tie
            inquiry.limits = budget
            #expect(try await bench.store.answer(inquiry).answer == .unknown)
            #expect(try await ask(bench, bench.subject(2), budget).refusal?.reason == "limit-misses", "\(place)")
        }
    }

    @Test(arguments: Engine.all)
    func whatIsAskedElsewhereCountsHere(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        var inquiry = bench.inquiry(1, .notHeld)
        inquiry.entry.details[.peer] = "51"
        inquiry.limits = [limit(.questions, 3), limit(.misses, 1)]
        let first = try await bench.store.forward(inquiry)
        #expect(first.refusal == nil && first.exceeded == nil)
        var act = inquiry.entry
        (act.event, act.outcome) = (.questionAnswered, "yes")
        try await bench.store.conclude(inquiry, with: act, isMiss: false)
        #expect(try await bench.store.forward(inquiry).refusal == nil)
        act.outcome = "unknown"
        try await bench.store.conclude(inquiry, with: act, isMiss: true)
        // The one miss that was allowed is used up, for questions here too.
        let here = try await ask(bench, bench.subject(1), inquiry.limits)
        #expect(here.refusal?.reason == "limit-misses" && here.exceeded == inquiry.limits[1])
        let third = try await bench.store.forward(inquiry)
        #expect(third.refusal?.reason == "limit-misses" && third.exceeded == nil)
        #expect(
            try await bench.events(from: 1) == [
                .questionForwarded, .questionAnswered, .questionForwarded, .questionAnswered, .questionRefused,
                .questionLimitExceeded, .questionRefused,
            ])
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.all)
    func aRunOfSimilarNumbersEndsTheAskingElsewhere(engine: Engine) async throws {
        let bench = try Bench(engine)
        var inquiry = bench.inquiry(1, .notHeld)
        inquiry.limits = [limit(.similar, 2)]
        inquiry.entry.details[.queryId] = message(7).description
        inquiry.isSampled = true
        var found: [String?] = []
        for sequence in 0..<4 {
            inquiry.subject = Array("51010519900101\(1_000 + sequence)".utf8)
            let asked = try await bench.store.forward(inquiry)
            found.append(asked.exceeded?.reason ?? asked.refusal?.reason)
        }
        #expect(found == [nil, nil, "limit-similar", "limit-similar"])
        #expect(try await bench.store.samples(waitingOnly: true, limit: 10).count == 1)
    }

    @Test(arguments: Engine.all)
    func anAnswerOfYesIsNoMiss(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        for _ in 0..<3 { #expect(try await ask(bench, bench.subject(1), [limit(.misses, 1)]).answer == .yes) }
    }

    @Test(arguments: Engine.all)
    func aRunOfSimilarNumbersIsFoundAndEndsTheAsking(engine: Engine) async throws {
        let bench = try Bench(engine)
        let similar = [limit(.similar, 3)]
        func number(_ sequence: Int) -> [UInt8] { Array("51010519900101\(1_000 + sequence)".utf8) }
        for sequence in [1, 2, 2, 1, 3] {
            #expect(try await ask(bench, number(sequence), similar).answer == .unknown)
        }
        // Of another birth date.
        #expect(try await ask(bench, Array("510105199001021004".utf8), similar).answer == .unknown)
        // The fourth of its kind is still answered: what is refused does not depend on whom it is about.
        let fourth = try await ask(bench, number(4), similar)
        #expect(fourth.answer == .unknown)
        #expect(fourth.exceeded == similar[0])
        #expect(try await ask(bench, Array("110101198001010011".utf8), similar).refusal?.reason == "limit-similar")
        #expect(try await ask(bench, Array("110101198001010011".utf8), similar).exceeded == nil)
        #expect(try await bench.events().count { $0 == .questionLimitExceeded } == 1)
    }

    @Test(arguments: Engine.all)
    func aRefusalOfTheRequestIsEnteredAndCountsNothing(engine: Engine) async throws {
        let bench = try Bench(engine)
        var inquiry = bench.inquiry(1, .notHeld)
        inquiry.refusal = Inquiry.Refusal(reason: "caseMissing", rule: "police-registration")
        inquiry.limits = [limit(.questions, 1)]
        for _ in 0..<3 {
            let result = try await bench.store.answer(inquiry)
            #expect(result.answer == .refused)
            #expect(result.refusal?.reason == "caseMissing")
        }
        let entries = try await bench.entries()
        #expect(entries.map(\.event) == [.questionRefused, .questionRefused, .questionRefused])
        #expect(entries[0].details[.rule] == "police-registration")
        #expect(entries[0].details[.facts] == "kind=police")
        #expect(entries[0].subject != nil)
    }

    @Test(arguments: Engine.all)
    func aDrawnQuestionWaitsForAJudgement(engine: Engine) async throws {
        let bench = try Bench(engine)
        var inquiry = bench.inquiry(1, .notHeld)
        inquiry.entry.details[.queryId] = message(9).description
        inquiry.isSampled = true
        _ = try await bench.store.answer(inquiry)
        let waiting = try await bench.store.samples(waitingOnly: true, limit: 10)
        #expect(waiting.map(\.id) == [message(9)])
        #expect(waiting[0].organisation == "urn:yizhan:bureau:41:police-1")
        #expect(waiting[0].officer == "officer-7")
        #expect(waiting[0].caseReference == "A-2026-1")
        try await bench.store.judge(sample: message(9), isJustified: false, by: operatorActor, at: noon)
        #expect(try await bench.store.samples(waitingOnly: true, limit: 10) == [])
        #expect(try await bench.store.samples(waitingOnly: false, limit: 10).map(\.isJustified) == [false])
        let again = await code {
            try await bench.store.judge(sample: message(9), isJustified: true, by: operatorActor, at: noon)
        }
        #expect(again == .notFound)
        let entries = try await bench.entries()
        #expect(entries.map(\.event) == [.questionAnswered, .questionSampled, .questionJustified])
        #expect(entries[2].outcome == "unjustified")
        try await bench.expectSoundLog()
    }
}
