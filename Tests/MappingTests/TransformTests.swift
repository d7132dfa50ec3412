import Foundation
import Intake
import Interchange
import Mapping
import Testing

@Suite struct TransformTests {
    private func utf8Arrivals() throws -> CompiledMapping { try Fixtures.mapping("shanghai-arrivals") }

    @Test func aRowBecomesADraft() throws {
        let (rows, counts) = try Fixtures.rows(Arrivals.header + Arrivals.row(), try utf8Arrivals())
        let draft = try #require(rows.first?.draft)
        #expect(rows[0].outcome == .accept)
        #expect(draft.record.description == "45-44-3EG0BVMS611HWXXR6TYX36SJ4F")
        #expect(draft.from.description == "44")
        #expect(draft.to.description == "45")
        #expect(draft.issuedAt.description == "2026-06-30T08:00:00Z")
        #expect(draft.retainUntil.description == "2029-06-29")
        #expect(draft.division?.description == "441823")
        #expect(draft.effective?.description == "2019-10-06")
        #expect(
            String(decoding: draft.fixed, as: UTF8.self) == #""purpose":"residenceRegistration","#
                + #""legalBasis":"居住证暂行条例 第7条","person":{"idType":"residentId","idNumber":"450123198012316804","#
                + #""name":"夏建雪","sex":"2","birthDate":"1980-12-31","hukouDivision":"450123"},"#
                + #""content":{"residenceDivision":"441823","arrivalDate":"2019-10-06","registeredOn":"2019-10-16","#
                + #""reason":"99"}"#)
        #expect(counts.accepted == 1)
        #expect(counts.forbiddenColumns == ["婚姻状况", "子女数", "避孕措施"])
        #expect(counts.byCode == [.forbiddenContent: 3])
    }

    @Test func theSourcesSpellingDoesNotChangeTheRecord() throws {
        let text =
            Arrivals.header + Arrivals.row() + Arrivals.row(number: "'450123198012316804\t", arrived: "2019年10月6日")
            + Arrivals.row(arrived: "2019-10-07")
        let (rows, counts) = try Fixtures.rows(text, try utf8Arrivals())
        #expect(rows[0].draft?.record == rows[1].draft?.record)
        #expect(rows[0].draft?.fixed == rows[1].draft?.fixed)
        #expect(rows[0].draft?.record != rows[2].draft?.record)
        #expect(counts.normalised == ["idNumber": 1, "date": 1])
    }

    @Test func aRowInQuarantineKeepsAWellFormedNumberForLookUps() throws {
        let text =
            Arrivals.header + Arrivals.row(arrived: "2019-13-01") + Arrivals.row(number: "4501231980", arrived: "x")
            + Arrivals.row()
        let rows = try Fixtures.rows(text, try utf8Arrivals()).rows
        #expect(rows.map(\.outcome) == [.quarantine, .quarantine, .accept])
        #expect(rows.map(\.subject) == [Array("450123198012316804".utf8), nil, nil])
    }

    @Test func whatStepsAndTablesCannotReadIsToldWithItsColumn() throws {
        let text = Arrivals.header + Arrivals.row(arrived: "2019-13-01", reason: "打酱油")
        let row = try #require(try Fixtures.rows(text, try utf8Arrivals()).rows.first)
        #expect(row.outcome == .quarantine)
        #expect(row.draft == nil)
        let date = try #require(row.violations.first { $0.violation.code == .dateInvalid })
        #expect(date.column == "来本地日期")
        #expect(date.violation.pointer == "/content/arrivalDate")
        let reason = try #require(row.violations.first { $0.violation.code == .codeUnknown })
        #expect(reason.column == "流入原因")
        #expect(!row.codes.contains(.required))
        #expect(!"\(row.violations)".contains("打酱油"))
        #expect(!"\(row.violations)".contains("2019-13-01"))
    }

    @Test func anEmptyCellFillsNothing() throws {
        let (rows, _) = try Fixtures.rows(
            Arrivals.header + Arrivals.row(name: "\u{3000}", reason: ""), try utf8Arrivals())
        #expect(rows[0].codes == [.required])
        #expect(rows[0].violations.first?.column == "姓名")
        #expect(rows[0].violations.first?.violation.pointer == "/person/name")
    }

