/// A day of the proleptic Gregorian calendar, without a time or a zone.
public struct CivilDate: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Days since 1970-01-01; negative before it.
    public let daysSince1970: Int32

    public init(daysSince1970: Int) { self.daysSince1970 = Int32(clamping: daysSince1970) }

    /// Nil when the calendar has no such day. Years 1 to 9999.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1, day <= Self.days(in: month, of: year)
        else { return nil }
        // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        daysSince1970 = Int32(era * 146_097 + dayOfEra - 719_468)
    }

    /// - Parameter text: `YYYY-MM-DD`, nothing before or after.
    public init?(_ text: some StringProtocol) { self.init(utf8: Array(text.utf8)) }

    /// As the generic one, for the paths that every record takes.
    public init?(utf8 text: UnsafeRawBufferPointer) {
        guard text.count == 10, text[4] == 0x2D, text[7] == 0x2D, let century = Self.two(text, 0),
            let year = Self.two(text, 2), let month = Self.two(text, 5), let day = Self.two(text, 8)
        else { return nil }
        self.init(year: century * 100 + year, month: month, day: day)
    }

    @inline(__always)
    private static func two(_ text: UnsafeRawBufferPointer, _ place: Int) -> Int? {
        let (tens, ones) = (text[place] &- 0x30, text[place + 1] &- 0x30)
        return tens < 10 && ones < 10 ? Int(tens) &* 10 &+ Int(ones) : nil
    }

    public init?(utf8 text: some RandomAccessCollection<UInt8>) {
        guard text.count == 10 else { return nil }
        var fields = (0, 0, 0)
        for (position, byte) in text.enumerated() {
            if position == 4 || position == 7 {
                guard byte == 0x2D else { return nil }
                continue
            }
            guard (0x30...0x39).contains(byte) else { return nil }
            let digit = Int(byte - 0x30)
            switch position {
            case 0..<4: fields.0 = fields.0 * 10 + digit
            case 5..<7: fields.1 = fields.1 * 10 + digit
            default: fields.2 = fields.2 * 10 + digit
            }
        }
        self.init(year: fields.0, month: fields.1, day: fields.2)
    }

    public var components: (year: Int, month: Int, day: Int) {
        let shifted = Int(daysSince1970) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    public var year: Int { components.year }

    public func adding(days: Int) -> CivilDate { CivilDate(daysSince1970: Int(daysSince1970) + days) }

    /// The ten ASCII bytes of ``description``.
    public func append(to out: inout [UInt8]) {
        withUnsafeTemporaryAllocation(byteCount: Self.length, alignment: 1) { text in
            var writer = TextWriter(text)
            writer.put(self)
            out.append(contentsOf: UnsafeRawBufferPointer(text))
        }
    }

    /// Characters of a day.
    private static let length = 10

    public var description: String {
        var out: [UInt8] = []
        append(to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    public static func < (left: CivilDate, right: CivilDate) -> Bool { left.daysSince1970 < right.daysSince1970 }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
