/// An entry's time as it is written: RFC 3339 in UTC with milliseconds, 24 bytes, `2026-06-30T08:00:00.000Z`.
enum AuditTime {
    static let byteCount = 24
    /// 1970-01-01T00:00:00.000Z to 9999-12-31T23:59:59.999Z.
    static let range: Range<Int64> = 0..<253_402_300_800_000

    static func append(_ milliseconds: Int64, to out: inout [UInt8]) {
        let (day, rest) = (milliseconds / 86_400_000, milliseconds % 86_400_000)
        let (year, month, date) = civil(day)
        put(year, 4, 0x2D, &out)
        put(month, 2, 0x2D, &out)
        put(date, 2, 0x54, &out)
        put(rest / 3_600_000, 2, 0x3A, &out)
        put(rest / 60_000 % 60, 2, 0x3A, &out)
        put(rest / 1000 % 60, 2, 0x2E, &out)
        put(rest % 1000, 3, 0x5A, &out)
    }

    /// Reads the digits where ``append(_:to:)`` writes them; nil when they are not digits or the time is out of
    /// ``range``. Whether the text is in that one form, only writing it again shows.
    static func parse(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        guard text.count == byteCount, let year = number(text, 0..<4), let month = number(text, 5..<7),
            let date = number(text, 8..<10), let hour = number(text, 11..<13), let minute = number(text, 14..<16),
            let second = number(text, 17..<19), let millisecond = number(text, 20..<23)
        else { return nil }
        let seconds = ((days(year, month, date) * 24 + hour) * 60 + minute) * 60 + second
        let time = seconds * 1000 + millisecond
        return range.contains(time) ? time : nil
    }

    private static func number(_ text: UnsafeBufferPointer<UInt8>, _ places: Range<Int>) -> Int64? {
        var value: Int64 = 0
        for place in places {
            guard (0x30...0x39).contains(text[place]) else { return nil }
            value = value * 10 + Int64(text[place] - 0x30)
        }
        return value
    }

    private static func put(_ value: Int64, _ digits: Int, _ end: UInt8, _ out: inout [UInt8]) {
        var divisor: Int64 = digits == 4 ? 1000 : digits == 3 ? 100 : 10
        while divisor > 0 {
            out.append(0x30 + UInt8(value / divisor % 10))
            divisor /= 10
        }
        out.append(end)
    }

    // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": civil_from_days and days_from_civil, from 1970 on.
    private static func civil(_ day: Int64) -> (year: Int64, month: Int64, date: Int64) {
        let shifted = day + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func days(_ year: Int64, _ month: Int64, _ date: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let yearOfEra = shifted % 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + date - 1
        return shifted / 400 * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
