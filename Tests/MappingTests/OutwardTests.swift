import Foundation
import Intake
import Interchange
import Mapping
import Testing

/// Rows of envelopes: what an export writes, as text in UTF-8.
private func written(_ mapping: CompiledMapping, _ drafts: [Draft]) throws -> [UInt8] {
    let outward = try mapping.readOutward()
    let (rows, writer) = (OutwardRows(outward), outward.writer())
    let today = CivilDate(daysSince1970: 20_634)
    var out = writer.head(rows: drafts.count, today: today)
    for (place, draft) in drafts.enumerated() {
        let cells = try #require(try rows.cells(of: Outward.line(draft)))
        out += try writer.row(cells, isFirst: place == 0)
    }
    return out + writer.tail()
}

enum Outward {
    static func line(_ draft: Draft) throws -> [UInt8] {
        let id = try #require(MessageID("01976f0a-0000-7000-8000-000000000000"))
        return draft.line(id: id, version: 1, salt: (1, 2))
    }

    /// A permit's mapping with these fields beside what every permit needs.
    static func mapping(_ fields: String, source: String = "format: csv, encoding: utf-8", outward: String = "") throws
        -> CompiledMapping
    {
        let yaml = """
            mapping: outward
            kind: permit
            source: { \(source) }
            constants:
              from: "44"
              purpose: permitService
              legalBasis: 试
              content.permitKind: "01"
              content.status: issued
              person.idType: residentId
            fields:
              person.idNumber: { from: 证件号码, with: [idNumber] }
              person.name: { from: 姓名, with: [personName] }
              person.sex: { from: 性别, codes: { 女: "2", 女性: "2", 男: "1" } }
            \(fields)
            record: { home: person.hukouDivision, key: [证件号码] }
            \(outward)
            """
        return try CompiledMapping.compile(yaml: yaml, file: "outward.yaml")
    }

    static let plain = """
          person.birthDate: { from: 出生, with: [{ date: { formats: [YYYY年M月D日] } }] }
          person.hukouDivision: { from: 户籍, with: [{ prefix: "45" }] }
          content.permitNumber: { from: 证号 }
        """

