import Intake
import Seeding
import Testing

/// Files of which a part is damaged.
@Suite struct DamageTests {
    @Test func aRowInAnotherEncodingIsDamagedAndTheOthersAreNot() throws {
        let bytes = Array("n,a\n1,夏建雪\n2,".utf8) + xia + Array("\n3,任琪洋\n4,abc\n".utf8)
        let file = try ReadFile(bytes, plainCSV, encoding: .utf8)
        #expect(file.rows.map { $0[0] } == ["1", "2", "3", "4"])
        #expect(file.damaged == [[], ["a"], [], []])
        #expect(file.raw[1] == Array("2,".utf8) + xia)
        #expect(try ReadFile(bytes, plainCSV).damaged == file.damaged)
        let other =
            Array("n,a\n1,".utf8) + xia + Array("\n2,夏建雪,\n3,".utf8) + xia + Array("\n".utf8)
        let gb18030 = try ReadFile(other, plainCSV, encoding: .gb18030)
        #expect(gb18030.damaged == [[], ["a"], []])
        #expect(gb18030.rows[2] == ["3", "夏建雪"])
    }

    @Test func whenMoreLinesDisagreeThanAgreeTheEncodingIsWrong() {
        let bytes = Array("n,a\n1,夏建雪\n2,".utf8) + xia + Array("\n3,".utf8) + xia + Array("\n".utf8)
        #expect(refusal(bytes, plainCSV, encoding: .utf8)?.code == .encoding)
        #expect(refusal(bytes, plainCSV, encoding: .utf8)?.byteOffset == 18)
    }

    @Test func aNameCutInMidCharacterDamagesItsRowOnly() throws {
        let whole = Array("1,".utf8) + xia + [0x0A]
        let cut: [UInt8] = Array("2,".utf8) + xia.dropLast()
        let bytes = Array("n,a\n".utf8) + [whole, cut, [0x0A], cut, [0x2C, 0x0A], whole, whole].joined()
        let file = try ReadFile(bytes, plainCSV, encoding: .gb18030)
        #expect(file.rows[1] == ["2", "夏建\u{FFFD}"])
        #expect(file.damaged == [[], ["a"], ["a"], [], []])
    }

    @Test(
        arguments: [
            [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFE], [0xE5, 0xA4],
        ] as [[UInt8]])
    func bytesThatAreNoUTF8AreReplacedOneByOne(bad: [UInt8]) throws {
        let bytes = Array("a,b\n夏,x".utf8) + bad + Array("y\n建,z\n".utf8)
        let file = try ReadFile(bytes, plainCSV, encoding: .utf8)
        #expect(file.rows[0] == ["夏", "x" + String(repeating: "\u{FFFD}", count: bad.count) + "y"])
        #expect(file.damaged == [["b"], []])
    }

    @Test func charactersOfFourBytesAreWholeAtEveryChunksEdge() throws {
        let rare: [UInt8] = [0x95, 0x34, 0xB2, 0x35]
        let line: [UInt8] = rare + [0x2C] + xia + rare + [0x0A]
        let bytes = Array("a,b\n".utf8) + [[UInt8]](repeating: line, count: 20).joined()
        for chunk in 16...40 {
            let file = try ReadFile(bytes, plainCSV, encoding: .gb18030, limits: IntakeLimits(chunkBytes: chunk))
            #expect(file.rows == [[String]](repeating: ["𠮷", "夏建雪𠮷"], count: 20), "chunk \(chunk)")
        }
    }

    @Test func theHeaderMustBeText() {
        let bytes = Array("n,".utf8) + xia + Array("\n1,夏\n2,建\n".utf8)
        #expect(refusal(bytes, plainCSV, encoding: .utf8)?.byteOffset == 2)
    }

    /// A file of any format with some bytes changed, taken out or put in is refused, or read row by row: it neither traps nor
    /// hangs, and its rows have a cell for each column.
    @Test(arguments: [UInt64](1...12))
    func mutatedFilesAreRefusedOrRead(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for (bytes, format) in Self.files {
            for _ in 0..<60 {
                var mutated = bytes
                for _ in 0...Int.random(in: 0..<4, using: &random) { Self.mutate(&mutated, &random) }
                let chunk = Int.random(in: 16...200, using: &random)
                let limits = IntakeLimits(rowBytes: 300, cells: 30, cellBytes: 100, depth: 6, chunkBytes: chunk)
                do {
                    let file = try ReadFile(mutated, format, withheld: ["XM"], limits: limits)
                    for row in file.rows where row.count != 1 {
                        #expect(row.count == file.columns.count, "seed \(seed)")
                    }
                } catch let error as IntakeError {
                    #expect(error.byteOffset >= 0 && error.byteOffset <= mutated.count, "seed \(seed): \(error)")
                }
            }
        }
    }

    private static let files: [([UInt8], SourceFormat)] = [
        (Array("n,XM\r\n1,\"夏,建\"\"雪\"\r\n2,任琪洋\r\n合计,2\r\n".utf8), plainCSV),
        (
            Array("1  夏  xx\r\n2  建  yy\r\n\u{1A}".utf8),
            .fixedWidth([.init(name: "n", width: 3), .init(name: "XM", width: 5), .init(name: "x", width: 2)])
        ),
        (
            TableFixture(
                [.init("XM", "C", 6), .init("I", "I", 4), .init("D", "D", 8)], [" 夏建abcd20200101", "*夏建abcd20200101"]
            ).bytes,
            .dbf(driver: nil)
        ),
        (
            Array(
                "<?xml version='1.0'?><r><row a='1'><XM>夏&#x5EFA;</XM><b><c>1</c></b></row><!-- x --><row><XM/></row></r>"
                    .utf8),
            .xml(row: "row")
        ),
        (
            Array(#"{"data":[{"XM":"夏\u5EFA","n":1.5e3,"p":{"q":[1,2]}},{"XM":null}],"x":[]}"#.utf8),
            .json(.array(["data"]))
        ),
        (Array("{\"XM\":\"夏\\u5EFA\",\"n\":1}\n\n{\"XM\":\"建\",\"p\":{\"q\":[1]}}\n".utf8), .json(.lines)),
    ]

    private static func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        guard !bytes.isEmpty else { return }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let syntax = Array("<>&'\"/=![]-?{}:,;\\ \r\n\0\u{1A}".utf8) + [0x80, 0x81, 0xE5, 0xFF, 0x30]
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[place] = syntax.randomElement(using: &random) ?? 0
        case 2: bytes.insert(syntax.randomElement(using: &random) ?? 0, at: place)
        case 3: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...9, using: &random)))
        case 4: bytes.insert(contentsOf: bytes[place...].prefix(30), at: place)
        default: bytes.removeLast(bytes.count - place)
        }
    }
}
