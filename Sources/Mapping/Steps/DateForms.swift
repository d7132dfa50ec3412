import Interchange

/// The written forms that a `date` step reads.
struct DateForms: Sendable, Hashable {
    let forms: [DateForm]
    /// Whether years, months and days may be written with 〇 and 一 to 十.
    private let readsHanNumerals: Bool
    /// Whether `YYYY-MM-DD` is read as it is.
    let readsISO: Bool

    init(forms: [DateForm], readsHanNumerals: Bool = false) {
        self.forms = forms
        self.readsHanNumerals = readsHanNumerals
        readsISO = forms.contains(where: \.readsISO)
    }

    /// Forms are tried in order; the first that reads the whole text decides, whether or not the day exists. Years have four
    /// digits: what two digits mean is never guessed, nor a day of the lunar calendar.
    static let common = DateForms(
        forms: ["YYYY-M-D", "YYYYMMDD", "YYYY/M/D", "YYYY.M.D", "YYYY年M月D日", "YYYY年M月D号"].compactMap(DateForm.init),
        readsHanNumerals: true)

    func apply(to value: inout [UInt8]) -> Step.Outcome {
        if readsISO, value.count == 10, Digits.date(value[...]) != nil { return .same }
        _ = TextSteps.halfWidth(&value)
        _ = TextSteps.trim(&value)
        guard let date = read(value[...]) else { return .failed }
        value.removeAll(keepingCapacity: true)
        date.append(to: &value)
        return .changed
    }

    /// The day that the text, which is half-width and trimmed, means in one of the forms.
    func read(_ text: ArraySlice<UInt8>) -> CivilDate? {
        if let date = match(text) { return date }
        let day = Self.withoutZeroTime(text)
        if day.count < text.count, let date = match(day) { return date }
        // 年 in UTF-8: only a text that has it can be written in words.
        guard readsHanNumerals, day.contains(sequence: [0xE5, 0xB9, 0xB4]) else { return nil }
        return HanNumerals.digits(in: day).flatMap { match($0[...]) }
    }

    /// The day as the first form writes it; nil when it has no way to.
    func text(of date: CivilDate) -> [UInt8]? { forms.first?.text(of: date) }

    private func match(_ text: ArraySlice<UInt8>) -> CivilDate? {
        for form in forms {
            switch form.kind {
            case .written(let parts):
                if let (year, month, day) = Self.match(text, parts) {
                    return CivilDate(year: year, month: month, day: day)
                }
            case .serial(let zero):
                if let days = Self.serial(text), let day = CivilDate(serial: days, zero: zero) { return day }
            }
        }
        return nil
    }

    private static func match(_ text: ArraySlice<UInt8>, _ form: [DateForm.Part]) -> (Int, Int, Int)? {
        var rest = text
        var date = (0, 0, 0)
        for part in form {
            switch part {
            case .year: guard number(&rest, least: 4, most: 4, into: &date.0) else { return nil }
            case .republicYear(let least):
                guard number(&rest, least: least, most: 3, into: &date.0), date.0 > 0 else { return nil }
                date.0 += 1911
            case .month(let least): guard number(&rest, least: least, most: 2, into: &date.1) else { return nil }
            case .day(let least): guard number(&rest, least: least, most: 2, into: &date.2) else { return nil }
            case .time(let least, let below):
                var time = 0
                guard number(&rest, least: least, most: 2, into: &time), time < below else { return nil }
            case .text(let text):
                guard rest.starts(with: text) else { return nil }
                rest = rest.dropFirst(text.count)
            }
        }
        return rest.isEmpty ? date : nil
    }

    private static func number(_ rest: inout ArraySlice<UInt8>, least: Int, most: Int, into value: inout Int) -> Bool {
        var count = 0
        while count < most, let byte = rest.first, byte >= 0x30, byte <= 0x39 {
            value = value * 10 + Int(byte - 0x30)
            rest = rest.dropFirst()
            count += 1
        }
        return count >= least
    }

    /// A spreadsheet's count of days: digits, at most seven, and a fraction of zero.
    private static func serial(_ text: ArraySlice<UInt8>) -> Int? {
        var days = 0
        var rest = text
        guard number(&rest, least: 1, most: 7, into: &days) else { return nil }
        guard let point = rest.first else { return days }
        return point == 0x2E && rest.count > 1 && rest.dropFirst().allSatisfy { $0 == 0x30 } ? days : nil
    }

    /// Databases write a day as its midnight: `2020-01-31 00:00:00`, `2020-01-31T00:00:00.000`.
    private static func withoutZeroTime(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let mark = value.firstIndex(where: { $0 == 0x20 || $0 == 0x54 }), mark > value.startIndex else {
            return value
        }
        let time = value[(mark + 1)...]
        let isZero = time.contains(0x3A) && time.allSatisfy { $0 == 0x30 || $0 == 0x3A || $0 == 0x2E }
        return isZero ? value[..<mark] : value
    }
}

extension CivilDate {
    /// The day of a spreadsheet's serial number. 1900's system has a day 60 that never was, and counts one more before it.
    fileprivate init?(serial: Int, zero: Int) {
        let is1900 = zero == DateForm.serials["serial1900"]
        guard serial >= (is1900 ? 1 : 0), !(is1900 && serial == 60) else { return nil }
        let date = CivilDate(daysSince1970: zero + serial + (is1900 && serial < 60 ? 1 : 0))
        guard date.year <= 9999 else { return nil }
        self = date
    }
}

extension ArraySlice<UInt8> {
    fileprivate func contains(sequence: [UInt8]) -> Bool {
        guard count >= sequence.count else { return false }
        return (startIndex...endIndex - sequence.count).contains { self[$0...].starts(with: sequence) }
    }
}
