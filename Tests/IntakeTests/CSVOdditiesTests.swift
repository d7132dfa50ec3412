import Intake
import Testing

/// What registers and spreadsheets do to CSV.
@Suite struct CSVOdditiesTests {
    private func csv(_ header: Int = 1, lines: Int = 1, _ separator: CSVSeparator = .comma) -> SourceFormat {
        .csv(header: header, headerLines: lines, separator: separator)
    }

    @Test func linesMayEndWithCRAlone() throws {
        let file = try ReadFile(Array("a,b\r1,\"x\ry\"\r2,z\r".utf8), csv())
        #expect(file.columns == ["a", "b"])
        #expect(file.rows == [["1", "x\ny"], ["2", "z"]])
        #expect(refusal(Array("a,b\r1,\u{80}".utf8).dropLast() + [], csv(), encoding: .utf8)?.byteOffset == 6)
    }

    @Test func twoLinesNameTheColumnsTogether() throws {
        let text = "流动人口登记表,,,,\n序号,户籍地,,备注,\n,区划,地址,,电话\n1,450123,南宁,无,1\n"
        let file = try ReadFile(Array(text.utf8), csv(2, lines: 2))
        #expect(file.columns == ["序号", "户籍地区划", "户籍地地址", "备注", "电话"])
        #expect(file.rows == [["1", "450123", "南宁", "无", "1"]])
        #expect(refusal(Array("a,a\nb,b\n1,2\n".utf8), csv(1, lines: 2))?.code == .columnRepeated)
    }

    @Test(arguments: [(";", CSVSeparator.semicolon), ("\t", .tab)])
    func cellsMayBeSeparatedOtherwise(text: String, separator: CSVSeparator) throws {
        let lines = ["a\(text)b", "1,5\(text)\"x\(text)y\"", "2\(text)z", "\"open\(text)", "\"\(text)3"]
        let file = try ReadFile(Array(lines.joined(separator: "\n").utf8), csv(1, lines: 1, separator))
        #expect(file.rows == [["1,5", "x\(text)y"], ["2", "z"], ["open\(text)\n", "3"]])
    }

    @Test func emptyCellsRightOfTheTableAreNone() throws {
        let file = try ReadFile(Array("a,b,,\n1,2,,\n3,4\n5,6,,,,\n7,8,x,\n".utf8), csv())
        #expect(file.columns == ["a", "b"])
        #expect(file.rows == [["1", "2"], ["3", "4"], ["5", "6"], ["cellCount(found: 4, expected: 2)"]])
    }

    @Test func theMarkOfDOSEndsTheFile() throws {
        for end in ["\u{1A}", "\r\n\u{1A}", "\r\n\u{1A}\u{1A}", "\r\n\u{1A}\r\n"] {
            let file = try ReadFile(Array("a,b\r\n1,2\r\n3,4\(end)".utf8), csv())
            #expect(file.rows == [["1", "2"], ["3", "4"]])
        }
    }

    @Test func aMarkOfTheEndInsideIsACharacter() throws {
        #expect(try ReadFile(Array("a,b\n1,\u{1A}x\n".utf8), csv()).rows == [["1", "\u{1A}x"]])
    }

    @Test func nulIsACharacter() throws {
        #expect(try ReadFile(Array("a,b\n1,x\0y\n\0,\n".utf8), csv()).rows == [["1", "x\0y"], ["\0", ""]])
    }

    @Test func aHeaderThatComesAgainIsARow() throws {
        let file = try ReadFile(Array("n,a\n1,x\nn,a\n2,y\n".utf8), csv())
        #expect(file.rows == [["1", "x"], ["n", "a"], ["2", "y"]])
        let skipped = try ReadFile(Array("n,a\n1,x\nn,a\n2,y\n".utf8), csv(), skip: ("n", "^n$"))
        #expect(skipped.rows == [["1", "x"], ["2", "y"]])
    }

    @Test func aTotalInTheMiddleIsSkipped() throws {
        let file = try ReadFile(Array("n,a\n1,x\n小计,\n2,y\n合计\n".utf8), csv(), skip: ("n", "^(合计|小计)"))
        #expect(file.rows == [["1", "x"], ["2", "y"]])
        #expect(file.skipped == 2)
    }

    @Test func unicodeTextOfSpreadsheetsIsRefusedWithAWayOut() {
        let utf16: [UInt8] = [0xFF, 0xFE] + "a\tb\r\n".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(refusal(utf16, csv())?.code == .encoding)
        #expect(refusal(utf16, csv())?.remedy == "Save it as UTF-8 or GB 18030")
        #expect(refusal([0xFE, 0xFF, 0, 0x61], csv())?.code == .encoding)
    }

    @Test func aQuoteThatIsNeverClosedIsToldWhereItOpens() {
        #expect(refusal(Array("a,b\n1,\"x\n2,y\n".utf8), csv())?.code == .truncated)
        #expect(refusal(Array("a,b\n1,\"x\n2,y\n".utf8), csv())?.byteOffset == 6)
    }
}
