import Interchange
import Policy
import Testing

private let day = CivilDate("2026-06-30") ?? CivilDate(daysSince1970: 0)

@Suite struct DecisionTests {
    private let police = Bureau(id: "police-1", kind: .police)
    private let commerce = Bureau(id: "commerce-1", kind: .commerce)
    private let service = Bureau(id: "service-1", kind: .service)

    private func decide(
        _ question: Question, _ purpose: Purpose, by bureau: Bureau, hasCase: Bool = true
    ) throws -> Decision {
        let request = PolicyRequest(question: question, purpose: purpose, hasCase: hasCase)
        return try defaultPolicy().decide(request, bureau: bureau, on: day)
    }

    /// The table of the default policy, whole: everything that is not listed is refused.
    @Test(arguments: Question.allCases, BureauKind.allCases)
    func theDefaultPolicyAllowsExactlyItsTable(question: Question, kind: BureauKind) throws {
        let allowed: [Purpose] =
            switch (question, kind) {
            case (.currentRegistration, .police), (.validPermit, .police), (.identityMatches, .police):
                [.residenceRegistration, .caseInquiry]
            case (.registeredInDivision, .police): [.caseInquiry]
            case (.validPermit, .service): [.publicService]
            case (.employerReported, .commerce), (.identityMatches, .commerce): [.employmentVerification]
            default: []
            }
        for purpose in Purpose.allCases {
            var isAllowed = false
            if case .allowed = try decide(question, purpose, by: Bureau(id: "b", kind: kind)) { isAllowed = true }
            #expect(isAllowed == allowed.contains(purpose), "\(purpose)")
        }
    }

    @Test func commerceMayAskOnlyAboutItsOwnFile() throws {
        guard case .allowed(let rule) = try decide(.employerReported, .employmentVerification, by: commerce) else {
            Issue.record("refused")
            return
        }
        #expect(rule.name == "commerce-employment")
        #expect(rule.about == .ownFile)
        #expect(rule.limits == PolicyLimits(perOfficerPerDay: 200, perBureauPerDay: 5000, missesPerDay: 50))
    }

    @Test func aRefusalNamesItsReasonAndTheNearestRule() throws {
        func refusal(_ decision: Decision) -> (RefusalReason, String?)? {
            guard case .refused(let refusal) = decision else { return nil }
            return (refusal.reason, refusal.rule?.name)
        }
        #expect(
            try #require(refusal(decide(.registeredInDivision, .publicService, by: police)))
                == (.purposeNotAllowed, "police-division"))
        #expect(
            try #require(refusal(decide(.currentRegistration, .caseInquiry, by: police, hasCase: false)))
                == (.caseMissing, "police-registration"))
        #expect(
            try #require(refusal(decide(.currentRegistration, .caseInquiry, by: commerce)))
                == (.questionNotAllowed, nil))
        let empty = StatusPolicy(file: "empty.yaml", rules: [])
        let request = PolicyRequest(question: .validPermit, purpose: .publicService, hasCase: false)
        #expect(empty.decide(request, bureau: service, on: day) == .refused(Refusal(reason: .noRule, rule: nil)))
    }

    @Test func aRuleHoldsThroughItsLastDay() throws {
        let policy = try StatusPolicy(
            yaml: """
                version: 1
                rules:
                - {name: a, who: police, ask: validPermit, for: publicService, until: 2026-06-30}
                """, file: "p.yaml")
        let request = PolicyRequest(question: .validPermit, purpose: .publicService, hasCase: false)
        let rule = try #require(policy.rules.first)
        #expect(policy.decide(request, bureau: police, on: day) == .allowed(rule))
        #expect(
            policy.decide(request, bureau: police, on: day.adding(days: 1))
                == .refused(Refusal(reason: .expired, rule: rule)))
    }

    @Test func aRuleCanSpeakOfOneBureau() throws {
        let policy = try StatusPolicy(
            yaml: """
                version: 1
                rules:
                - {name: a, who: [bureau:police-1], ask: validPermit, for: publicService}
                """, file: "p.yaml")
        let request = PolicyRequest(question: .validPermit, purpose: .publicService, hasCase: false)
        #expect(policy.decide(request, bureau: police, on: day) == .allowed(try #require(policy.rules.first)))
        let other = Bureau(id: "police-2", kind: .police)
        #expect(policy.decide(request, bureau: other, on: day) == .refused(Refusal(reason: .noRule, rule: nil)))
    }

    @Test func theFirstRuleThatFitsDecides() throws {
        let policy = try StatusPolicy(
            yaml: """
                version: 1
                rules:
                - {name: ended, who: police, ask: validPermit, for: publicService, until: 2020-01-01}
                - {name: narrow, who: police, ask: validPermit, for: publicService, about: held}
                - {name: wide, who: police, ask: [validPermit, identityMatches], for: publicService}
                """, file: "p.yaml")
        let request = PolicyRequest(question: .validPermit, purpose: .publicService, hasCase: false)
        #expect(policy.decide(request, bureau: police, on: day) == .allowed(policy.rules[1]))
    }

    @Test func anExplanationNamesTheLine() throws {
        let policy = try defaultPolicy()
        let line = try #require(policy.rules.first { $0.name == "commerce-employment" }).line
        let asked = PolicyRequest(question: .employerReported, purpose: .employmentVerification, hasCase: false)
        let text = policy.explain(asked, bureau: commerce, on: day)
        #expect(
            text.english
                == "Allowed by rule commerce-employment, default.yaml:\(line): about persons in the bureau's own file, without end. At most 200 a day for an officer, 5000 a day for the bureau, 50 misses a day for an officer."
        )
        #expect(text.chinese.hasPrefix("由规则 commerce-employment（default.yaml:\(line)）准许：限本单位档案内的人员，无期限。"))
        let refused = PolicyRequest(question: .employerReported, purpose: .caseInquiry, hasCase: true)
        #expect(
            policy.explain(refused, bureau: commerce, on: day).english
                == "Refused, purposeNotAllowed, nearest rule commerce-employment, default.yaml:\(line): no rule lets the bureau ask it for this purpose."
        )
        #expect(
            policy.explain(refused, bureau: police, on: day).english
                == "Refused, questionNotAllowed: no rule lets the bureau ask this question.")
    }

    @Test func rawValuesAreTheContracts() {
        #expect(
            Question.allCases.map(\.rawValue) == [
                "currentRegistration", "validPermit", "registeredInDivision", "employerReported", "identityMatches",
            ])
        #expect(BureauKind.allCases.map(\.rawValue) == ["police", "commerce", "service"])
        #expect(
            RefusalReason.allCases.map(\.rawValue) == [
                "noRule", "questionNotAllowed", "purposeNotAllowed", "expired", "caseMissing",
            ])
    }
}
