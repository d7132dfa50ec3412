import Intake
import Testing

@Suite struct GB18030EncodingTests {
    /// Bytes of the standard's edition of 2022 where editions differ, as published; others from the standard's tables.
    @Test(
        arguments: [
            ("啊", [0xB0, 0xA1]), ("€", [0x80 + 0x22, 0xE3]), ("\u{9FB4}", [0xFE, 0x59]), ("\u{4DAE}", [0xFE, 0x9F]),
            ("\u{20BB7}", [0x95, 0x34, 0xB2, 0x35]), ("\u{10FFFF}", [0xE3, 0x32, 0x9A, 0x35]),
            ("ñ", [0x81, 0x30, 0x8A, 0x39]),
            ("\u{1E3F}", [0xA8, 0xBC]), ("·", [0xA1, 0xA4]), ("a", [0x61]), ("\u{FFFD}", [0x84, 0x31, 0xA4, 0x37]),
            ("\u{80}", [0x81, 0x30, 0x81, 0x30]), ("", []),
        ] as [(String, [UInt8])])
    func aCharacterHasItsCode(text: String, bytes: [UInt8]) {
        var out: [UInt8] = []
        GB18030Encoding.standard.append(text.utf8, to: &out)
        #expect(out == bytes)
    }

    @Test func whatIsWrittenIsReadAsTheSameText() throws {
        let plane = (0x80...0xFFFF as ClosedRange<UInt32>).compactMap(Unicode.Scalar.init)
        let beyond = stride(from: 0x10000 as UInt32, through: 0x10FFFF, by: 997).compactMap(Unicode.Scalar.init)
        var lines: [String] = []
        var scalars = (plane + beyond)[...]
        while !scalars.isEmpty {
            var line = String.UnicodeScalarView()
            line.append(contentsOf: scalars.prefix(4_000))
            lines.append(String(line))
            scalars = scalars.dropFirst(4_000)
        }
        var bytes = Array("text\n".utf8)
        for line in lines { GB18030Encoding.standard.append("x\(line)x\n".utf8, to: &bytes) }
        var reader = try CSVReader(input: MemorySource(bytes), encoding: .gb18030)
        reader.follow(ReadingPlan(decoded: [true], withheld: [false]))
        var row = RowBuffer()
        for line in lines {
            #expect(try reader.next(into: &row))
            #expect(row.bytes.elementsEqual("x\(line)x".utf8), "row \(row.number)")
        }
        #expect(try !reader.next(into: &row))
    }

    @Test func illFormedTextIsReplaced() {
        var out: [UInt8] = []
        GB18030Encoding.standard.append([0x61, 0xFF, 0x62], to: &out)
        #expect(out == [0x61, 0x84, 0x31, 0xA4, 0x37, 0x62])
    }
}