    @Test func withoutAHomeProvinceOnlyTheDivisionIsToBlame() throws {
        let (rows, _) = try Fixtures.rows(Arrivals.header + Arrivals.row(hukou: ""), try utf8Arrivals())
        #expect(rows[0].outcome == .quarantine)
        #expect(!rows[0].codes.contains(.sameProvince))
        #expect(!rows[0].codes.contains(.wrongProvince))
        #expect(rows[0].violations.first?.column == "户籍地区划")
    }

    @Test func aRowOfAnotherProvinceIsNotThisGateways() throws {
        let text = Arrivals.header + Arrivals.row()
        #expect(try Fixtures.rows(text, try utf8Arrivals(), gateway: "44").rows[0].outcome == .accept)
        #expect(try Fixtures.rows(text, try utf8Arrivals(), gateway: "31").rows[0].codes.contains(.wrongProvince))
    }

    @Test func flagsStandInTheEnvelope() throws {
        let text = Arrivals.header + Arrivals.row(number: "450123198012316805")
        let row = try #require(try Fixtures.rows(text, try utf8Arrivals()).rows.first)
        #expect(row.outcome == .flag)
        #expect(row.draft?.flags == [.idChecksum])
        let fixed = String(decoding: try #require(row.draft?.fixed), as: UTF8.self)
        #expect(fixed.contains(#"第7条","flags":["ID_CHECKSUM"],"person":{"#))
    }

    @Test func forbiddenContentIsInNoQuarantinedRow() throws {
        let (rows, _) = try Fixtures.rows(Arrivals.header + Arrivals.row(name: "") + "1,2\r\n", try utf8Arrivals())
        #expect(String(decoding: rows[0].raw, as: UTF8.self).hasSuffix(",其他,,,,,,"))
        #expect(rows[1].codes == [.format])
        #expect(rows[1].raw == [])
    }

    @Test func aDepartureNamesTheArrivalsRecord() throws {
        let departures =
            "序号,姓名,性别,出生日期,证件类型,证件号码,户籍地区划,来本地日期,离开日期,离开原因\n"
            + "1,夏建雪,女,1980-12-31,居民身份证,４５０１２３１９８０１２３１６８０４,450123,20191006,2024.3.1,返乡\n"
            + "2,夏建雪,女,1980-12-31,居民身份证,450123198012316804,450123,,2024-03-01,返乡\n"
        let (rows, _) = try Fixtures.rows(departures, try Fixtures.mapping("guangdong-departures"))
        let draft = try #require(rows[0].draft)
        #expect(draft.reference?.description == "45-44-3EG0BVMS611HWXXR6TYX36SJ4F")
        #expect(draft.record.description == "45-44-4GH7HXXE5TKVAPXM10A8H16CX2")
        #expect(draft.from.description == "44")
        let fixed = String(decoding: draft.fixed, as: UTF8.self)
        #expect(
            fixed.hasSuffix(
                #""content":{"arrivalRecord":"45-44-3EG0BVMS611HWXXR6TYX36SJ4F","departureDate":"2024-03-01","cause":"returnedHome"}"#
            ))
        #expect(rows[1].codes == [.required])
        #expect(rows[1].violations[0].violation.pointer == "/content/arrivalRecord")
    }

    @Test func aKeyColumnWithoutAFieldHasItsNormalForm() throws {
        let yaml = String(decoding: try Fixtures.bytes("config/mappings/guangdong-departures.yaml"), as: UTF8.self)
            .split(separator: "{ from: 来本地日期, with: [date] }").joined(separator: "来本地日期")
        let mapping = try CompiledMapping.compile(yaml: yaml, file: "d.yaml")
        let departures =
            "序号,姓名,性别,出生日期,证件类型,证件号码,户籍地区划,来本地日期,离开日期,离开原因\n"
            + "1,夏建雪,女,1980-12-31,居民身份证,450123198012316804,450123,2019年10月6日,2024-03-01,返乡\n"
        let row = try #require(try Fixtures.rows(departures, mapping).rows.first)
        #expect(row.draft?.reference?.description == "45-44-3EG0BVMS611HWXXR6TYX36SJ4F")
    }

