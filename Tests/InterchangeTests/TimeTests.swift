import Interchange
import Testing

@Suite struct CivilDateTests {
    @Test(arguments: [("1970-01-01", 0), ("2000-03-01", 11_017), ("1969-12-31", -1), ("2024-02-29", 19_782)])
    func countsDaysFrom1970(text: String, days: Int32) {
        #expect(CivilDate(text)?.daysSince1970 == days)
        #expect(CivilDate(daysSince1970: Int(days)).description == text)
    }

    @Test(arguments: [
        "2023-02-29", "1900-02-29", "2022-13-01", "2022-04-31", "2022-4-1", "2022-04-00", "20220401", "不详",
    ])
    func refusesWhatTheCalendarLacks(text: String) {
        #expect(CivilDate(text) == nil)
    }

    @Test func addsDaysOverAYearsEnd() {
        #expect(CivilDate("2023-12-31")?.adding(days: 60).description == "2024-02-29")
    }

    @Test func everyDayOfFourCenturiesReadsBack() {
        for day in stride(from: -141_000, to: 5_100, by: 7) {
            let date = CivilDate(daysSince1970: day)
            #expect(CivilDate(date.description) == date)
        }
    }
}

@Suite struct InstantTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2026-06-30T08:00:00Z", 1_782_806_400_000),
        ("2026-06-30T08:00:00.5Z", 1_782_806_400_500), ("2026-06-30T08:00:00.123456Z", 1_782_806_400_123),
        ("1969-12-31T23:59:59Z", -1_000),
    ])
    func readsUTC(text: String, milliseconds: Int64) {
        #expect(Instant(text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "2026-06-30T08:00:00+08:00", "2026-06-30T08:00:00", "2026-06-30 08:00:00Z", "2026-06-30T24:00:00Z",
        "2026-06-30T08:00:60Z", "2026-02-30T08:00:00Z", "2026-06-30T08:00:00.Z", "2026-06-30T08:00:00.1xZ",
    ])
    func refusesAnotherForm(text: String) {
        #expect(Instant(text) == nil)
    }

    @Test func writesWholeSeconds() {
        #expect(Instant(milliseconds: 1_782_806_400_999).description == "2026-06-30T08:00:00Z")
        #expect(Instant(milliseconds: -1).description == "1969-12-31T23:59:59Z")
    }

    @Test func theDayInShanghaiBeginsAtSixteenHundredUTC() {
        #expect(Instant("2026-06-30T15:59:59Z")?.dayInShanghai.description == "2026-06-30")
        #expect(Instant("2026-06-30T16:00:00Z")?.dayInShanghai.description == "2026-07-01")
        #expect(CivilDate("2026-07-01").map(Instant.init(startOf:)) == Instant("2026-06-30T16:00:00Z"))
    }
}
