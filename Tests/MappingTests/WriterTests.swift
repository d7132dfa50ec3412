import Foundation
import Intake
import Interchange
import Mapping
import Testing

@Suite struct WriterTests {
    private static let columns = ["证件号码", "姓名", "证号"]
    private static let cells = ["450123198012316804", "李𠮷", "GD1"].map { Array($0.utf8) }
    /// 2026-06-30.
    private static let today = CivilDate(daysSince1970: 20_634)

    private func file(_ writer: any RowWriter, _ rows: [[UInt8]]...) throws -> [UInt8] {
        var out = writer.head(rows: rows.count, today: Self.today)
        for (place, row) in rows.enumerated() { out += try writer.row(row, isFirst: place == 0) }
        return out + writer.tail()
    }

    @Test func csvKeepsTheHeadersLineAndTheEncoding() throws {
        let bytes = try file(CSVWriter(columns: Self.columns, header: 3, encoding: .gb18030), Self.cells)
        #expect(bytes.starts(with: [0x0D, 0x0A, 0x0D, 0x0A, 0xD6, 0xA4, 0xBC, 0xFE]))
        // 李 is C0EE, 𠮷 (U+20BB7) 9534B235.
        #expect(bytes.split(separator: 0x2C)[3].elementsEqual([0xC0, 0xEE, 0x95, 0x34, 0xB2, 0x35]))
        let utf8 = try file(CSVWriter(columns: Self.columns, header: 1, encoding: .utf8), Self.cells)
        #expect(String(decoding: utf8, as: UTF8.self) == "证件号码,姓名,证号\r\n450123198012316804,李𠮷,GD1\r\n")
        let tabs = try file(
            CSVWriter(columns: ["a", "b"], header: 1, separator: .tab, encoding: .utf8), [Array("1,2".utf8), []])
        #expect(String(decoding: tabs, as: UTF8.self) == "a\tb\r\n1,2\t\r\n")
        let marked = try file(CSVWriter(columns: Self.columns, header: 1, encoding: .auto))
        #expect(marked.starts(with: [0xEF, 0xBB, 0xBF, 0xE8]))
    }

