import Intake
import Testing

/// Every cell of every row, faults as their description.
private func rows(
    _ bytes: [UInt8], encoding: SourceEncoding = .utf8, header: Int = 1, limits: IntakeLimits = .standard
) throws -> [[String]] {
    var reader = try CSVReader(input: MemorySource(bytes), encoding: encoding, header: header, limits: limits)
    let all = [Bool](repeating: true, count: reader.columns.count)
    reader.follow(ReadingPlan(decoded: all, withheld: all.map { _ in false }))
    try reader.verify()
    var row = RowBuffer()
    var rows: [[String]] = []
    while try reader.next(into: &row) {
        #expect(row.number == rows.count + 1)
        if let fault = row.fault {
            rows.append(["\(fault)"])
        } else {
            rows.append(row.bounds.map { String(decoding: row.bytes[$0], as: UTF8.self) })
        }
    }
    return rows
}

private func refusal(_ bytes: [UInt8], encoding: SourceEncoding = .utf8, limits: IntakeLimits = .standard)
    -> IntakeError?
{
    #expect(throws: IntakeError.self) { _ = try rows(bytes, encoding: encoding, limits: limits) }
}

@Suite struct CSVReaderTests {
    @Test func quotedCellsKeepCommasQuotesAndLineEnds() throws {
        let text = "a,b\r\n\"1,2\",\"say \"\"yes\"\"\"\r\n\"line\r\nline\",x\r\n"
        #expect(try rows(Array(text.utf8)) == [["1,2", "say \"yes\""], ["line\r\nline", "x"]])
    }

    @Test func everyChunkSizeGivesTheSameRows() throws {
        let text = "\u{FEFF}姓名,备注\r\n张三,\"一,\n\"\"二\"\"\"\r\n李𠮷,三\n,\n王五,\"\"\n\"\",末"
        for chunk in 16...64 {
            let limits = IntakeLimits(chunkBytes: chunk)
            let found = try rows(Array(text.utf8), limits: limits)
            #expect(found == [["张三", "一,\n\"二\""], ["李𠮷", "三"], ["王五", ""], ["", "末"]], "chunk \(chunk)")
        }
    }

    @Test func theLastRowNeedsNoLineEnd() throws {
        #expect(try rows(Array("a,b\n1,2".utf8)) == [["1", "2"]])
        #expect(try rows(Array("a,b\n1,\"2\"".utf8)) == [["1", "2"]])
        #expect(try rows(Array("a,b".utf8)) == [])
    }

    @Test func blankRowsAreSkippedAndNotNumbered() throws {
        let bytes = Array("a,b\n1,2\n\n , \n3,4\n".utf8)
        #expect(try rows(bytes) == [["1", "2"], ["3", "4"]])
        var reader = try CSVReader(input: MemorySource(bytes), encoding: .utf8)
        reader.follow(ReadingPlan(decoded: [true, true], withheld: [false, false]))
        var row = RowBuffer()
        while try reader.next(into: &row) {}
        #expect(reader.skippedRows == 2)
    }

