import Intake
import Testing

@Suite struct FixedWidthTests {
    private let format = SourceFormat.fixedWidth([
        FixedWidthColumn(name: "n", width: 3), FixedWidthColumn(name: "name", width: 8),
        FixedWidthColumn(name: "x", width: 2),
    ])

    @Test(arguments: ["\r\n", "\n", "\r", ""])
    func recordsEndAsTheFilesBeginningShows(end: String) throws {
        let text = ["1  abc     xx", "2  defghijky ", "3          zz"].map { $0 + end }.joined()
        let file = try ReadFile(Array(text.utf8), format)
        #expect(file.columns == ["n", "name", "x"])
        #expect(file.rows == [["1", "abc", "xx"], ["2", "defghijk", "y"], ["3", "", "zz"]])
        #expect(file.texts[1] == "2  defghijky ")
    }

    @Test(arguments: ["\r\n", "\n", "\r", ""])
    func theLastRecordNeedsNoEndAndMayHaveTheMarkOfDOS(end: String) throws {
        let text = "1  abc     xx\(end)2  def     yy"
        #expect(try ReadFile(Array(text.utf8), format).rows.count == 2)
        #expect(try ReadFile(Array(text.utf8) + [0x1A], format).rows.count == 2)
        #expect(try ReadFile(Array((text + end).utf8) + [0x1A, 0x1A], format).rows.count == 2)
    }

    @Test func everyChunkSizeGivesTheSameRows() throws {
        let text = "1  夏建    xx\r\n\r\n2  任琪y     \r\n3  \u{3000}     zz\r\n"
        for chunk in 16...40 {
            let file = try ReadFile(
                Array(text.utf8), .fixedWidth([.init(name: "n", width: 3), .init(name: "m", width: 12)]),
                limits: IntakeLimits(chunkBytes: chunk))
            #expect(file.rows.count == 3, "chunk \(chunk)")
            #expect(file.rows[0] == ["1", "夏建    xx"], "chunk \(chunk)")
            #expect(file.skipped == 1)
        }
    }

    @Test func widthsAreBytesOfTheSource() throws {
        let bytes = Array("1  ".utf8) + xia + Array("  xx\r\n".utf8) + Array("2  ".utf8) + xia + Array("  yy\r\n".utf8)
        #expect(
            try ReadFile(bytes, format, encoding: .gb18030).rows == [["1", "夏建雪", "xx"], ["2", "夏建雪", "yy"]])
        #expect(try ReadFile(bytes, format).rows[1][1] == "夏建雪")
    }

    @Test func aRecordOfAnotherLengthSpoilsItselfOnly() throws {
        let text = "1  abc     xx\n2  abc\n3  abc     xxx\n4  abc     xx   \n5  abc     xx\r\n6  abc     xx"
        #expect(
            try ReadFile(Array(text.utf8), format).rows == [
                ["1", "abc", "xx"], ["recordLength(found: 6, expected: 13)"], ["recordLength(found: 14, expected: 13)"],
                ["4", "abc", "xx"], ["5", "abc", "xx"], ["6", "abc", "xx"],
            ])
    }

    @Test func aShortLastRecordIsMalformed() throws {
        for end in ["\n", ""] {
            let text = "1  abc     xx\(end)2  abc     yy\(end)3  ab"
            #expect(
                try ReadFile(Array(text.utf8), format).rows.last == ["recordLength(found: 5, expected: 13)"])
        }
    }

    @Test func aFileOfAnotherWidthIsRefusedWhole() {
        let error = refusal(Array("1  abc     xx!\n2  abc     xx!\n3  abc     xx\n".utf8), format)
        #expect(error?.code == .form)
        #expect(error?.byteOffset == 0)
        #expect(refusal([], format)?.code == .empty)
    }

    @Test func blankRecordsAreSkippedWhateverTheBlanks() throws {
        let ideographic = [UInt8](repeating: 0xA1, count: 12) + [0x20]
        let bytes =
            Array("1  abc     xx\n\n   \n".utf8) + ideographic + [0x0A] + [UInt8](repeating: 0, count: 13)
            + Array("\n2  abc     xx\n".utf8)
        let file = try ReadFile(bytes, format, encoding: .gb18030)
        #expect(file.rows == [["1", "abc", "xx"], ["2", "abc", "xx"]])
        #expect(file.skipped == 4)
    }

    @Test func aNameThatItsColumnCutsDamagesItsRowOnly() throws {
        let bytes =
            Array("1  ab".utf8) + xia + Array("xx\n2  abc".utf8) + xia.dropLast() + Array("xx\n3  abcd    xx\n".utf8)
        let file = try ReadFile(bytes, format, encoding: .gb18030)
        #expect(file.rows == [["1", "ab夏建雪", "xx"], ["2", "abc夏建\u{FFFD}", "xx"], ["3", "abcd", "xx"]])
        #expect(file.damaged == [[], ["name"], []])
        #expect(file.raw[1] == Array("2  abc".utf8) + xia.dropLast() + Array("xx".utf8))
    }

    @Test func aColumnThatIsNotReadMayBeCut() throws {
        let bytes = Array("1  abc".utf8) + xia.dropLast() + Array("xx\n".utf8)
        let file = try ReadFile(bytes, format, encoding: .gb18030, dropped: ["name"])
        #expect(file.rows == [["1", "", "xx"]])
        #expect(file.damaged == [[]])
    }

    @Test func withheldCellsAreBlankInTheRawBytes() throws {
        let file = try ReadFile(Array("1  secret  xx\n2  sec\n3  ok      yy\n".utf8), format, withheld: ["name"])
        #expect(file.texts == ["1          xx", "2     ", "3          yy"])
        #expect(file.rows[0] == ["1", "", "xx"])
    }

    @Test func aShortRowCanBeSkipped() throws {
        let file = try ReadFile(
            Array("1  abc     xx\n2  abc     xx\n合计  2\n".utf8), .fixedWidth([.init(name: "n", width: 13)]),
            skip: ("n", "^合计"))
        #expect(file.rows.count == 2)
        #expect(file.skipped == 1)
    }

    @Test func paddingWithNULIsNoText() throws {
        let bytes = Array("1  ".utf8) + xia + [0, 0] + Array("xx\n".utf8)
        #expect(try ReadFile(bytes, format, encoding: .gb18030).rows == [["1", "夏建雪", "xx"]])
    }

    @Test func theWrongEncodingIsRefusedWhole() {
        let bytes = Array("1  ".utf8) + xia + Array("  xx\n".utf8)
        let error = refusal(bytes, format, encoding: .utf8)
        #expect(error?.code == .encoding)
        #expect(error?.byteOffset == 3)
    }

    @Test func aRecordBeyondTheLimitSpoilsItselfOnly() throws {
        let text = "1  abc     xx\n2  abc     xx\n" + String(repeating: "y", count: 200) + "\n3  abc     xx\n"
        let file = try ReadFile(Array(text.utf8), format, limits: IntakeLimits(rowBytes: 64, chunkBytes: 16))
        #expect(file.rows[2] == ["rowTooLong(limit: 64)"])
        #expect(file.rows[3] == ["3", "abc", "xx"])
    }
}