    static func envelope(
        number: String = "450123198012316804", name: String = "夏建雪", sex: String = "2", permit: String = "GD1",
        hukou: String = "450123", more: String = ""
    ) -> [UInt8] {
        Array(
            (#"{"interchange":"1.0","kind":"permit","from":"31","to":"44","person":{"idType":"residentId","idNumber":""#
                + #"\#(number)","name":"\#(name)","sex":"\#(sex)","birthDate":"1980-12-31","hukouDivision":"\#(hukou)"},"#
                + #""content":{"permitNumber":"\#(permit)","permitKind":"01","status":"issued"\#(more)}}"#).utf8)
    }
}

@Suite struct OutwardTests {
    @Test func valuesStandInTheSourcesOwnForm() throws {
        let outward = try Outward.mapping(Outward.plain).readOutward()
        #expect(outward.columns == ["证件号码", "姓名", "性别", "出生", "户籍", "证号"])
        let cells = try OutwardRows(outward).cells(of: Outward.envelope())
        #expect(
            cells?.map { String(decoding: $0, as: UTF8.self) }
                == ["450123198012316804", "夏建雪", "女", "1980年12月31日", "0123", "GD1"])
    }

    @Test(arguments: [
        "guangdong-arrivals.csv", "shanghai-arrivals.csv", "zhejiang-arrivals.xml", "liaoning-arrivals.dbf",
        "heilongjiang-arrivals.txt",
    ])
    func rowsComeBackFromTheirEnvelopes(file: String) throws {
        let mapping = try Fixtures.mapping(String(file.prefix { $0 != "." }))
        let drafts = try drafts(mapping, MemorySource(Fixtures.bytes("Tests/Fixtures/samples/\(file)")))
        #expect(drafts.count > 400)
        let bytes = try written(mapping, drafts)
        let again = try self.drafts(mapping, MemorySource(bytes))
        #expect(again.map(\.fixed) == drafts.map(\.fixed))
        #expect(again.map(\.record) == drafts.map(\.record))
        #expect(try written(mapping, again) == bytes)
    }

    private func drafts(_ mapping: CompiledMapping, _ source: MemorySource) throws -> [Draft] {
        let stream = try Transformer(mapping, context: Fixtures.context()).open(source)
        var drafts: [Draft] = []
        while drafts.count < 450, let row = try stream.next() { if let draft = row.draft { drafts.append(draft) } }
        return drafts
    }

    @Test func partsOfAColumnAreJoinedAndColumnsOfAValueAreParted() throws {
        let outward = try Outward.mapping(
            """
              content.permitNumber: { from: [字, 号], with: [{ concat: "-" }] }
              person.birthDate: { from: 合并, with: [{ split: { separator: "|", part: 2 } }, date], lossy: true }
              person.hukouDivision: { from: 合并, with: [{ split: { separator: "|", part: 1 } }], lossy: true }
            """
        ).readOutward()
        let rows = OutwardRows(outward)
        let cells = try rows.cells(of: Outward.envelope(permit: "粤-12"))
        #expect(cells?.suffix(3).map { String(decoding: $0, as: UTF8.self) } == ["粤", "12", "450123|1980-12-31"])
        for permit in ["粤12", "粤-1-2", "-12"] {
            let error = #expect(throws: OutwardError.self) { try rows.cells(of: Outward.envelope(permit: permit)) }
            #expect(error?.code == .noSourceText)
        }
    }

    @Test(
        arguments: [
            (Outward.envelope(sex: "9"), OutwardError.Code.noSourceText, "性别"),
            (Outward.envelope(hukou: "310101"), .noSourceText, "户籍"),
            (Outward.envelope(permit: #"a\u000Ab"#), .controlCharacter, "证号"),
            (Array("{}".utf8), .notAnEnvelope, nil), (Array("x".utf8), .notAnEnvelope, nil),
        ] as [([UInt8], OutwardError.Code, String?)])
    func whatTheFormatCannotHoldIsToldWithoutItsValue(line: [UInt8], code: OutwardError.Code, column: String?) throws {
        let rows = OutwardRows(try Outward.mapping(Outward.plain).readOutward())
        let error = #expect(throws: OutwardError.self) { try rows.cells(of: line) }
        #expect(error?.code == code)
        #expect(error?.place == column)
        #expect("\(error.map(\.description) ?? "")".contains("夏建雪") == false)
    }

    @Test func aFixedValueMustBeTheRecordsOwn() throws {
        let rows = OutwardRows(try Outward.mapping(Outward.plain).readOutward())
        let line = String(decoding: Outward.envelope(), as: UTF8.self)
        let passport = line.replacingOccurrences(of: "residentId", with: "passport")
        #expect(throws: OutwardError.self) { try rows.cells(of: Array(passport.utf8)) }
        let arrival = line.replacingOccurrences(of: #""permit""#, with: #""arrival""#)
        #expect(try rows.cells(of: Array(arrival.utf8)) == nil)
    }

    @Test func aCellThatASpreadsheetWouldComputeIsNotWritten() throws {
        let outward = try Outward.mapping(Outward.plain).readOutward()
        let (rows, writer) = (OutwardRows(outward), outward.writer())
        for permit in ["=1+1", "+1", "-1", "@a", " =1", "＝1"] {
            let cells = try #require(try rows.cells(of: Outward.envelope(permit: permit)))
            let error = #expect(throws: OutwardError.self) { try writer.row(cells, isFirst: true) }
            #expect(error?.code == .formula)
            #expect(error?.place == "证号")
        }
        let cells = try #require(try rows.cells(of: Outward.envelope(permit: #"a\"b,=c"#)))
        let row = String(decoding: try writer.row(cells, isFirst: true), as: UTF8.self)
        #expect(row == "450123198012316804,夏建雪,女,1980年12月31日,0123,\"a\"\"b,=c\"\r\n")
    }

    @Test func everyStepWithoutAWayBackIsNamedWithItsPlace() throws {
        let fields = """
              person.birthDate: { from: 出生, with: [date] }
              person.hukouDivision: { from: 户籍, with: [trim, digits], lossy: true }
              content.permitNumber: { from: 证号, with: [{ replace: { find: 号, by: "" } }, { slice: { from: 1 } }], lossy: true }
            """
        let error = #expect(throws: MappingMistakes.self) { try Outward.mapping(fields).readOutward() }
        #expect(
            error?.mistakes.map { "\($0.line):\($0.column) \($0.message)" } == [
                "16:50 the step digits cannot be read back, so nothing fills the column 户籍",
                "17:46 the step replace cannot be read back, so nothing fills the column 证号",
            ])
        let listed = try Outward.mapping(
            fields, outward: "outward: { columns: [备注, 姓名, 证件号码] }"
        ).readOutward()
        let cells = try OutwardRows(listed).cells(of: Outward.envelope())
        #expect(cells?.map { String(decoding: $0, as: UTF8.self) } == ["", "夏建雪", "450123198012316804"])
    }

    @Test func whatTheFormatHasNoColumnForIsCounted() throws {
        let rows = OutwardRows(try Outward.mapping(Outward.plain).readOutward())
        for more in ["", #","issuedOn":"2024-01-01""#, #","issuedOn":"2024-01-02","endorsedUntil":"2025-01-01""#] {
            _ = try rows.cells(of: Outward.envelope(more: more))
        }
        #expect(rows.withoutColumn == ["content.issuedOn": 2, "content.endorsedUntil": 1])
    }

    @Test func aColumnThatOnlyTheRecordsIdHasIsNamed() throws {
        let error = #expect(throws: MappingMistakes.self) { try Fixtures.mapping("guangdong-departures").readOutward() }
        #expect(
            error?.mistakes.map(\.message) == ["the column 来本地日期 is only in the record's id, which cannot be read back"]
        )
        #expect(error?.mistakes.first?.line == 22)
    }
}
