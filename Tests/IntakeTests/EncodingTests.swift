import Intake
import Testing

/// What the bytes decode to, as one cell under a column `a`.
func decoded(_ bytes: [UInt8], as encoding: SourceEncoding = .gb18030) throws -> String {
    var reader = try CSVReader(input: MemorySource(Array("a\n".utf8) + bytes), encoding: encoding)
    reader.follow(ReadingPlan(decoded: [true], withheld: [false]))
    try reader.verify()
    var row = RowBuffer()
    guard try reader.next(into: &row), row.fault == nil else { return "" }
    return String(decoding: row.bytes, as: UTF8.self)
}

@Suite struct EncodingTests {
    @Test(arguments: [
        // The edition of 2022, two bytes.
        ([0xFE, 0x59], "\u{9FB4}"), ([0xFE, 0x9F], "\u{4DAE}"), ([0xFE, 0x61], "\u{9FB5}"), ([0xFE, 0x66], "\u{9FB6}"),
        ([0xFE, 0x67], "\u{9FB7}"), ([0xFE, 0x6D], "\u{9FB8}"), ([0xFE, 0x7E], "\u{9FB9}"), ([0xFE, 0x90], "\u{9FBA}"),
        ([0xFE, 0xA0], "\u{9FBB}"), ([0xA6, 0xD9], "\u{FE10}"), ([0xA6, 0xDA], "\u{FE12}"), ([0xA6, 0xF3], "\u{FE19}"),
        ([0xA8, 0xBC], "\u{1E3F}"), ([0xA8, 0xBF], "\u{01F9}"), ([0xA2, 0xE3], "\u{20AC}"), ([0xFE, 0x50], "\u{2E81}"),
        ([0xFE, 0x51], "\u{E816}"), ([0xA1, 0xA4], "\u{B7}"), ([0xD0, 0xF2], "序"), ([0x81, 0x40], "丂"),
        // User-defined areas.
        ([0xAA, 0xA1], "\u{E000}"), ([0xF8, 0xA1], "\u{E234}"), ([0xA1, 0x40], "\u{E4C6}"), ([0xA7, 0xA0], "\u{E765}"),
        // Four bytes.
        ([0x81, 0x30, 0x81, 0x30], "\u{80}"), ([0x81, 0x39, 0xEE, 0x39], "\u{3400}"),
        ([0x95, 0x32, 0x90, 0x31], "\u{20087}"),
        ([0x84, 0x31, 0xA4, 0x39], "\u{FFFF}"), ([0x90, 0x30, 0x81, 0x30], "\u{10000}"),
        ([0xE3, 0x32, 0x9A, 0x35], "\u{10FFFF}"), ([0x95, 0x34, 0xB2, 0x35], "𠮷"),
        ([0x81, 0x35, 0xF4, 0x37], "\u{E7C7}"),
        ([0x82, 0x35, 0x90, 0x37], "\u{E81E}"), ([0x82, 0x35, 0x91, 0x35], "\u{9FBC}"),
        ([0x84, 0x31, 0x82, 0x36], "\u{E78D}"),
        ([0x84, 0x31, 0x83, 0x36], "\u{FE1A}"),
    ])
    func gb18030OfTheEditionOf2022(bytes: [UInt8], text: String) throws {
        #expect(try decoded(bytes).unicodeScalars.elementsEqual(text.unicodeScalars))
    }

    @Test(
        arguments: [
            [0x80], [0xFF], [0x81, 0x7F], [0x81, 0x20], [0x84, 0x31, 0xA5, 0x30], [0xE3, 0x32, 0x9A, 0x36],
            [0x81, 0x30, 0x20, 0x30], [0x81, 0x30, 0x81, 0x40],
        ] as [[UInt8]])
    func bytesThatAreNoGB18030(bytes: [UInt8]) {
        #expect(throws: IntakeError.self) { try decoded(bytes + [0x20, 0x20, 0x20]) }
    }

    @Test func allTwoByteCodesTogetherAreTheCharactersOfTheStandard() throws {
        var bytes: [UInt8] = []
        for lead in UInt8(0x81)...0xFE {
            for trail in UInt8(0x40)...0xFE where trail != 0x7F { bytes += [lead, trail] }
        }
        let scalars = Array(try decoded(bytes).unicodeScalars)
        #expect(scalars.count == 23_940)
        #expect(Set(scalars).count == 23_940)
        // FNV-1a over the UTF-8, computed from CPython's table with the edition's nineteen changes.
        let hash = try decoded(bytes).utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01B3
        }
        #expect(hash == 0xD61F1382DED18091)
    }

    @Test func everyCharacterOfTheBasicPlaneHasExactlyOneCode() throws {
        var bytes: [UInt8] = []
        for linear in 0..<39_420 {
            bytes += [
                UInt8(0x81 + linear / 12_600), UInt8(0x30 + linear / 1260 % 10), UInt8(0x81 + linear / 10 % 126),
                UInt8(0x30 + linear % 10),
            ]
            if bytes.count > 40_000 || linear == 39_419 {
                #expect(try decoded(bytes).unicodeScalars.count == bytes.count / 4)
                bytes = []
            }
        }
    }

    @Test(
        arguments: [
            [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80],
            [0x80],
            [0xE4, 0x20, 0x20],
        ] as [[UInt8]])
    func bytesThatAreNoUTF8(bytes: [UInt8]) {
        #expect(throws: IntakeError.self) { try decoded(bytes + [0x20, 0x20, 0x20], as: .utf8) }
    }

    @Test func autoTakesTheMarkThenUTF8ThenGB18030() throws {
        #expect(try decoded(Array("序号".utf8), as: .auto) == "序号")
        #expect(try decoded([0xD0, 0xF2, 0xBA, 0xC5], as: .auto) == "序号")
        #expect(throws: IntakeError.self) { try decoded([0xFF, 0xFF], as: .auto) }
    }
}
