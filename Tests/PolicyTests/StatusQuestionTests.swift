import Interchange
import Policy
import Testing

/// Numbers are made up; their check characters are right.
@Suite struct StatusQuestionTests {
    private static let number = "11010119900307002X"

    private func body(_ changes: [String: String?] = [:]) -> String {
        var members: [String: String] = [
            "question": #""currentRegistration""#, "subject": #"{"idType":"residentId","idNumber":"NUMBER"}"#,
            "province": #""44""#, "purpose": #""caseInquiry""#, "legalBasis": #""刑事诉讼法第五十四条""#,
            "case": #""A4401000000002026060001""#, "officer": #""officer-7""#,
        ]
        for (name, value) in changes { members[name] = value }
        let text = members.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
        return "{\(text)}".replacing("NUMBER", with: Self.number)
    }

    private func problems(_ body: String) -> [String] {
        do {
            _ = try StatusQuestion(body: Array(body.utf8))
            return []
        } catch {
            return error.problems.map { "\($0.code.rawValue) \($0.pointer)" }
        }
    }

    @Test func aWholeBodyIsRead() throws {
        let question = try StatusQuestion(body: Array(body().utf8))
        #expect(
            question
                == StatusQuestion(
                    question: .currentRegistration,
                    subject: .init(idType: .residentId, idNumber: Redacted(Self.number)), province: Province("44"),
                    purpose: .caseInquiry, legalBasis: "刑事诉讼法第五十四条", caseReference: "A4401000000002026060001",
                    officer: "officer-7"))
        #expect(question.request == PolicyRequest(question: .currentRegistration, purpose: .caseInquiry, hasCase: true))
        #expect(question.answeringProvince == Province("44"))
    }

    @Test func everyQuestionHasItsMembers() throws {
        let permit = body(["question": #""validPermit""#, "onDate": #""2026-02-28""#])
        #expect(try StatusQuestion(body: Array(permit.utf8)).onDate == CivilDate("2026-02-28"))
        let division = body(["question": #""registeredInDivision""#, "province": nil, "division": #""440106""#])
        #expect(try StatusQuestion(body: Array(division.utf8)).answeringProvince == Province("44"))
        let employer = body(["question": #""employerReported""#, "province": nil, "employer": #""91350100M000100Y43""#])
        #expect(try StatusQuestion(body: Array(employer.utf8)).employer == "91350100M000100Y43")
        let identity = body([
            "question": #""identityMatches""#, "province": nil,
            "subject": #"{"idType":"residentId","idNumber":"NUMBER","name":"张三","birthDate":"1990-03-07"}"#,
        ])
        let subject = try StatusQuestion(body: Array(identity.utf8)).subject
        #expect(subject.name?.exposed == "张三")
        #expect(subject.birthDate?.exposed == CivilDate("1990-03-07"))
    }

    @Test func aMemberOfAnotherQuestionIsAProblem() {
        #expect(
            problems(
                body(["division": #""440106""#, "onDate": #""2026-01-01""#, "employer": #""91350100M000100Y43""#])) == [
                    "notForThisQuestion /division", "notForThisQuestion /employer", "notForThisQuestion /onDate",
                ])
        #expect(problems(body(["province": nil])) == ["required /province"])
        #expect(
            problems(body(["question": #""registeredInDivision""#])) == [
                "notForThisQuestion /province", "required /division",
            ])
        #expect(problems(body(["question": #""employerReported""#])) == ["required /employer"])
        #expect(
            problems(body(["question": #""identityMatches""#])) == [
                "required /subject/name", "required /subject/birthDate",
            ])
    }

    @Test func aCaseInquiryWithoutCaseIsForThePolicyToRefuse() throws {
        let question = try StatusQuestion(body: Array(body(["case": nil]).utf8))
        #expect(question.caseReference == nil)
        #expect(!question.request.hasCase)
    }

    @Test func everyProblemIsListed() {
        #expect(
            problems("{}") == [
                "required /question", "required /subject", "required /purpose", "required /legalBasis",
                "required /officer",
            ])
        #expect(
            problems(
                body([
                    "question": #""listPersons""#, "purpose": "1", "officer": #""张三""#, "case": #""a\nb""#,
                    "legalBasis": #""""#, "province": #""99""#, "wildcard": "true",
                    "subject": #"{"idType":"none","idNumber":5,"sex":"1"}"#,
                ])) == [
                    "unknownMember /wildcard", "format /question", "unknownMember /subject/sex",
                    "format /subject/idType",
                    "type /subject/idNumber", "type /purpose", "format /legalBasis", "format /officer", "format /case",
                    "format /province",
                ])
    }

    @Test(arguments: [
        ("", ["syntax "]), ("[]", ["type "]), ("null", ["type "]), ("{", ["syntax "]), ("{} {}", ["syntax "]),
        (#"{"question":"a","question":"b"}"#, ["syntax "]), ("[[[[[[[[", ["syntax "]),
        (String(repeating: " ", count: 4_097), ["syntax "]),
    ])
    func whatIsNoObjectIsOneProblem(body: String, expected: [String]) {
        #expect(problems(body) == expected)
    }

    @Test(arguments: [
        ("residentId", "11010119900307002X", true), ("residentId", "11010119900307002x", false),
        ("residentId", "110101199003070020", false), ("residentId", "110101900307002", true),
        ("residentId", "110101199013070023", false),
        ("residentId", "１1010119900307002X", false), ("passport", "E12345678", true), ("passport", "E1234", true),
        ("passport", "E123", false), ("passport", "e12345678", false), ("hkMoTwPermit", "810000199408230021", true),
        ("hkMoTwPermit", "H12345678", false),
        ("hkMoTwPermit", "H1*", false), ("residentId", "000000000000000000", false),
        ("foreignPermanentResident", "FRA110012345678", true),
        ("foreignPermanentResident", "FR1110012345678", false),
        ("foreignPermanentResident", "11010119900307002X", false),
    ])
    func aNumberHasTheFormOfItsDocument(type: String, number: String, isAllowed: Bool) {
        let subject = #"{"idType":"\#(type)","idNumber":"\#(number)"}"#
        #expect(problems(body(["subject": subject])) == (isAllowed ? [] : ["format /subject/idNumber"]))
    }

    @Test(arguments: ["91350100M000100Y43", "91350100M000100Y44", "91350100M000100Y4", "91350100I000100Y43"])
    func anEmployerHasACheckedCode(code: String) {
        let found = problems(body(["question": #""employerReported""#, "employer": "\"\(code)\""]))
        #expect(found == (code == "91350100M000100Y43" ? [] : ["format /employer"]))
    }

    @Test func aPersonsNumberHasNoPlaceInPseudonymOrGround() {
        #expect(problems(body(["officer": #""NUMBER""#])) == ["format /officer"])
        #expect(problems(body(["officer": #""gz-110101900307002""#])) == ["format /officer"])
        #expect(problems(body(["case": #""A-NUMBER""#])) == ["format /case"])
        #expect(problems(body(["legalBasis": #""依据 NUMBER 号""#])) == ["format /legalBasis"])
    }

    @Test(arguments: [
        "１１０１０１１９９００３０７００２Ｘ", "١١٠١٠١١٩٩٠٠٣٠٧٠٠٢X", "110101-19900307-002X", "110101.1990.0307.002x",
        "nNUMBER1", "n1101011990030700281", "1101011990030700219", "9110101900307002", "110101199003070029",
        "110101\u{200B}19900307\u{200B}002X", "9111561990 0307002X",
    ])
    func aPersonsNumberIsFoundHoweverItIsWritten(text: String) {
        for member in ["case", "legalBasis"] {
            #expect(problems(body([member: "\"\(text)\""])) == ["format /\(member)"])
        }
        #expect(
            problems(body(["deferredUntil": #""2026-12-31""#, "deferralGround": "\"\(text)\""])).first
                == "format /deferralGround")
        #expect(problems(body(["officer": "\"\(text)\""])) == ["format /officer"])
    }

    @Test(arguments: [
        "A-2026-000123", "豫公2026-18", "20260000000012345678", "A4401000000002026060001", "(2026)粤01刑初1234号",
        "2026-11-26-000001",
    ])
    func anOrdinaryCaseNumberHoldsNoPersonsNumber(text: String) {
        #expect(problems(body(["case": "\"\(text)\""])).isEmpty)
    }

    @Test(arguments: ["A-E12345678", "Ａ-Ｅ１２３４５６７８", "x e-12345678 x", "ZHANG San", "about Zhángsan"])
    func whoIsAskedAboutIsNotNamedInWhatIsKept(text: String) {
        let name = text.contains("á") ? "ZHÁNG" : "Zhang, San"
        let subject = #"{"idType":"passport","idNumber":"E12345678","name":"\#(name)"}"#
        let found = problems(body(["subject": subject, "case": "\"\(text)\"", "legalBasis": "\"\(text)\""]))
        #expect(found == ["format /legalBasis", "format /case"])
    }

    @Test func aNumberOf15DigitsIsLookedUpInItsLongForm() throws {
        let old = body(["subject": #"{"idType":"residentId","idNumber":"110101900307002"}"#])
        let number = try StatusQuestion(body: Array(old.utf8)).subject.lookUpNumber
        #expect(number.exposed == Array("11010119900307002X".utf8))
        #expect("\(number)" == "<redacted>")
        let passport = body(["subject": #"{"idType":"passport","idNumber":"E12345678"}"#])
        #expect(try StatusQuestion(body: Array(passport.utf8)).subject.lookUpNumber.exposed == Array("E12345678".utf8))
    }

    @Test func nothingOfAPersonIsEverPrinted() throws {
        let identity = body([
            "question": #""identityMatches""#, "province": nil,
            "subject": #"{"idType":"residentId","idNumber":"NUMBER","name":"张三","birthDate":"1990-03-07"}"#,
        ])
        let question = try StatusQuestion(body: Array(identity.utf8))
        var dumped = ""
        dump(question, to: &dumped)
        for text in ["\(question)", String(reflecting: question), dumped, "\(question.subject.idNumber)"] {
            #expect(!text.contains(Self.number) && !text.contains("张三") && !text.contains("1990"))
        }
        let wrong = #"{"NUMBER":1,"question":"NUMBER","subject":{"NUMBER":"NUMBER","idType":"NUMBER","idNumber":"张三"}}"#
        let error = #expect(throws: QuestionProblems.self) {
            try StatusQuestion(body: Array(wrong.replacing("NUMBER", with: Self.number).utf8))
        }
        #expect(!"\(try #require(error))".contains(Self.number))
        #expect(!"\(try #require(error))".contains("张三"))
    }

    @Test func everyByteOfABodyMayBeChangedWithoutACrash() {
        let whole = Array(body().utf8)
        for place in whole.indices {
            for value: UInt8 in [0, 0x22, 0x5C, 0x7B, 0xFF] {
                var changed = whole
                changed[place] = value
                _ = try? StatusQuestion(body: changed)
            }
            _ = try? StatusQuestion(body: Array(whole.prefix(place)))
        }
    }
}
