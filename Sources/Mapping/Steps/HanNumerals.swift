/// Days written in words: 二〇二四年二月三日. What is not plainly a day of the civil calendar (正月, 腊月, 初三, 廿三, 闰二月, 农历…) has
/// characters that are none of these, and is not read.
enum HanNumerals {
    /// The text with its numerals as digits and without blanks; nil when it has another character than numerals, digits,
    /// 年, 月, 日 and 号, or a numeral that is none.
    static func digits(in text: ArraySlice<UInt8>) -> [UInt8]? {
        var out: [UInt8] = []
        var run: [Character] = []
        for character in String(decoding: text, as: UTF8.self) {
            switch character {
            case " ": continue
            case "年", "月", "日", "号":
                guard let number = number(run, isYear: character == "年") else { return nil }
                out += Array(number.utf8) + Array(String(character).utf8)
                run = []
            case _ where character.isASCII && character.isNumber || values[character] != nil || character == "十":
                run.append(character)
            default: return nil
            }
        }
        return run.isEmpty ? out : nil
    }

    private static let values: [Character: Int] = [
        "〇": 0, "零": 0, "○": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
    ]

    /// A year's numerals stand for its digits; a month's or day's are read with 十, up to 三十一.
    private static func number(_ run: [Character], isYear: Bool) -> String? {
        if run.allSatisfy(\.isASCII) { return String(run) }
        if isYear {
            let digits = run.compactMap { values[$0] }
            return digits.count == 4 && run.count == 4 ? digits.map(String.init).joined() : nil
        }
        guard let ten = run.firstIndex(of: "十") else {
            return run.count == 1 || run.count == 2 && values[run[0]] == 0
                ? run.last.flatMap { values[$0] }.map(String.init) : nil
        }
        let (before, after) = (run[..<ten], run[(ten + 1)...])
        guard before.count <= 1, after.count <= 1, let tens = before.isEmpty ? 1 : before.first.flatMap({ values[$0] }),
            let ones = after.isEmpty ? 0 : after.first.flatMap({ values[$0] }), tens > 0, after.isEmpty || ones > 0
        else { return nil }
        return String(tens * 10 + ones)
    }
}