    @Test func fixedWidthIsPaddedInBytesAndNeverCut() throws {
        let writer = FixedWidthWriter(columns: Self.columns, widths: [18, 8, 4], encoding: .gb18030)
        let row = try writer.row(Self.cells, isFirst: true)
        #expect(
            row == Array("450123198012316804".utf8) + [0xC0, 0xEE, 0x95, 0x34, 0xB2, 0x35] + Array("  GD1 \r\n".utf8))
        let long = ["1", "李𠮷国", ""].map { Array($0.utf8) }
        #expect(try writer.row(long, isFirst: true).count == 32)
        let tooLong = ["1", "李𠮷国一", ""].map { Array($0.utf8) }
        let error = #expect(throws: OutwardError.self) { try writer.row(tooLong, isFirst: true) }
        #expect(error?.code == .tooLong)
        #expect(error?.place == "姓名")
    }

    @Test func xmlEscapesWhatMarkupMeans() throws {
        let cells = ["1", "<a&b>", "]]>"].map { Array($0.utf8) }
        let writer = XMLWriter(columns: Self.columns, root: "数据", element: "人员", encoding: .utf8)
        #expect(
            String(decoding: try file(writer, cells), as: UTF8.self) == """
                <?xml version="1.0" encoding="UTF-8"?>
                <数据>
                <人员><证件号码>1</证件号码><姓名>&lt;a&amp;b&gt;</姓名><证号>]]&gt;</证号></人员>
                </数据>

                """)
        let gb = try file(XMLWriter(columns: Self.columns, root: "r", element: "e", encoding: .gb18030), Self.cells)
        #expect(gb.starts(with: #"<?xml version="1.0" encoding="GB18030"?>"#.utf8))
        #expect(gb.contains(0xC0))
    }

    @Test func columnsFurtherDownStandWhereTheReadersFindThem() throws {
        let cells = ["1", "a\"b", "x", "y"].map { Array($0.utf8) }
        let xml = XMLWriter(
            columns: ["XH", "证件/@类型", "证件/号码", "证件/有效/至"], root: "r", element: "e", encoding: .utf8)
        #expect(
            String(decoding: try xml.row(cells, isFirst: true), as: UTF8.self)
                == "<e><XH>1</XH><证件 类型=\"a&quot;b\"><号码>x</号码><有效><至>y</至></有效></证件></e>\n")
        let json = JSONRowWriter(columns: ["id", "/person/a~1b", "/person/name", "/z"], arrayAt: nil)
        #expect(
            String(decoding: try json.row(cells, isFirst: true), as: UTF8.self)
                == #"{"id":"1","person":{"a/b":"a\"b","name":"x"},"z":"y"}"# + "\n")
    }

    @Test(arguments: [
        ("format: xml, encoding: utf-8, header: 人员", "a b", "the column a b is no path of elements"),
        ("format: xml, encoding: utf-8, header: 人员", "姓名/拼音", "the column 姓名/拼音 is in another column, or holds one"),
        ("format: ndjson, encoding: utf-8", "/phones/0", "the column /phones/0 leads into an array"),
        (
            "format: dbf, encoding: gb18030", "来本地登记日期",
            "the column 来本地登记日期 has more than the 10 bytes of a DBF field's name"
        ),
    ])
    func aColumnThatTheFormatCannotNameIsTold(source: String, column: String, message: String) throws {
        let columns = "outward: { columns: [证件号码, 姓名, \"\(column)\"] }"
        let mapping = try Outward.mapping(Outward.plain, source: source, outward: columns)
        let error = #expect(throws: MappingMistakes.self) { try mapping.readOutward() }
        #expect(error?.mistakes.map(\.message) == [message])
    }

    @Test func jsonHasOneObjectForEachRow() throws {
        let quoted = ["1", "a\"b\\", ""].map { Array($0.utf8) }
        let array = Data(try file(JSONRowWriter(columns: Self.columns, arrayAt: []), Self.cells, quoted))
        let objects = try #require(try JSONSerialization.jsonObject(with: array) as? [[String: String]])
        #expect(
            objects == [
                ["证件号码": "450123198012316804", "姓名": "李𠮷", "证号": "GD1"], ["证件号码": "1", "姓名": "a\"b\\", "证号": ""],
            ])
        let none = Data(try file(JSONRowWriter(columns: Self.columns, arrayAt: [])))
        #expect(try JSONSerialization.jsonObject(with: none) as? [String] == [])
        let inside = try file(JSONRowWriter(columns: ["a"], arrayAt: ["d", "r"]), [Array("1".utf8)])
        #expect(String(decoding: inside, as: UTF8.self) == "{\"d\":{\"r\":[\n{\"a\":\"1\"}\n]}}\n")
        let lines = try file(JSONRowWriter(columns: ["a"], arrayAt: nil), [Array("1".utf8)], [Array("2".utf8)])
        #expect(lines == Array("{\"a\":\"1\"}\n{\"a\":\"2\"}\n".utf8))
    }

    @Test func aDBFTellsItsFieldsAndItsRows() throws {
        let writer = DBFWriter(columns: Self.columns, widths: [18, 8, 4], encoding: .gb18030)
        #expect(writer.headTellsRows)
        let bytes = try file(writer, Self.cells, Self.cells)
        // dBASE III without memo, 2026-06-30, 2 records, a head of 32 + 3 × 32 + 1 bytes, 31 bytes a record, code page 936.
        #expect(bytes.prefix(12).elementsEqual([0x03, 126, 6, 30, 2, 0, 0, 0, 129, 0, 31, 0]))
        #expect(bytes[29] == 0x4D)
        #expect(bytes[32..<44].elementsEqual([0xD6, 0xA4, 0xBC, 0xFE, 0xBA, 0xC5, 0xC2, 0xEB, 0, 0, 0, 0x43]))
        #expect(bytes[48] == 18)
        #expect(bytes[128] == 0x0D)
        #expect(bytes[129] == 0x20)
        #expect(bytes[129 + 31..<129 + 49].elementsEqual([0x20] + "45012319801231680".utf8))
        #expect(bytes.count == 129 + 2 * 31 + 1)
        #expect(bytes.last == 0x1A)
        let tooLong = ["1", "李𠮷国一", ""].map { Array($0.utf8) }
        #expect(throws: OutwardError.self) { try writer.row(tooLong, isFirst: true) }
    }
}
