import Foundation
import Intake
import Testing

private let dbf = SourceFormat.dbf(driver: nil)

@Suite struct DBFTests {
    private let fields = [TableFixture.Field("XM", "C", 8), TableFixture.Field("N", "N", 4)]

    @Test func textNumbersDaysAndTruthsAreText() throws {
        let table = TableFixture(
            [.init("ZJHM", "N", 18), .init("F", "F", 8), .init("D", "D", 8), .init("L", "L", 1), .init("C", "C", 6)],
            [
                " 450123198012316804   -1.5019801231T  ab  ", " " + String(repeating: " ", count: 34) + "?\0\0\0\0\0\0",
                " ****************** 2.2E+1         nx     ",
            ])
        let file = try ReadFile(table.bytes, dbf)
        #expect(file.columns == ["ZJHM", "F", "D", "L", "C"])
        #expect(
            file.rows == [
                ["450123198012316804", "-1.50", "19801231", "T", "ab"], ["", "", "", "", ""],
                ["******************", "2.2E+1", "", "F", "x"],
            ])
    }

    @Test func binaryFieldsOfVisualFoxProAreText() throws {
        var table = TableFixture(
            [.init("I", "I", 4), .init("Y", "Y", 8), .init("B", "B", 8), .init("T", "T", 8), .init("A", "+", 4)],
            [[UInt8]]())
        table.version = 0x30
        table.records = [
            [0x20, 0xFE, 0xFF, 0xFF, 0xFF] + [0x87, 0xD6, 0x12, 0, 0, 0, 0, 0] + [0, 0, 0, 0, 0, 0, 0xF8, 0x3F]
                // Julian day 2,451,545 is 2000-01-01; 45,296,000 ms are 12:34:56.
                + [0x59, 0x68, 0x25, 0x00, 0x80, 0x2A, 0xB3, 0x02] + [7, 0, 0, 0]
        ]
        #expect(try ReadFile(table.bytes, dbf).rows == [["-2", "123.4567", "1.5", "2000-01-01 12:34:56", "7"]])
    }

    @Test func nullFlagsOfVisualFoxProAreFollowed() throws {
        var table = TableFixture(
            [.init("V", "V", 6, flags: 2), .init("C", "C", 2, flags: 2), .init("_NullFlags", "0", 1, flags: 5)],
            [[UInt8]]())
        table.version = 0x32
        // Bits: the length of V, V is null, C is null.
        table.records = [
            Array(" abc".utf8) + [0, 0, 3] + Array("xy".utf8) + [0b001],
            Array(" abcdefxy".utf8) + [0b000],
            Array(" abcdefxy".utf8) + [0b110],
        ]
        let file = try ReadFile(table.bytes, dbf)
        #expect(file.columns == ["V", "C"])
        #expect(file.rows == [["abc", "xy"], ["abcdef", "xy"], ["", ""]])
    }

    @Test(arguments: [UInt8(0x03), 0x02, 0x30, 0x43, 0xF5])
    func theDialectsThatAreRead(version: UInt8) throws {
        var table = TableFixture(fields, [" abc        1"])
        table.version = version
        #expect(try ReadFile(table.bytes, dbf).rows == [["abc", "1"]])
    }

    @Test func deletedAndBlankRecordsAreSkipped() throws {
        let table = TableFixture(fields, [" abc        1", "*def        2", "             ", " ghi        3"])
        let file = try ReadFile(table.bytes, dbf)
        #expect(file.rows == [["abc", "1"], ["ghi", "3"]])
        #expect(file.skipped == 2)
    }

    @Test(arguments: [UInt8(0), 0x03, 0x4D, 0x57, 0x78, 0xFF])
    func theHeadsLanguageDriverIsNotTrusted(driver: UInt8) throws {
        var gb = TableFixture(fields, [Array(" ".utf8) + xia + Array("     1".utf8)])
        gb.driver = driver
        #expect(try ReadFile(gb.bytes, dbf, encoding: .gb18030).rows == [["夏建雪", "1"]])
        #expect(try ReadFile(gb.bytes, dbf).rows == [["夏建雪", "1"]])
        var utf8 = TableFixture(fields, [" 夏建     1"])
        utf8.driver = driver
        #expect(try ReadFile(utf8.bytes, dbf, encoding: .utf8).rows == [["夏建", "1"]])
        #expect(try ReadFile(utf8.bytes, dbf).rows == [["夏建", "1"]])
    }

    @Test func namesOfColumnsAreTextOfTheEncoding() throws {
        var table = TableFixture(fields, [" abc        1"])
        table.fields[0].name = [0xD0, 0xD5, 0xC3, 0xFB]
        #expect(try ReadFile(table.bytes, dbf, encoding: .gb18030).columns == ["姓名", "N"])
    }

    @Test func aFileThatIsCutIsRefusedWhereItsRecordIsNotWhole() {
        let table = TableFixture(fields, [" abc        1", " def        2"])
        let whole = table.bytes
        let records = 32 + 64 + 1
        #expect(refusal(Array(whole[..<(records + 20)]), dbf)?.code == .truncated)
        #expect(refusal(Array(whole[..<(records + 20)]), dbf)?.byteOffset == records + 13)
        #expect(refusal(Array(whole[..<records]), dbf)?.byteOffset == records)
        #expect(refusal(Array(whole[..<50]), dbf)?.code == .truncated)
        #expect(refusal(Array(whole[..<20]), dbf)?.code == .form)
        #expect(refusal([], dbf)?.code == .empty)
    }

    @Test func aCountThatDisagreesWithTheRecordsIsRefused() {
        var table = TableFixture(fields, [" abc        1", " def        2"])
        table.count = 1
        #expect(refusal(table.bytes, dbf)?.code == .form)
        #expect(refusal(table.bytes, dbf)?.byteOffset == 32 + 64 + 1 + 13)
        table.count = 3
        #expect(refusal(table.bytes, dbf)?.code == .truncated)
        table.count = 0xFFFF_FFFF
        #expect(refusal(table.bytes, dbf)?.code == .truncated)
        table.count = 0
        #expect(refusal(table.bytes, dbf)?.code == .form)
    }

    @Test func theMarkOfTheEndMayBeMissing() throws {
        var table = TableFixture(fields, [" abc        1"])
        table.end = []
        #expect(try ReadFile(table.bytes, dbf).rows.count == 1)
        table.end = [0x1A] + Array("left over from a longer table".utf8)
        #expect(try ReadFile(table.bytes, dbf).rows.count == 1)
    }

    @Test func aHeadThatDisagreesWithItselfIsRefused() {
        var table = TableFixture(fields, [" abc        1"])
        table.recordLength = 14
        #expect(refusal(table.bytes, dbf)?.byteOffset == 10)
        table = TableFixture(fields, [" abc        1"])
        table.headerLength = 64
        #expect(refusal(table.bytes, dbf)?.byteOffset == 8)
        table.headerLength = 0
        #expect(refusal(table.bytes, dbf)?.byteOffset == 8)
        table.headerLength = 0xFFFF
        #expect(refusal(table.bytes, dbf)?.code == .truncated)
        #expect(refusal(TableFixture([], [" "]).bytes, dbf)?.code == .form)
        table = TableFixture([.init("A", "Z", 3)], ["    "])
        #expect(refusal(table.bytes, dbf)?.byteOffset == 43)
        table = TableFixture([.init("I", "I", 8)], ["         "])
        table.version = 0x30
        #expect(refusal(table.bytes, dbf)?.byteOffset == 43)
        #expect(refusal(Array("序号,姓名\n1,夏建雪,一二三四五六七\n".utf8), dbf)?.code == .form)
    }

    @Test func aHeadOfVisualFoxProHasBytesBehindItsFields() throws {
        var table = TableFixture(fields, [[UInt8](repeating: 0, count: 263) + Array(" abc        1".utf8)])
        table.version = 0x30
        table.headerLength = 32 + 64 + 1 + 263
        #expect(try ReadFile(table.bytes, dbf).rows == [["abc", "1"]])
    }

    @Test func fieldsWithoutWidthAreEmpty() throws {
        let table = TableFixture([.init("A", "C", 0), .init("B", "C", 3)], [" xyz"])
        #expect(try ReadFile(table.bytes, dbf).rows == [["", "xyz"]])
    }

    @Test func twoFieldsOfOneNameAreRefused() {
        let table = TableFixture([.init("A", "C", 1), .init("A", "C", 3)], [" xyz "])
        #expect(refusal(table.bytes, dbf)?.code == .columnRepeated)
        #expect(refusal(table.bytes, dbf)?.byteOffset == 64)
    }

    @Test func aMarkOfDeletionThatIsNoneIsRefused() {
        let table = TableFixture(fields, [" abc        1", "xabc        1"])
        #expect(refusal(table.bytes, dbf)?.byteOffset == 32 + 64 + 1 + 13)
    }

    @Test func withheldFieldsAreBlankInTheRawBytes() throws {
        let table = TableFixture([.init("XM", "C", 3), .init("HYZK", "C", 6)], [" abc已婚"])
        #expect(try ReadFile(table.bytes, dbf, encoding: .utf8, withheld: ["HYZK"]).texts == [" abc      "])
    }

    @Test func everyChunkSizeGivesTheSameRows() throws {
        let table = TableFixture(fields, (0..<40).map { " abc     \(1000 + $0)" })
        for chunk in [16, 17, 64, 97, 100] {
            let file = try ReadFile(table.bytes, dbf, limits: IntakeLimits(chunkBytes: chunk))
            #expect(file.rows.map { $0[1] } == (1000..<1040).map { "\($0)" })
        }
    }
}

