import EmbeddedData
import Interchange
import JSONTape
import Testing

@Suite struct SchemaCodeTests {
    private typealias Sample = EnvelopeSample

    @Test(arguments: [
        ("missing", #""name":"夏建雪","#, "", "REQUIRED /person/name"),
        ("type", #""sex":"2""#, #""sex":2"#, "TYPE /person/sex"),
        ("form", #""hukouDivision":"450123""#, #""hukouDivision":"45012""#, "FORMAT /person/hukouDivision"),
        ("instant", "2026-06-30T08:00:00Z", "2026-06-30T16:00:00+08:00", "FORMAT /issuedAt"),
        ("length", "居住证暂行条例 第7条", "", "LENGTH /legalBasis"),
        ("unknown", #""sex":"2""#, #""sex":"2","phone":"1""#, "UNKNOWN_FIELD /person/phone"),
        ("unknown at the top", #""version":1"#, #""version":1,"note":"x""#, "UNKNOWN_FIELD /note"),
        ("escaped pointer", #""version":1"#, #""version":1,"a/b~c":"x""#, "UNKNOWN_FIELD /a~1b~0c"),
        ("code", #""reason":"99""#, #""reason":"05""#, "CODE_UNKNOWN /content/reason"),
        ("kind", #""kind":"arrival""#, #""kind":"rumour""#, "CODE_UNKNOWN /kind"),
        ("province", #""from":"44""#, #""from":"99""#, "CODE_UNKNOWN /from"),
        ("id type", "residentId", "passport", "CODE_UNKNOWN /person/idType"),
        ("date", "2019-10-06", "2022-13-01", "DATE_INVALID /content/arrivalDate"),
        ("birth date", "1980-12-31", "不详", "DATE_INVALID /person/birthDate"),
        ("version", #""version":1"#, #""version":0"#, "SCHEMA /version"),
    ])
    func schemaKeywordsBecomeCodes(what: String, old: String, new: String, expected: String) {
        let found = Sample.findings((old, new))
        #expect(found.contains(expected + " quarantine"), "\(what)")
    }

    @Test func aMistypedValueIsToldOnce() {
        #expect(Sample.findings((#""sex":"2""#, #""sex":2"#)) == ["TYPE /person/sex quarantine"])
        #expect(Sample.findings((#""name":"夏建雪","#, "")) == ["REQUIRED /person/name quarantine"])
    }

    @Test(arguments: ["", "{", "[]", #"{"id":"01890a5d-ac96-774b-bcce-b302099a8057","id":"x"}"#])
    func whatIsNoEnvelopeHasNoHeader(line: String) {
        let judgement = Sample.check(line)
        #expect(!judgement.isAccepted)
        #expect(judgement.header == nil)
    }

    @Test func theIdIsReadFromAnEnvelopeThatIsRefused() {
        let judgement = Sample.check(#"{"ix":1,"id":"01890a5d-ac96-774b-bcce-b302099a8057","io":"y"}"#)
        #expect(judgement.id?.description == "01890a5d-ac96-774b-bcce-b302099a8057")
        #expect(!judgement.isAccepted)
    }

    @Test func theHeaderHasWhatAStoreNeeds() throws {
        let header = try #require(Sample.check(Sample.arrival).header)
        #expect(header.kind == .arrival)
        #expect(header.record.description == "45-44-0123456789ABCDEFGHJKMNPQRS")
        #expect(header.version == 1)
        #expect(header.purpose == .residenceRegistration)
        #expect(header.retainUntil.description == "2029-06-29")
        #expect(header.subject == Array("450123198012316804".utf8))
        #expect(header.division?.description == "441823")
        #expect(header.effective?.description == "2019-10-06")
        #expect(header.reference == nil)
    }

    @Test func aDepartureIsAcceptedAndRefersToItsArrival() {
        let judgement = Sample.check(Sample.departure)
        #expect(Sample.findings(in: judgement) == [])
        #expect(judgement.header?.reference?.description == "45-44-0123456789ABCDEFGHJKMNPQRS")
        #expect(judgement.header?.effective?.description == "2026-05-01")
        let late = Sample.check(Sample.departure.replacing("2026-05-01", with: "2026-07-01"))
        #expect(Sample.findings(in: late) == ["DATE_ORDER /content/departureDate quarantine"])
        let unknown = Sample.check(Sample.departure.replacing(#""cause":"left""#, with: #""cause":"fled""#))
        #expect(Sample.findings(in: unknown) == ["CODE_UNKNOWN /content/cause quarantine"])
    }

    @Test(arguments: Kind.allCases)
    func everyKindHasASchema(kind: Kind) {
        #expect(KindSchemas.standard.schema(of: kind) != nil)
    }

    @Test(arguments: [
        ("arrival.json", ["properties", "content", "properties", "reason"], "arrival-reason"),
        ("permit.json", ["properties", "content", "properties", "permitKind"], "permit-kind"),
        ("employment.json", ["properties", "content", "properties", "industrySection"], "industry-section"),
        ("employment.json", ["properties", "content", "properties", "status"], "employment-status"),
        ("person.json", ["properties", "sex"], "sex"), ("person.json", ["properties", "ethnicity"], "ethnicity"),
    ])
    func enumsAreTheCodeLists(file: String, path: [String], list: String) throws {
        let text = try #require(EmbeddedFiles.content(of: file))
        let codes = try JSONParser().parse(text) { root in
            var codes: [String] = []
            var view: JSONView? = root
            for name in path + ["enum"] { view = view?[member: name] }
            view?.forEachElement { codes.append($0.string ?? "") }
            return codes
        }
        let listed = try #require(CodeLists.standard.list(list))
        #expect(Set(codes) == Set(listed.codes.keys))
    }

    @Test func embeddedFilesAreFoundByName() {
        #expect(EmbeddedFiles.names.count == 21)
        #expect(
            EmbeddedFiles.content(of: "codes/divisions.tsv")?.starts(with: Array("# list: divisions\n".utf8)) == true)
        #expect(EmbeddedFiles.content(of: "nothing.json") == nil)
        #expect(embedded_file_named("arrival.json") != nil)
    }
}
