import Interchange
import Policy
import Testing

@Suite struct PolicyFileTests {
    private let day = CivilDate("2026-06-30") ?? CivilDate(daysSince1970: 0)

    private func mistakes(_ yaml: String) -> [String] {
        do {
            _ = try StatusPolicy(yaml: yaml, file: "p.yaml")
            return []
        } catch {
            return error.mistakes.map { "\($0.code.rawValue) \($0.line):\($0.column)" }
        }
    }

    private func check(_ rules: String) throws -> [String] {
        try StatusPolicy(yaml: "version: 1\nrules:\n" + rules, file: "p.yaml").check(on: day)
            .map { "\($0.code.rawValue) \($0.line)" }
    }

    @Test func theDefaultPolicyHasNoMistakes() throws {
        let policy = try defaultPolicy()
        #expect(policy.rules.count == 7)
        #expect(policy.check(on: day) == [])
    }

    @Test func aRuleIsReadWhole() throws {
        let policy = try StatusPolicy(
            yaml: """
                # comment
                version: 1
                rules:
                  - name: one
                    who: [police, bureau:gz-02]
                    ask: [validPermit, currentRegistration]
                    for: caseInquiry
                    about: held
                    limits: {missesPerDay: 5}
                    until: 2027-12-31
                """, file: "p.yaml")
        #expect(
            policy.rules == [
                PolicyRule(
                    name: "one", who: [.kind(.police), .bureau("gz-02")], ask: [.validPermit, .currentRegistration],
                    purposes: [.caseInquiry], about: .held, limits: PolicyLimits(missesPerDay: 5),
                    until: CivilDate("2027-12-31"), line: 4)
            ])
        #expect(
            policy.normalForm
                == "rule=one;who=bureau:gz-02,police;ask=currentRegistration,validPermit;for=caseInquiry;about=held;limits=missesPerDay:5;until=2027-12-31\n"
        )
    }

    @Test func theDigestIsOfTheMeaning() throws {
        let one = try StatusPolicy(
            yaml: "version: 1\nrules:\n- {name: a, who: [police, service], ask: validPermit, for: publicService}\n",
            file: "a.yaml")
        let same = try StatusPolicy(
            yaml: """
                # other words
                rules:

                  - for: [publicService]
                    about: any
                    ask: [validPermit]
                    who: [service, police]
                    name: a
                version: 1
                """, file: "b.yaml")
        let other = try StatusPolicy(
            yaml: "version: 1\nrules:\n- {name: a, who: police, ask: validPermit, for: publicService}\n", file: "a.yaml"
        )
        #expect(one.digest == same.digest)
        #expect(one.digest != other.digest)
        #expect(one.digest.count == 32)
        // SHA-256 of the normal form, from sha256sum.
        let hexadecimal = one.digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(hexadecimal == "1299f4038c90361414126031ee8ac13c7dcfeca62f17dde6ba1e8dece35b0697")
    }

    @Test func everyMistakeIsFoundAtItsPlace() {
        #expect(
            mistakes(
                """
                version: 1
                rule: []
                rules:
                  - name: a
                    who: [police, army, police]
                    ask: everything
                    for: []
                    abuot: any
                    limits: {perOfficerPerDay: 0, total: 5}
                    until: 2026-02-30
                  - name: b c
                    who: bureau:x_y
                    ask: validPermit
                  - validPermit
                """) == [
                    "unknownKey 2:1", "unknownValue 5:19", "duplicate 5:25", "unknownValue 6:10", "missing 7:10",
                    "unknownKey 8:5", "unknownValue 9:32", "unknownKey 9:35", "unknownValue 10:12", "missing 11:5",
                    "unknownValue 11:11", "unknownValue 12:10", "syntax 14:5",
                ])
    }

    @Test(arguments: [
        ("", ["syntax 1:1"]), ("- a\n", ["syntax 1:1"]), ("version: [\n", ["syntax 2:1"]),
        ("rules: []\n", ["unknownValue 1:1"]), ("version: 2\nrules: []\n", ["unknownValue 1:10"]),
        ("version: 1\n", ["missing 1:1"]), ("version: 1\nrules: {}\n", ["missing 2:8"]),
        ("version: 1\nversion: 1\nrules: []\n", ["duplicate 1:1"]),
    ])
    func aFileOfAnotherShapeIsRefused(yaml: String, expected: [String]) {
        #expect(mistakes(yaml) == expected)
    }

    @Test func twoRulesOfOneNameAreAMistake() {
        let rule = "- {name: a, who: police, ask: validPermit, for: publicService}\n"
        let other = "- {name: a, who: police, ask: identityMatches, for: caseInquiry}\n"
        #expect(mistakes("version: 1\nrules:\n" + rule + other) == ["duplicate 4:3"])
    }

    @Test func aMistakePrintsLikeACompilers() throws {
        let error = #expect(throws: PolicyMistakes.self) {
            try StatusPolicy(
                yaml: "version: 1\nrules:\n- {name: a, who: army, ask: validPermit, for: caseInquiry}\n", file: "p.yaml"
            )
        }
        #expect(
            try #require(error).description
                == "p.yaml:3:18: This value is not known here. Write police, commerce, service or bureau:ID.")
    }

    @Test func aRuleThatEarlierOnesCoverIsUnreachable() throws {
        #expect(
            try check(
                """
                - {name: a, who: police, ask: [validPermit, identityMatches], for: publicService}
                - {name: b, who: police, ask: validPermit, for: publicService, until: 2030-01-01}
                - {name: c, who: service, ask: validPermit, for: publicService}
                - {name: d, who: [police, service], ask: validPermit, for: publicService}
                """) == ["unreachable 4", "unreachable 6"])
    }

    @Test func aRuleThatOutlastsTheEarlierOneIsReachable() throws {
        #expect(
            try check(
                """
                - {name: a, who: police, ask: validPermit, for: publicService, until: 2029-01-01}
                - {name: b, who: police, ask: validPermit, for: publicService, until: 2030-01-01}
                """) == [])
    }

    @Test func anEndedRuleIsFoundAndHidesNothing() throws {
        #expect(
            try check(
                """
                - {name: a, who: police, ask: validPermit, for: publicService, until: 2026-06-29}
                - {name: b, who: police, ask: validPermit, for: publicService, until: 2026-06-30}
                """) == ["expired 3"])
    }

    @Test func rulesThatOverlapOnOtherTermsContradict() throws {
        #expect(
            try check(
                """
                - {name: a, who: commerce, ask: identityMatches, for: employmentVerification, about: ownFile}
                - {name: b, who: [commerce, police], ask: identityMatches, for: employmentVerification}
                """) == ["contradiction 4"])
    }
}