    @Test func theDraftsLineIsTheOneThatWasChecked() throws {
        let draft = try #require(
            try Fixtures.rows(Arrivals.header + Arrivals.row(), try utf8Arrivals()).rows.first?.draft)
        let id = try #require(MessageID("00000000-0000-7000-8000-000000000000"))
        let line = String(decoding: draft.line(id: id, version: 1, salt: (0, 0)), as: UTF8.self)
        #expect(
            line.hasPrefix(
                #"{"interchange":"1.0","id":"00000000-0000-7000-8000-000000000000","kind":"arrival","from":"44","to":"45","#
                    + #""record":"45-44-3EG0BVMS611HWXXR6TYX36SJ4F","version":1,"issuedAt":"2026-06-30T08:00:00Z","#
                    + #""retainUntil":"2029-06-29","salt":"AAAAAAAAAAAAAAAAAAAAAA","purpose":"#))
    }
}

@Suite struct FileRefusalTests {
    private func refusal(_ bytes: [UInt8], mapping: String) throws -> IntakeError? {
        let transformer = Transformer(try Fixtures.mapping(mapping), context: Fixtures.context())
        return #expect(throws: IntakeError.self) { try transformer.open(MemorySource(bytes)) }
    }

    @Test func theWrongEncodingIsRefusedWhole() throws {
        let gb18030 = try Fixtures.bytes("Tests/Fixtures/samples/guangdong-arrivals.csv")
        #expect(try refusal(gb18030, mapping: "shanghai-arrivals")?.code == .encoding)
        #expect(try refusal(gb18030, mapping: "shanghai-arrivals")?.byteOffset == 0)
        let utf8 = try Fixtures.bytes("Tests/Fixtures/samples/shanghai-arrivals.csv")
        #expect(try refusal(utf8, mapping: "guangdong-arrivals")?.code == .encoding)
        // Without its mark the file reads as GB 18030 up to 现居住地址, whose fifteen bytes make no whole characters.
        #expect(try refusal(Array(utf8.dropFirst(3)), mapping: "guangdong-arrivals")?.byteOffset == 81)
    }

    @Test func missingAndUnknownColumnsAreRefused() throws {
        let header = Arrivals.header
        let missing = header.split(separator: "登记日期,").joined()
        #expect(try refusal(Array(missing.utf8), mapping: "shanghai-arrivals")?.code == .columnMissing)
        let unknown = "血型," + header
        #expect(try refusal(Array(unknown.utf8), mapping: "shanghai-arrivals")?.code == .columnUnknown)
        #expect(try refusal(Array(unknown.utf8), mapping: "shanghai-arrivals")?.byteOffset == 0)
        let last = header.dropLast() + ",血型\r\n"
        #expect(
            try refusal(Array(last.utf8), mapping: "shanghai-arrivals")?.byteOffset == Arrivals.header.utf8.count - 1)
    }

    @Test func aForbiddenColumnIsDroppedThoughNoOneNamesIt() throws {
        let text = "孕检," + Arrivals.header + "阳性," + Arrivals.row()
        let (rows, counts) = try Fixtures.rows(text, try Fixtures.mapping("shanghai-arrivals"))
        #expect(rows[0].outcome == .accept)
        #expect(counts.forbiddenColumns == ["孕检", "婚姻状况", "子女数", "避孕措施"])
    }

    @Test func aTruncatedFileIsRefusedWhole() throws {
        let sample = try Fixtures.bytes("Tests/Fixtures/samples/guangdong-arrivals.csv")
        // Byte 300,001 lies inside a character of the address in some row.
        let cut = try #require(sample[300_000...].firstIndex { $0 >= 0x81 })
        #expect(try refusal(Array(sample[...cut]), mapping: "guangdong-arrivals")?.code == .truncated)
    }

    @Test func anEmptyFileIsRefused() throws {
        #expect(try refusal([], mapping: "guangdong-arrivals")?.code == .empty)
    }
}
