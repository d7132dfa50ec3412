import Foundation
import Intake
import Interchange
import Mapping
import Testing

/// One good arrival in each format, by the same rules.
@Suite struct FormatSampleTests {
    private static let cells = [
        "XH": "1", "XM": "夏建雪", "XB": "女", "CSRQ": "1980-12-31", "ZJLX": "居民身份证", "ZJHM": "450123198012316804",
        "HJQH": "450123", "JZQH": "441823", "LDRQ": "2019-10-06", "DJRQ": "2019-10-16", "LRYY": "其他", "HYZK": "未婚",
    ]
    private static let order = [
        "XH", "XM", "XB", "CSRQ", "ZJLX", "ZJHM", "HJQH", "JZQH", "LDRQ", "DJRQ", "LRYY", "HYZK",
    ]

    private func mapping(_ source: String, drop: String = "[XH, HYZK]") throws -> CompiledMapping {
        let yaml = String(decoding: try Fixtures.bytes("config/mappings/zhejiang-arrivals.yaml"), as: UTF8.self)
        let fields = try #require(yaml.range(of: "constants:")).lowerBound
        let head = "mapping: t\nkind: arrival\nsource:\n\(source)\ndrop: \(drop)\n"
        return try CompiledMapping.compile(yaml: head + yaml[fields...], file: "t.yaml")
    }

    private func rows(_ bytes: [UInt8], _ mapping: CompiledMapping) throws -> ([TransformedRow], RunCounts) {
        let stream = try Transformer(mapping, context: Fixtures.context()).open(MemorySource(bytes))
        var rows: [TransformedRow] = []
        while let row = try stream.next() { rows.append(row) }
        return (rows, stream.counts)
    }

    private func file(_ format: String, changing changes: [String: String] = [:]) -> [UInt8] {
        let cells = Self.cells.merging(changes) { $1 }
        let values = Self.order.map { cells[$0] ?? "" }
        let pairs = zip(Self.order, values)
        switch format {
        case "xml":
            let row = pairs.map { "<\($0)>\($1)</\($0)>" }.joined()
            return Array("<r><人员>\(row)</人员></r>".utf8)
        case "json", "ndjson":
            let row = pairs.map { "\"\($0)\":\"\($1)\"" }.joined(separator: ",")
            return Array((format == "json" ? "{\"data\":[{\(row)}]}" : "{\(row)}\n").utf8)
        case "fixedWidth":
            return Array((values.map { $0 + String(repeating: " ", count: 24 - $0.utf8.count) }.joined() + "\n").utf8)
        default:
            return Array((Self.order.joined(separator: "\t") + "\n" + values.joined(separator: "\t") + "\n").utf8)
        }
    }

    private static let sources = [
        "csv": "  format: csv\n  separator: tab", "xml": "  format: xml\n  header: 人员", "ndjson": "  format: ndjson",
        "json": "  format: json\n  header: /data",
        "fixedWidth": "  format: fixedWidth\n  header: { \(order.map { "\($0): 24" }.joined(separator: ", ")) }",
    ]

