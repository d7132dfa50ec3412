import Interchange
import Policy
import Testing

/// 2026-06-30T08:00:00Z, 16:00 in Shanghai.
private let noon = Instant(seconds: 1_782_806_400)

@Suite struct QuotaTests {
    private func rule(_ limits: String) throws -> PolicyRule {
        let policy = try StatusPolicy(
            yaml: "version: 1\nrules:\n- {name: a, who: police, ask: validPermit, for: publicService\(limits)}\n",
            file: "p.yaml")
        return try #require(policy.rules.first)
    }

    @Test func everyRuleHasBounds() throws {
        let quotas = try rule("").quotas(of: "urn:b", officer: "o", at: noon)
        #expect(quotas.map(\.most) == [200, 5_000, 50, 1_000, 10])
        #expect(
            quotas.map(\.reason) == [
                "quotaExceeded", "quotaExceeded", "missBudgetExceeded", "missBudgetExceeded", "similarNumbers",
            ])
    }

    @Test func statedLimitsCountByTheirDayAndHour() throws {
        let quotas = try rule(", limits: {perOfficerPerHour: 3, perBureauPerHour: 9, perOfficerPerDay: 7}")
            .quotas(of: "urn:b", officer: "o", at: noon)
        #expect(quotas.map(\.most) == [7, 5_000, 3, 9, 50, 1_000, 10])
        let midnight = Instant("2026-06-30T16:00:00Z")
        #expect(quotas[0].until == midnight)
        #expect(quotas[2].until == Instant("2026-06-30T09:00:00Z"))
        #expect(quotas[4].until == midnight)
    }

    @Test func aProvinceHasBoundsWhateverBureausItNames() throws {
        let (one, other) = (try #require(Province("44")), try #require(Province("51")))
        var limits = ProvinceLimits()
        limits.missesPerDay = 7
        let quotas = limits.quotas(of: one, at: noon)
        #expect(quotas.map(\.most) == [50_000, 7, 50])
        #expect(
            quotas.map(\.reason) == ["provinceQuotaExceeded", "provinceMissBudgetExceeded", "provinceSimilarNumbers"])
        #expect(Set(quotas.map(\.until)) == [try #require(Instant("2026-06-30T16:00:00Z"))])
        #expect(Set(quotas.map(\.scope)).isDisjoint(with: limits.quotas(of: other, at: noon).map(\.scope)))
        let bureaus = try rule("").quotas(of: "urn:yizhan:bureau:44:gz-1", officer: "o", at: noon)
        #expect(Set(quotas.map(\.scope)).isDisjoint(with: bureaus.map(\.scope)))
    }

    @Test func officersAndBureausHaveCountsOfTheirOwnAndSimilarNumbersOneForAllRules() throws {
        let rule = try rule("")
        let first = rule.quotas(of: "urn:b", officer: "o", at: noon)
        let second = rule.quotas(of: "urn:b", officer: "p", at: noon)
        #expect(first[0].scope != second[0].scope)
        #expect(first[1].scope == second[1].scope)
        #expect(first[4].scope == "urn:b")
    }

    @Test(arguments: ["sample: 2", "sample: x", "sample: -0.1"])
    func aShareOutOfBoundsIsAMistake(_ line: String) {
        #expect(throws: PolicyMistakes.self) {
            try StatusPolicy(yaml: "version: 1\n\(line)\nrules: []\n", file: "p.yaml")
        }
    }

    @Test func theShareIsPartOfWhatIsApproved() throws {
        let plain = try StatusPolicy(yaml: "version: 1\nrules: []\n", file: "p.yaml")
        let sampled = try StatusPolicy(yaml: "version: 1\nsample: 0.5\nrules: []\n", file: "p.yaml")
        #expect(plain.sampleShare == 0)
        #expect(sampled.sampleShare == 0.5)
        #expect(plain.digest != sampled.digest)
    }

    @Test func theOwnFileOfABureauIsThatOfItsField() {
        #expect(Tie.ownFile.fact(for: .commerce) == "employment")
        #expect(Tie.ownFile.fact(for: .police) == "registration")
        #expect(Tie.ownFile.fact(for: .service) == "permit")
        #expect(Tie.any.fact(for: .police) == nil)
        #expect(Tie.livesHere.fact(for: .police) == "livesHere")
    }
}

@Suite struct ReplayTests {
    private let police = Bureau(id: "police-1", kind: .police)

    private func past(
        _ sequence: UInt64, _ outcome: PastQuestion.Outcome, facts: String? = "kind=police;answer=yes;ties=held"
    ) -> PastQuestion {
        PastQuestion(
            sequence: sequence, at: noon,
            request: PolicyRequest(question: .validPermit, purpose: .publicService, hasCase: false), bureau: police,
            asker: "urn:yizhan:bureau:41:police-1", officer: "o", outcome: outcome,
            facts: facts.flatMap { PastQuestion.Facts(detail: $0) })
    }

    private func replay(_ rule: String, _ questions: [PastQuestion]) throws -> [String] {
        var replay = PolicyReplay(try StatusPolicy(yaml: "version: 1\nrules:\n- \(rule)\n", file: "p.yaml"))
        return questions.compactMap { replay.replay($0).map { "\($0.question.sequence) \($0.now)" } }
    }

    private let open = "{name: a, who: police, ask: validPermit, for: publicService}"

    @Test func whatIsDecidedAlikeIsNotTold() throws {
        #expect(try replay(open, [past(1, .answered("yes"))]) == [])
        #expect(
            try replay(
                "{name: a, who: service, ask: validPermit, for: publicService}",
                [
                    past(1, .refused(reason: "noRule"), facts: nil)
                ]) == [])
    }

    @Test(arguments: [
        "similarNumbers", "provinceQuotaExceeded", "provinceMissBudgetExceeded", "provinceSimilarNumbers",
    ])
    func whatNoPolicyDecidesAloneIsLeftOut(reason: String) throws {
        #expect(try replay(open, [past(1, .refused(reason: reason), facts: nil)]) == [])
    }

    @Test func anotherRuleRefusesOrAllows() throws {
        #expect(
            try replay("{name: a, who: police, ask: validPermit, for: caseInquiry}", [past(1, .answered("yes"))])
                == ["1 refused (purposeNotAllowed)"])
        #expect(try replay(open, [past(1, .refused(reason: "noRule"), facts: nil)]) == ["1 answered"])
    }

    @Test func aNarrowerTieTurnsAnAnswerUnknown() throws {
        let narrow = "{name: a, who: police, ask: validPermit, for: publicService, about: livesHere}"
        #expect(try replay(narrow, [past(1, .answered("yes"))]) == ["1 unknown"])
        #expect(try replay(open, [past(1, .answered("unknown"))]) == ["1 yes"])
        let protected = past(2, .answered("unknown"), facts: "kind=police;answer=yes;ties=held;protected")
        #expect(try replay(open, [protected]) == [])
    }

    @Test func aSmallerQuotaRefusesWhatComesAfterIt() throws {
        let small = "{name: a, who: police, ask: validPermit, for: publicService, limits: {perOfficerPerDay: 1}}"
        #expect(
            try replay(small, [past(1, .answered("yes")), past(2, .answered("yes"))])
                == ["2 refused (quotaExceeded)"])
        let misses = "{name: a, who: police, ask: validPermit, for: publicService, limits: {missesPerDay: 1}}"
        let missed = past(1, .answered("unknown"), facts: "kind=police;answer=unknown")
        #expect(
            try replay(misses, [past(0, .answered("yes")), missed, past(2, .answered("yes"))])
                == ["2 refused (missBudgetExceeded)"])
    }
}
