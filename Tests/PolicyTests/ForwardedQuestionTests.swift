import Interchange
import Policy
import Testing

@Suite struct ForwardedQuestionTests {
    private func problems(_ body: String) -> [String] {
        do throws(QuestionProblems) {
            _ = try ForwardedQuestion(body: Array(body.utf8))
            return []
        } catch {
            return error.problems.map { "\($0.code.rawValue) \($0.pointer)" }
        }
    }

    private func body(_ members: String) -> String {
        #"{"question":"currentRegistration","subject":{"idType":"residentId","idNumber":"11010519491231002X"},"#
            + #""province":"44","purpose":"caseInquiry","case":"A-1","legalBasis":"law","officer":"o-1"\#(members)}"#
    }

    private let whole = #","id":"01990000-0000-7000-8000-000000000001","bureau":{"id":"police-1","kind":"police"}"#

    @Test func whatIsSentIsReadAsItWas() throws {
        let text = body(whole + #","deferredUntil":"2026-12-31","deferralGround":"刑事诉讼法 第54条""#)
        let question = try ForwardedQuestion(body: Array(text.utf8))
        #expect(question.bureau == Bureau(id: "police-1", kind: .police))
        #expect(question.question.deferral?.ground == "刑事诉讼法 第54条")
        #expect(question.question.deferral?.until == CivilDate("2026-12-31"))
        #expect(try ForwardedQuestion(body: question.body) == question)
    }

    @Test func idAndBureauAreNeeded() {
        #expect(problems(body("")) == ["required /id", "required /bureau"])
        #expect(problems(body(whole.replacing("police-1", with: "a b"))) == ["format /bureau/id"])
        #expect(
            problems(body(whole.replacing(#""kind":"police""#, with: #""kind":"army""#))) == ["format /bureau/kind"])
    }

    @Test func whatAPeerSendsNamesNobodyEither() {
        let numbered = body(whole.replacing("police-1", with: "gz-110105-19491231-002X"))
        #expect(problems(numbered) == ["format /bureau/id"])
        let passport = body(whole.replacing("police-1", with: "gz-E1234-5678"))
            .replacing(#""residentId","idNumber":"11010519491231002X""#, with: #""passport","idNumber":"E12345678""#)
        #expect(problems(passport) == ["format /bureau/id"])
        #expect(problems(body(whole).replacing("A-1", with: "Ａ１１０１０５１９４９１２３１００２Ｘ")) == ["format /case"])
    }

    @Test func aBureausOwnBodyHasNeither() {
        #expect(throws: QuestionProblems.self) { try StatusQuestion(body: Array(body(whole).utf8)) }
    }

    @Test(arguments: [
        (#","deferredUntil":"2026-12-31""#, "required /deferralGround"),
        (#","deferralGround":"law""#, "required /deferredUntil"),
        (#","deferredUntil":"2026-02-30","deferralGround":"law""#, "format /deferredUntil"),
    ])
    func groundAndEndOfADeferralGoTogether(_ members: String, _ problem: String) {
        #expect(problems(body(whole + members)) == [problem])
    }

    @Test func onlyACaseInquiryMayBeDeferred() {
        let text = body(whole + #","deferredUntil":"2026-12-31","deferralGround":"law""#)
            .replacing("caseInquiry", with: "residenceRegistration")
        #expect(
            problems(text) == ["notForThisQuestion /deferredUntil", "notForThisQuestion /deferralGround"])
    }
}