@Suite struct MemoTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("memo-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func read(_ table: TableFixture, _ name: String?, _ memo: [UInt8]) throws -> ReadFile {
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("table.dbf")
        try Data(table.bytes).write(to: path)
        if let name { try Data(memo).write(to: folder.appendingPathComponent(name)) }
        return try ReadFile(try FileSource(path: path.path), dbf, encoding: .gb18030)
    }

    private func table(_ version: UInt8) -> TableFixture {
        var table = TableFixture(
            [.init("XM", "C", 2), .init("BZ", "M", 10)],
            [" ab         1", " cd          ", " ef         9"])
        table.version = version
        return table
    }

    @Test func memosOfDBase3EndWithTheirMark() throws {
        let memo = [UInt8](repeating: 0, count: 512) + xia + [0x1A, 0x1A] + [UInt8](repeating: 0, count: 100)
        let file = try read(table(0x83), "table.dbt", memo)
        #expect(file.rows == [["ab", "夏建雪"], ["cd", ""], ["ef", ""]])
        #expect(file.damaged == [[], [], ["BZ"]])
    }

    @Test func memosOfDBase4HaveTheirLengthBeforeThem() throws {
        var memo = [UInt8](repeating: 0, count: 64)
        memo[20] = 64
        memo += [0xFF, 0xFF, 0x08, 0x00, 14, 0, 0, 0] + xia
        #expect(try read(table(0x8B), "table.DBT", memo).rows[0] == ["ab", "夏建雪"])
    }

    @Test func memosOfFoxProHaveTheirLengthBeforeThem() throws {
        var memo = [UInt8](repeating: 0, count: 64)
        memo[7] = 64
        memo += [0, 0, 0, 1, 0, 0, 0, 6] + xia
        #expect(try read(table(0xF5), "table.fpt", memo).rows[0] == ["ab", "夏建雪"])
    }

    @Test func aMemoWhoseFileIsNotThereIsSaidToBeMissing() throws {
        let file = try read(table(0x83), nil, [])
        #expect(file.rows == [["ab", ""], ["cd", ""], ["ef", ""]])
        #expect(file.damaged == [["BZ"], [], ["BZ"]])
    }

    @Test func aMemoOfAbsurdLengthIsNotRead() throws {
        var memo = [UInt8](repeating: 0, count: 64)
        memo[7] = 64
        memo += [0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF] + xia
        #expect(try read(table(0xF5), "table.FPT", memo).damaged[0] == ["BZ"])
    }
}
