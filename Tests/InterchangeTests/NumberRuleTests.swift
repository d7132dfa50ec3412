import Interchange
import Testing

@Suite struct NumberRuleTests {
    private static let number = "450123198012316804"

    private func findings(_ number: String, _ more: (String, String)...) -> [String] {
        var line = EnvelopeSample.arrival.replacing(Self.number, with: number)
        for (old, new) in more { line = line.replacing(old, with: new) }
        return EnvelopeSample.findings(in: EnvelopeSample.check(line))
    }

    @Test func aRightNumberIsAccepted() {
        #expect(findings(Self.number) == [])
    }

    @Test(arguments: ["4.50E+17", "4.50123198012317E+17", "450123E17", "450123198012316000"])
    func whatASpreadsheetMadeIsDamaged(number: String) {
        #expect(findings(number) == ["ID_DAMAGED /person/idNumber quarantine"])
    }

    @Test func threeZerosWithARightCheckCharacterAreNoDamage() {
        #expect(PersonNumber("110101198001080000").form(as: .residentId) == .eighteen)
        #expect(PersonNumber("110101198001081000").form(as: .residentId) == .damaged)
    }

    @Test(arguments: ["000000000000000000", "000000198012310000", "000000000000000", "000000801231000", "0"])
    func zerosAreAPlaceholder(number: String) {
        #expect(findings(number) == ["ID_PLACEHOLDER /person/idNumber quarantine"])
    }

    @Test(arguments: [
        "45012319801231680", "4501231980123168044", "45012319801231680x", "45012319801231680A", "不详",
        "4501231980123168041234567890",
    ])
    func anotherFormIsMalformed(number: String) {
        #expect(findings(number) == ["ID_FORMAT /person/idNumber quarantine"])
    }

    @Test func aWrongCheckCharacterIsAFlag() {
        #expect(findings("450123198012316805") == ["ID_CHECKSUM /person/idNumber flag"])
    }

    /// GB 11643-1999, the examples of its annex.
    @Test(arguments: ["11010519491231002X", "440524188001010014"])
    func theStandardsExamplesHaveRightCheckCharacters(number: String) {
        #expect(PersonNumber(number).hasRightCheckCharacter)
    }

    @Test func fifteenDigitsAreAFlagAndMatchTheirLongForm() {
        let judgement = EnvelopeSample.check(EnvelopeSample.arrival.replacing(Self.number, with: "450123801231680"))
        #expect(EnvelopeSample.findings(in: judgement) == ["ID_LEGACY_15 /person/idNumber flag"])
        #expect(judgement.flags == [.idLegacy15])
        #expect(judgement.header?.subject == Array(Self.number.utf8))
    }

    @Test func theBirthDateInsideMustBeTheStatedOne() {
        #expect(
            findings(Self.number, ("1980-12-31", "1980-12-30")) == ["BIRTH_DATE_MISMATCH /person/birthDate quarantine"])
        #expect(
            findings("450123801231680", ("1980-12-31", "1981-12-31")) == [
                "ID_LEGACY_15 /person/idNumber flag", "BIRTH_DATE_MISMATCH /person/birthDate quarantine",
            ])
    }

    @Test func theSexInsideMustBeTheStatedOneWhenItIsKnown() {
        #expect(findings(Self.number, (#""sex":"2""#, #""sex":"1""#)) == ["SEX_MISMATCH /person/sex quarantine"])
        #expect(findings(Self.number, (#""sex":"2""#, #""sex":"9""#)) == [])
    }

    @Test func theDivisionInsideIsAFlagInAKnownProvinceAndStopsInAnUnknownOne() {
        #expect(findings("990123198012316800").contains("ID_DIVISION /person/idNumber quarantine"))
        #expect(findings("459923198012316800").contains("ID_DIVISION /person/idNumber flag"))
        // 510222 ended in 1994: right for one born in 1980, wrong for one born in 1999.
        #expect(!findings("510222198012316800").contains { $0.hasPrefix("ID_DIVISION") })
        #expect(
            findings("510222199912316800", ("1980-12-31", "1999-12-31")).contains("ID_DIVISION /person/idNumber flag"))
    }

    @Test(arguments: [
        ("A12345678", IDType.passport, PersonNumber.Form.other), ("A123", .passport, .malformed),
        ("ABC123456789012", .foreignPermanentResident, .other), ("810000199001011234", .hkMoTwPermit, .eighteen),
        ("450123198012316804", .foreignPermanentResident, .malformed), ("1", .none, .malformed),
    ])
    func formsFollowTheIdType(number: String, type: IDType, form: PersonNumber.Form) {
        #expect(PersonNumber(number).form(as: type) == form)
    }

    @Test func withoutADocumentThereIsNoNumber() {
        let number = #""idType":"residentId","idNumber":"450123198012316804""#
        #expect(EnvelopeSample.findings((number, #""idType":"none""#)) == [])
        #expect(
            EnvelopeSample.findings((#""idType":"residentId""#, #""idType":"none""#)) == [
                "ID_FORMAT /person/idNumber quarantine"
            ])
    }
}