    @Test(arguments: ["csv", "xml", "json", "ndjson", "fixedWidth"])
    func everyFormatGivesTheSameRecord(format: String) throws {
        let mapping = try mapping(try #require(Self.sources[format]))
        let (rows, counts) = try rows(file(format), mapping)
        #expect(rows.first?.outcome == .accept)
        #expect(rows.first?.draft?.record.description == "45-44-3EG0BVMS611HWXXR6TYX36SJ4F")
        #expect(counts.forbiddenColumns == ["HYZK"])
        #expect(counts.byCode == [.forbiddenContent: 1])
        #expect(try mapping.check(sample: MemorySource(file(format))).mistakes.isEmpty)
    }

    @Test(arguments: ["csv", "xml", "json", "ndjson", "fixedWidth"])
    func forbiddenContentIsInNoQuarantinedRow(format: String) throws {
        let mapping = try mapping(try #require(Self.sources[format]))
        let (rows, _) = try rows(file(format, changing: ["XM": "夏1"]), mapping)
        let raw = String(decoding: try #require(rows.first?.raw), as: UTF8.self)
        #expect(rows.first?.outcome == .quarantine)
        #expect(raw.contains("450123198012316804"))
        #expect(!raw.contains("未婚"))
    }

    @Test(arguments: ["csv", "xml", "json", "ndjson"])
    func aColumnThatIsNeitherUsedNorDroppedIsRefused(format: String) throws {
        let mapping = try mapping(try #require(Self.sources[format]), drop: "[XH, X]")
        let bytes = file(format)
        let known = Transformer(mapping, context: Fixtures.context())
        #expect(throws: Never.self) { try known.open(MemorySource(bytes)) }
        let unknown = Array(
            String(decoding: bytes, as: UTF8.self).split(separator: "HYZK").joined(separator: "血型").utf8)
        let error = #expect(throws: IntakeError.self) { try known.open(MemorySource(unknown)) }
        #expect(error?.code == .columnUnknown)
        let messages = try mapping.check(sample: MemorySource(unknown)).mistakes.map(\.message)
        #expect(messages == ["the column 血型 is neither used nor dropped"])
    }

    @Test(arguments: ["xml", "json", "ndjson"])
    func aMemberThatIsNotThereIsEmpty(format: String) throws {
        let mapping = try mapping(try #require(Self.sources[format]))
        let text = String(decoding: file(format), as: UTF8.self)
        let without = text.split(separator: "<XM>夏建雪</XM>").joined().split(separator: "\"XM\":\"夏建雪\",").joined()
        let (rows, _) = try rows(Array(without.utf8), mapping)
        #expect(rows.first?.codes == [.required])
        #expect(rows.first?.violations.first?.column == "XM")
    }

    @Test func aNumberOfJSONKeepsItsDigits() throws {
        let mapping = try mapping("  format: ndjson")
        let text = String(decoding: file("ndjson"), as: UTF8.self)
        let number = text.split(separator: "\"450123198012316804\"").joined(separator: "450123198012316804")
        #expect(try rows(Array(number.utf8), mapping).0.first?.outcome == .accept)
        let double = text.split(separator: "\"450123198012316804\"").joined(separator: "4.5012319801231e17")
        #expect(try rows(Array(double.utf8), mapping).0.first?.codes == [.idDamaged])
    }

    @Test func aLabelSaysWhatAColumnTellsOf() throws {
        let source = "  format: ndjson\n  labels: { c7: 子女数, HYZK: 行业状况 }"
        let (rows, counts) = try rows(
            Array("{\"XH\":\"1\",\"XM\":\"夏\",\"c7\":\"secret\",\"HYZK\":\"unused\"}\n".utf8),
            try mapping(source, drop: "[XH, c7, HYZK]"))
        #expect(counts.forbiddenColumns == ["c7"])
        let raw = String(decoding: try #require(rows.first?.raw), as: UTF8.self)
        #expect(raw == "{\"XH\":null,\"XM\":\"夏\",\"c7\":null,\"HYZK\":null}")
    }

    @Test func whatTheHeadOfARowMayNotSayIsTold() throws {
        for (source, message) in [
            ("  format: fixedWidth", "source.header must name the columns with their widths"),
            ("  format: fixedWidth\n  header: { XH: 0 }", "the width of XH must be a number of bytes"),
            ("  format: fixedWidth\n  header: {}", "source.header names no column"),
            ("  format: xml", "source.header must name the element that is repeated"),
            ("  format: xml\n  header: \"<a>\"", "source.header must be the name of an element"),
            ("  format: json\n  header: data", "source.header must be the JSON Pointer"),
            ("  format: dbf\n  header: GBK", "source.header must be a language driver's number"),
            ("  format: dbf\n  separator: tab", "source.separator belongs to csv"),
            ("  format: fixedWidth\n  header: { XH: 6, HYZK: 4 }", "source.header has no column ZJLX"),
            (
                "  format: fixedWidth\n  header: { \(Self.order.map { "\($0): 9" }.joined(separator: ", ")), BZ: 9 }",
                "the column BZ is neither used nor dropped"
            ),
        ] {
            let error = #expect(throws: MappingMistakes.self) { try mapping(source) }
            #expect(error?.mistakes.contains { $0.message.hasPrefix(message) } == true, "\(source)")
        }
    }

    @Test func aForbiddenColumnCannotBeUsedWhateverItIsCalled() throws {
        for label in ["婚姻状况", "孕检结果"] {
            let source = "  format: ndjson\n  labels: { XM: \(label) }"
            let error = #expect(throws: MappingMistakes.self) { try mapping(source) }
            #expect(error?.mistakes.contains { $0.message.hasPrefix("the column XM tells of") } == true)
        }
    }

    @Test(arguments: [
        ("zhejiang-arrivals", "xml", "打酱油", 4), ("liaoning-arrivals", "dbf", "打酱油", 5),
        ("heilongjiang-arrivals", "txt", "打酱油", 2),
    ])
    func samplesPassTheStaticCheckOfTheirMapping(name: String, suffix: String, word: String, count: Int) throws {
        let sample = try Fixtures.bytes("Tests/Fixtures/samples/\(name).\(suffix)")
        let findings = try Fixtures.mapping(name).check(sample: MemorySource(sample))
        #expect(findings.mistakes.isEmpty)
        let column = suffix == "txt" ? "流入原因" : "LRYY"
        #expect(findings.uncovered == [SampleFindings.Uncovered(column: column, word: word, count: count)])
    }
}
