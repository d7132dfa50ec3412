import Mapping
import Testing

@Suite struct DateTests {
    @Test(arguments: [
        ("2024-2-3", "2024-02-03"), ("2024/02/03", "2024-02-03"), ("20240203", "2024-02-03"),
        ("2024.2.3", "2024-02-03"),
        ("2024年2月3日", "2024-02-03"), ("2024年02月03号", "2024-02-03"), ("二〇二四年二月三日", "2024-02-03"),
        ("二零二四年十二月三十一日", "2024-12-31"), ("二○二四年十月二十日", "2024-10-20"), ("一九八五年十一月零九日", "1985-11-09"),
        ("2024年 2月 3日", "2024-02-03"), ("２０２４年２月３日", "2024-02-03"), ("2024/2/3 0:00", "2024-02-03"),
        ("2024年二月3日", "2024-02-03"), ("2000-02-29", "2000-02-29"),
    ])
    func aCommonFormIsRead(text: String, expected: String) throws { #expect(try applied("date", to: text) == expected) }

    @Test(arguments: [
        "农历2024年2月3日", "二〇二四年正月初三", "2024年正月初三", "2024年2月初三", "二〇二四年腊月廿三", "2024年闰二月3日", "甲辰年二月三日",
        "24-02-03", "24年2月3日", "二四年二月三日", "民国113年2月3日", "45325", "2023-02-29", "2024-00-03", "2024-02", "2024年2月",
        "二〇二四年二月三十日", "二〇二四年二月十十日", "二〇二四年十三月三日", "02/03/2024", "2024-2/3", "1900-02-29", "0000-01-01",
        "2024-02-03 08:30:00", "二〇二四年二月三", "２０二四年",
    ])
    func whatWouldHaveToBeGuessedIsNoDate(text: String) throws { #expect(try applied("date", to: text) == nil) }

    @Test(arguments: [
        ("D/M/YYYY", "3/2/2024", "2024-02-03"), ("民国R年M月D日", "民国113年2月3日", "2024-02-03"),
        ("RRRMMDD", "1130203", "2024-02-03"), ("R.M.D", "75.12.1", "1986-12-01"), ("serial1900", "45325", "2024-02-03"),
        ("serial1900", "45325.0", "2024-02-03"), ("serial1900", "59", "1900-02-28"), ("serial1900", "61", "1900-03-01"),
        ("serial1904", "43863", "2024-02-03"), ("YYYY-MM-DD hh:mm:ss", "2024-02-03 08:30:00", "2024-02-03"),
        ("YYYY/M/D h:mm", "2024/2/3 8:05", "2024-02-03"),
    ])
    func aDeclaredFormIsRead(form: String, text: String, expected: String) throws {
        #expect(try applied("date: { formats: [\"\(form)\"] }", to: text) == expected)
    }

    @Test(arguments: [
        ("serial1900", "60"), ("serial1900", "0"), ("serial1900", "45325.5"), ("serial1900", "2024-02-03"),
        ("serial1900", "9999999"), ("RRRMMDD", "0000203"), ("RRRMMDD", "20240203"), ("民国R年M月D日", "2024年2月3日"),
        ("YYYY-MM-DD hh:mm:ss", "2024-02-03 25:30:00"), ("YYYYMMDD", "2024-02-03"), ("YYYYMMDD", "二〇二四年二月三日"),
    ])
    func onlyDeclaredFormsAreRead(form: String, text: String) throws {
        #expect(try applied("date: { formats: [\"\(form)\"] }", to: text) == nil)
    }

    @Test(arguments: ["YYYYMD", "RMMDD", "YY-MM-DD", "YYYY-MM", "YYYY-MM-DD-DD", "RYYYYMMDD", "mm", "MDYYYY", "serial"])
    func aFormThatCouldBeReadTwoWaysIsRefused(form: String) {
        #expect(throws: MappingMistakes.self) { try applied("date: { formats: [\"\(form)\"] }", to: "x") }
    }
}
