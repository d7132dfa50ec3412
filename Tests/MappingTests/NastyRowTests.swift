import Foundation
import Intake
import Interchange
import Mapping
import Testing

/// Rows as registers really export them: each is accepted as it is meant, or quarantined with the code that says why.
@Suite struct NastyRowTests {
    private func row(_ row: String) throws -> TransformedRow {
        try #require(
            try Fixtures.rows(Arrivals.header + row, try Fixtures.mapping("shanghai-arrivals")).rows.first)
    }

    @Test(arguments: [
        ("4.50123E+17", "ID_DAMAGED"), ("4.50123198012317E+17", "ID_DAMAGED"), ("4.5e17", "ID_DAMAGED"),
        ("450123198012316000", "ID_DAMAGED"), ("450123801231680", "ID_LEGACY_15"),
        ("4.50123801231680E+14", "ID_DAMAGED"),
        ("000000198012310000", "ID_PLACEHOLDER"), ("000000000000000000", "ID_PLACEHOLDER"),
        ("45012319801231680", "ID_FORMAT"),
        ("450123198012316804.0", "ID_FORMAT"), ("4501231980123168O4", "ID_FORMAT"), ("", "REQUIRED"),
        ("#REF!", "ID_FORMAT"),
        ("450123198012316805", "ID_CHECKSUM"),
    ])
    func numbers(number: String, code: String) throws {
        let found = try row(Arrivals.row(number: number))
        #expect(found.codes.map(\.rawValue).contains(code), "\(found.codes)")
        #expect((found.outcome == .flag) == (code == "ID_LEGACY_15" || code == "ID_CHECKSUM"))
    }

    @Test(arguments: [
        "４５０１２３１９８０１２３１６８０４", "'450123198012316804", " 450123198012316804\t", "\u{A0}450123198012316804\u{3000}",
        "\u{FEFF}450123198012316804\u{200B}", "‘450123198012316804",
    ])
    func numbersThatAreWholeHoweverTheyAreWritten(number: String) throws {
        #expect(try row(Arrivals.row(number: number)).outcome == .accept)
    }

    @Test(arguments: [
        "农历庚申年十一月廿五", "20240230", "2024-02-30", "45000", "民国69年12月31日", "80-12-31", "1980-13-01", "12/31/1980", "1980",
        "0000-00-00", "1980年12月", "1980-12-31 24:00:01", "二〇一九年十三月六日", "31.12.1980", "-1", "########",
    ])
    func daysThatAreNone(day: String) throws {
        let found = try row(Arrivals.row(arrived: day))
        #expect(found.outcome == .quarantine)
        #expect(found.codes.contains(.dateInvalid), "\(found.codes)")
    }

    @Test(arguments: [
        "20191006", "2019/10/6", "2019.10.06", "2019年10月6日", "２０１９－１０－０６", "2019-10-06 00:00:00",
        "2019-10-06T00:00:00.000", "二〇一九年十月六日",
        "\u{3000}2019-10-06\u{A0}",
    ])
    func daysHoweverTheyAreWritten(day: String) throws {
        let found = try row(Arrivals.row(arrived: day))
        #expect(found.outcome == .accept, "\(found.codes)")
        #expect(found.draft?.effective?.description == "2019-10-06")
    }

    @Test(arguments: [
        "夏建?", "夏\u{FFFD}雪", "夏\u{E816}", "夏\0雪", "夏建1", "=夏建雪", "+夏", "@夏", "夏\u{F0000}", "-夏", "夏建\u{7F}", "夏\u{85}建",
    ])
    func namesThatAreNone(name: String) throws {
        #expect(try row(Arrivals.row(name: name)).codes.contains(.nameInvalid))
    }

    @Test(arguments: [
        ("夏 建 雪", "夏建雪"), ("夏\u{3000}建雪", "夏建雪"), ("\u{FEFF}夏建雪\u{200B}", "夏建雪"), ("买买提•吐尔逊", "买买提·吐尔逊"),
        ("夏建𠮷", "夏建𠮷"), ("䶮雪", "䶮雪"), ("\t夏建雪 ", "夏建雪"),
    ])
    func namesHoweverTheyAreWritten(name: String, expected: String) throws {
        let draft = try #require(try row(Arrivals.row(name: name)).draft)
        #expect(String(decoding: draft.fixed, as: UTF8.self).contains("\"name\":\"\(expected)\""))
    }

    @Test func aDamagedValueIsQuarantinedWithItsColumn() throws {
        let good = Arrivals.row()
        var bytes = Array((Arrivals.header + good + good).utf8)
        let name = Array("夏建雪,女".utf8)
        let place = try #require(bytes.indices.last { bytes[$0...].starts(with: name) })
        bytes.removeSubrange(place + 7..<place + 9)
        let stream = try Transformer(try Fixtures.mapping("shanghai-arrivals"), context: Fixtures.context())
            .open(MemorySource(bytes))
        #expect(try stream.next()?.outcome == .accept)
        let damaged = try #require(try stream.next())
        #expect(damaged.outcome == .quarantine)
        #expect(damaged.codes.contains(.nameInvalid))
        #expect(damaged.codes.contains(.format))
        #expect(damaged.violations.contains { $0.column == "姓名" && $0.violation.code == .format })
        #expect(damaged.draft == nil)
        #expect(!damaged.raw.isEmpty)
        #expect(stream.counts.quarantined == 1)
    }

    @Test func damageInADroppedColumnIsNoDamage() throws {
        var bytes = Array((Arrivals.header + Arrivals.row() + Arrivals.row()).utf8)
        let place = try #require(bytes.indices.last { bytes[$0...].starts(with: Array("某厂".utf8)) })
        bytes.remove(at: place + 5)
        let stream = try Transformer(try Fixtures.mapping("shanghai-arrivals"), context: Fixtures.context())
            .open(MemorySource(bytes))
        #expect(try stream.next()?.outcome == .accept)
        #expect(try stream.next()?.outcome == .accept)
    }

    @Test func aDivisionOfAnotherTimeIsMarked() throws {
        // 440582 is no code of 1985; Chongqing's codes were Sichuan's until 1997.
        let old = try row(Arrivals.row(hukou: "510202"))
        #expect(old.codes.contains(.divisionNotCurrent) || old.codes.contains(.divisionUnknown))
        #expect(try row(Arrivals.row(hukou: "45012")).codes.contains(.format))
        #expect(try row(Arrivals.row(hukou: "990101")).outcome == .quarantine)
    }
}
