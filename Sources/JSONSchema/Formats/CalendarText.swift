/// Dates and times of RFC 3339, section 5.6.
enum CalendarText {
    /// `full-date`: the first ten bytes are a day of the Gregorian calendar.
    static func isDate(_ text: TextSlice) -> Bool {
        guard let century = text.twoDigits(at: 0), let yearOfCentury = text.twoDigits(at: 2), text.has("-", at: 4),
            let month = text.twoDigits(at: 5), text.has("-", at: 7), let day = text.twoDigits(at: 8)
        else { return false }
        return isDay(day, month: month, year: century * 100 + yearOfCentury)
    }

    static func isDay(_ day: Int, month: Int, year: Int) -> Bool {
        (1...12).contains(month) && day >= 1 && day <= days(in: month, of: year)
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// `date-time`; the letters may be small (section 5.6, note).
    static func isDateTime(_ text: UnsafeRawBufferPointer) -> Bool {
        guard text.count >= 20, text[10] | 0x20 == UInt8(ascii: "t") else { return false }
        return isDate(text[..<10]) && isTime(text[11...])
    }

    /// `full-time`. A leap second is allowed only where it can be: the last of a day in UTC.
    static func isTime(_ text: TextSlice) -> Bool {
        guard let hour = text.twoDigits(at: 0), hour < 24, text.has(":", at: 2), let minute = text.twoDigits(at: 3),
            minute < 60, text.has(":", at: 5), let second = text.twoDigits(at: 6), second <= 60
        else { return false }
        var rest = text.dropFirst(8)
        if rest.first == UInt8(ascii: ".") {
            let fraction = rest.dropFirst().prefix { $0.isDigit }
            if fraction.isEmpty { return false }
            rest = rest[fraction.endIndex...]
        }
        guard let offset = offsetInMinutes(rest) else { return false }
        let minuteOfDay = (hour * 60 + minute - offset + 2 * 1440) % 1440
        return second < 60 || minuteOfDay == 1439
    }

    private static func offsetInMinutes(_ text: TextSlice) -> Int? {
        if text.count == 1, text.first.map({ $0 | 0x20 }) == UInt8(ascii: "z") { return 0 }
        guard text.count == 6, text.has("+", at: 0) || text.has("-", at: 0), let hours = text.twoDigits(at: 1),
            hours < 24, text.has(":", at: 3), let minutes = text.twoDigits(at: 4), minutes < 60
        else { return nil }
        return (hours * 60 + minutes) * (text.has("-", at: 0) ? -1 : 1)
    }
}
