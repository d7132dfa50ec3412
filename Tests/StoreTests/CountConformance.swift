import AuditLog
import Interchange
import Store
import Testing

/// Counts under many questions at once, failures and restarts: what was answered is counted, and nothing else.
@Suite struct CountConformance {
    private static let midnight = noon.adding(seconds: 8 * 3_600)

    private func quota(
        _ most: Int, _ counted: InquiryLimit.Counted = .questions, until: Instant = midnight
    ) -> InquiryLimit {
        InquiryLimit(counted: counted, scope: "officer-7", most: most, until: until, reason: "limit")
    }

    private func inquiry(
        _ bench: Bench, _ limits: [InquiryLimit], at now: Instant = noon
    ) -> Inquiry {
        var inquiry = bench.inquiry(1, .notHeld, at: now)
        inquiry.limits = limits
        return inquiry
    }

    /// One that cannot be entered in the log: the detail could hold a person's number.
    private func impossible(_ bench: Bench, _ limits: [InquiryLimit]) -> Inquiry {
        var inquiry = inquiry(bench, limits)
        inquiry.entry.details[.rule] = "110101199001010011"
        return inquiry
    }

    @Test(arguments: Engine.all)
    func ofManyQuestionsAtOnceJustTheQuotaIsAnswered(engine: Engine) async throws {
        let bench = try Bench(engine)
        let limits = [quota(70)]
        let answers = try await withThrowingTaskGroup(of: InquiryResult.self) { group in
            for _ in 0..<200 { group.addTask { try await bench.store.answer(inquiry(bench, limits)) } }
            return try await group.reduce(into: [InquiryResult]()) { $0.append($1) }
        }
        #expect(answers.count { $0.answer == .unknown } == 70)
        #expect(answers.count { $0.answer == .refused } == 130)
        #expect(answers.count { $0.exceeded != nil } == 1)
        // One entry each, and the alert; no two answers name the same.
        #expect(Set(answers.map(\.entry)).count == 200)
        #expect(try await bench.store.auditSize() == 201)
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.all)
    func aQuestionThatFailsIsNotCountedAndTakesNoOtherWithIt(engine: Engine) async throws {
        var bench = try Bench(engine)
        let limits = [quota(101)]
        let failures = await withTaskGroup(of: StoreError.Code?.self) { [bench] group in
            for number in 0..<150 {
                let isImpossible = number % 3 == 0
                group.addTask {
                    await code {
                        _ = try await bench.store.answer(
                            isImpossible ? impossible(bench, limits) : inquiry(bench, limits))
                    }
                }
            }
            return await group.reduce(into: [StoreError.Code?]()) { $0.append($1) }
        }
        #expect(failures.count { $0 == .invalid } == 50)
        #expect(failures.count { $0 == nil } == 100)
        #expect(try await bench.store.auditSize() == 100)
        // The hundred are counted, in memory and on the disk: one more fits.
        bench = try await bench.reopened()
        #expect(try await bench.store.answer(inquiry(bench, limits)).answer == .unknown)
        #expect(try await bench.store.answer(inquiry(bench, limits)).refusal?.reason == "limit")
        try await bench.expectSoundLog()
    }

    /// Without a wait: they are answered because of what comes, not because their time is over.
    @Test(arguments: Engine.all)
    func whatCanWaitGoesAlongWithWhatCannotAndWithEnoughOthers(engine: Engine) async throws {
        let bench = try Bench(engine)
        var patient = inquiry(bench, [])
        patient.canWait = .seconds(600)
        let (answers, told) = AsyncStream<Result<InquiryResult, StoreError>>.makeStream()
        var heard = answers.makeAsyncIterator()
        for _ in 0..<5 { bench.store.answer(patient) { told.yield($0) } }
        let impatient = try await bench.store.answer(inquiry(bench, []))
        var entries: [UInt64?] = []
        for _ in 0..<5 { entries.append(try await heard.next()?.get().entry) }
        #expect(entries + [impatient.entry] == [0, 1, 2, 3, 4, 5])
        for _ in 0..<64 { bench.store.answer(patient) { told.yield($0) } }
        for _ in 0..<64 { #expect(try await heard.next()?.get().answer == .unknown) }
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.all)
    func whatCanWaitDoesNotWaitForEver(engine: Engine) async throws {
        let bench = try Bench(engine)
        var patient = inquiry(bench, [])
        patient.canWait = .milliseconds(1)
        for entry: UInt64 in 0..<20 { #expect(try await bench.store.answer(patient).entry == entry) }
    }

    @Test(arguments: Engine.all)
    func aCountEndsAtItsTimeAndTheOthersStay(engine: Engine) async throws {
        var bench = try Bench(engine)
        let hour = quota(1, until: noon.adding(seconds: 3_600))
        let day = quota(3, .misses)
        #expect(try await bench.store.answer(inquiry(bench, [hour, day])).answer == .unknown)
        #expect(try await bench.store.answer(inquiry(bench, [hour, day])).refusal != nil)
        let later = noon.adding(seconds: 3_600)
        let next = quota(1, until: noon.adding(seconds: 7_200))
        #expect(try await bench.store.answer(inquiry(bench, [next, day], at: later)).answer == .unknown)
        bench = try await bench.reopened()
        // Two misses are counted from both hours, and the question of the second.
        #expect(try await bench.store.answer(inquiry(bench, [next, day], at: later)).exceeded == next)
        let again = quota(1, until: noon.adding(seconds: 10_800))
        let third = noon.adding(seconds: 7_200)
        #expect(try await bench.store.answer(inquiry(bench, [again, day], at: third)).answer == .unknown)
        #expect(try await bench.store.answer(inquiry(bench, [day], at: third)).exceeded == day)
    }

    /// More counts than are held in memory.
    @Test(arguments: Engine.all)
    func countsThatWereForgottenInMemoryAreReadAgain(engine: Engine) async throws {
        let bench = try Bench(engine)
        let limits = [quota(12_000), quota(2, .similar)]
        @Sendable func ask(_ number: Int) async throws -> InquiryResult {
            var inquiry = inquiry(bench, limits)
            inquiry.subject = Array("\(100_000_000 + number)001122".utf8)
            return try await bench.store.answer(inquiry)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<64 {
                group.addTask {
                    for number in stride(from: worker, to: 11_996, by: 64) { _ = try await ask(number) }
                }
            }
            try await group.waitForAll()
        }
        // The very first, long forgotten, and others like it: the third is one too many of its kind.
        #expect(try await ask(0).exceeded == nil)
        var like = inquiry(bench, limits)
        like.subject = Array("100000000001133".utf8)
        #expect(try await bench.store.answer(like).exceeded == nil)
        like.subject = Array("100000000001144".utf8)
        #expect(try await bench.store.answer(like).exceeded == limits[1])
        #expect(try await ask(1).refusal != nil)
    }
}