    @Test func aMalformedRowSpoilsItselfOnly() throws {
        let text = "a,b\n1\n\"x\"y,2\n3,4,5\n6,7\n"
        #expect(
            try rows(Array(text.utf8)) == [
                ["cellCount(found: 1, expected: 2)"], ["textAfterQuote"], ["cellCount(found: 3, expected: 2)"],
                ["6", "7"],
            ])
    }

    @Test func aQuoteInsideAnUnquotedCellIsACharacter() throws {
        #expect(try rows(Array("a,b\n5\"6,\"7\"\n".utf8)) == [["5\"6", "7"]])
    }

    @Test func rowsBeyondTheLimitsSpoilThemselvesOnly() throws {
        let long = String(repeating: "x", count: 300)
        let limits = IntakeLimits(rowBytes: 100, cells: 3, cellBytes: 20, chunkBytes: 16)
        let text = "a,b\n\(long),\"\(long)\n\",1\n1,\(String(repeating: "y", count: 21))\n1,2,3,4\n5,6\n"
        #expect(
            try rows(Array(text.utf8), limits: limits) == [
                ["rowTooLong(limit: 100)"], ["cellTooLong(limit: 20)"], ["tooManyCells(limit: 3)"], ["5", "6"],
            ])
    }

    @Test func linesBeforeTheHeaderArePassedOver() throws {
        let bytes = Array("导出时间 2026\n\na,b\n1,2\n".utf8)
        #expect(try rows(bytes, header: 3) == [["1", "2"]])
    }

    @Test func skippedRowsHaveNoNumber() throws {
        var reader = try CSVReader(input: MemorySource(Array("n,x\n1,a\n合计,1\n2,b\n".utf8)), encoding: .utf8)
        let pattern = try RowPattern("^(合计|小计)")
        reader.follow(ReadingPlan(decoded: [true, false], withheld: [false, false], skip: (0, pattern)))
        var row = RowBuffer()
        var seen: [String] = []
        while try reader.next(into: &row) { seen.append("\(row.number):\(String(decoding: row.raw, as: UTF8.self))") }
        #expect(seen == ["1:1,a", "2:2,b"])
        #expect(reader.skippedRows == 1)
    }

    @Test func withheldColumnsAreNotInTheRawBytes() throws {
        var reader = try CSVReader(
            input: MemorySource(Array("a,b,c\n1,secret,3\n4,\"sec\nret\",6\n7,secret\n".utf8)), encoding: .utf8)
        reader.follow(ReadingPlan(decoded: [true, false, true], withheld: [false, true, false]))
        var row = RowBuffer()
        var raw: [String] = []
        while try reader.next(into: &row) { raw.append(String(decoding: row.raw, as: UTF8.self)) }
        #expect(raw == ["1,,3", "4,\"\",6", ""])
    }
}

@Suite struct RefusalTests {
    @Test func nothingIsEmpty() {
        #expect(refusal([])?.code == .empty)
        #expect(refusal([0xEF, 0xBB, 0xBF])?.code == .empty)
        #expect(refusal([])?.byteOffset == 0)
    }

    @Test func wrongBytesAreRefusedAtTheirOffset() {
        let gbk: [UInt8] = Array("a,b\n1,".utf8) + [0xD0, 0xF2, 0x0A]
        #expect(refusal(gbk)?.code == .encoding)
        #expect(refusal(gbk)?.byteOffset == 6)
        #expect(refusal(Array("a\n".utf8) + [0x80, 0x0A], encoding: .gb18030)?.byteOffset == 2)
        #expect(refusal(Array("a\n1\n".utf8) + [0xE4, 0xBB], limits: IntakeLimits(chunkBytes: 16))?.code == .truncated)
        #expect(refusal(Array("a\n1\n".utf8) + [0xE4, 0xBB], limits: IntakeLimits(chunkBytes: 16))?.byteOffset == 4)
        #expect(refusal(Array("a\n1\n".utf8) + [0xD0], encoding: .gb18030)?.byteOffset == 4)
    }

    @Test func anOpenQuoteIsRefusedWhereItBegins() {
        let error = refusal(Array("a,b\n1,2\n3,\"4\n5,6\n7,8\n".utf8))
        #expect(error?.code == .truncated)
        #expect(error?.byteOffset == 10)
    }

    @Test func marksOfAnotherEncodingAreRefused() {
        #expect(refusal([0xFF, 0xFE, 0x61, 0x00])?.code == .encoding)
        #expect(refusal([0xEF, 0xBB, 0xBF, 0x61], encoding: .gb18030)?.code == .encoding)
    }

    @Test func repeatedColumnsAreRefused() {
        #expect(refusal(Array("a,b,a\n".utf8))?.code == .columnRepeated)
        #expect(refusal(Array("a,b,a\n".utf8))?.byteOffset == 4)
    }

    @Test func aFileThatIsNotThereIsRefused() {
        #expect(throws: IntakeError.self) { try FileSource(path: "/nonexistent/file.csv") }
    }
}
