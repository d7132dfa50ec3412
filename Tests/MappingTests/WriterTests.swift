import Foundation
import Intake
import Interchange
import Mapping
import Testing

@Suite struct WriterTests {
    private static let layout = "证件号码: 18, 姓名: 8, 性别: 2, 出生: 16, 户籍: 6, 证号: 4"

    /// The mapping with another format. Whether a source in that format can be read is not the question here.
    private func writer(_ source: String, outward: String = "") throws -> (OutwardRows, any RowWriter)? {
        do {
            let mapping = try Outward.mapping(Outward.plain, source: source, outward: outward).readOutward()
            return (OutwardRows(mapping), mapping.writer())
        } catch let error as MappingMistakes {
            try #require(error.mistakes.contains { $0.message.contains("is not in this version") })
            return nil
        }
    }

    private func rows(_ made: (rows: OutwardRows, writer: any RowWriter), _ envelopes: [UInt8]...) throws -> [UInt8] {
        var out = made.writer.head(rows: envelopes.count, today: CivilDate(daysSince1970: 20_634))
        for (place, envelope) in envelopes.enumerated() {
            out += try made.writer.row(try #require(try made.rows.cells(of: envelope)), isFirst: place == 0)
        }
        return out + made.writer.tail()
    }

    @Test func csvKeepsTheHeadersLineAndTheEncoding() throws {
        let made = try #require(try writer("format: csv, encoding: gb18030, header: 3"))
        let bytes = try rows(made, Outward.envelope(name: "李𠮷"))
        #expect(bytes.starts(with: [0x0D, 0x0A, 0x0D, 0x0A, 0xD6, 0xA4, 0xBC, 0xFE]))
        // 李 is C0EE, 𠮷 (U+20BB7) 9534B235.
        #expect(bytes.split(separator: 0x2C)[6].elementsEqual([0xC0, 0xEE, 0x95, 0x34, 0xB2, 0x35]))
        let marked = try #require(try writer("format: csv, encoding: auto"))
        #expect(marked.1.head(rows: 0, today: CivilDate(daysSince1970: 0)).starts(with: [0xEF, 0xBB, 0xBF]))
    }

    @Test func fixedWidthIsPaddedInBytesAndNeverCut() throws {
        guard let made = try writer("format: fixedWidth, encoding: gb18030, header: { \(Self.layout) }") else { return }
        let row = try rows(made, Outward.envelope())
        #expect(row.count == 18 + 8 + 2 + 16 + 6 + 4 + 2)
        #expect(row.suffix(12).elementsEqual("0123  GD1 \r\n".utf8))
        let cells = try #require(try made.0.cells(of: Outward.envelope(permit: "GD123")))
        let error = #expect(throws: OutwardError.self) { try made.1.row(cells, isFirst: true) }
        #expect(error?.code == .tooLong)
        #expect(error?.place == "证号")
    }

    @Test func xmlEscapesWhatMarkupMeans() throws {
        guard let made = try writer("format: xml, encoding: utf-8, header: 人员", outward: "outward: { root: 数据 }") else {
            return
        }
        let text = String(decoding: try rows(made, Outward.envelope(permit: "<a&b>")), as: UTF8.self)
        #expect(
            text == """
                <?xml version="1.0" encoding="UTF-8"?>
                <数据>
                <人员><证件号码>450123198012316804</证件号码><姓名>夏建雪</姓名><性别>女</性别><出生>1980年12月31日</出生><户籍>0123</户籍><证号>&lt;a&amp;b&gt;</证号></人员>
                </数据>

                """)
    }

    @Test func jsonHasOneObjectForEachRow() throws {
        guard let made = try writer("format: json, encoding: utf-8") else { return }
        let data = Data(try rows(made, Outward.envelope(), Outward.envelope(permit: #"a\"b"#)))
        let objects = try #require(try JSONSerialization.jsonObject(with: data) as? [[String: String]])
        #expect(objects.count == 2)
        #expect(
            objects[1] == [
                "证件号码": "450123198012316804", "姓名": "夏建雪", "性别": "女", "出生": "1980年12月31日", "户籍": "0123", "证号": "a\"b",
            ])
    }

    @Test func aDBFTellsItsFieldsAndItsRows() throws {
        guard
            let made = try writer("format: dbf, encoding: gb18030", outward: "outward: { widths: { \(Self.layout) } }")
        else {
            return
        }
        #expect(made.1.headTellsRows)
        let bytes = try rows(made, Outward.envelope(), Outward.envelope())
        // dBASE III without memo, made 2026-06-30, 2 records, 6 fields of 32 bytes, 55 bytes a record, code page 936.
        #expect(bytes.prefix(12).elementsEqual([0x03, 126, 6, 30, 2, 0, 0, 0, 225, 0, 55, 0]))
        #expect(bytes[29] == 0x4D)
        #expect(bytes[32..<43].elementsEqual([0xD6, 0xA4, 0xBC, 0xFE, 0xBA, 0xC5, 0xC2, 0xEB, 0, 0, 0]))
        #expect(bytes[43] == 0x43)
        #expect(bytes[48] == 18)
        #expect(bytes[224] == 0x0D)
        #expect(bytes[225] == 0x20)
        #expect(bytes.count == 225 + 2 * 55 + 1)
        #expect(bytes.last == 0x1A)
    }
}
