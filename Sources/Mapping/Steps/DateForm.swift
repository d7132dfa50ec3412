import Interchange

/// One written form of a day.
struct DateForm: Sendable, Hashable {
    /// A form's parts in order.
    enum Part: Sendable, Hashable {
        /// Digits: exactly as many as `most`, or from one to `most` when `least` is 1.
        case year
        /// Years of the Republic (民国): 1 is 1912.
        case republicYear(least: Int)
        case month(least: Int), day(least: Int)
        /// A time of day, which is read and left out.
        case time(least: Int, below: Int)
        case text([UInt8])
    }

    enum Kind: Sendable, Hashable {
        case written([Part])
        /// Days counted by a spreadsheet, of which 0 is this many days after 1970-01-01.
        case serial(zero: Int)
    }

    let kind: Kind

    /// The days of 1900's system are counted from 1899-12-30, as it takes 1900 for a leap year; those of 1904's from
    /// 1904-01-01. ECMA-376 part 1, 18.17.4.1.
    static let serials = ["serial1900": -25_569, "serial1904": -24_107]

    /// A form written with YYYY or R, MM or M, DD or D, hh, mm and ss, and other characters for themselves. Nil when a part
    /// of the day is missing or doubled, or when a number of unsettled length stands right before another.
    init?(_ form: String) {
        if let zero = Self.serials[form] {
            kind = .serial(zero: zero)
            return
        }
        var parts: [Part] = []
        var rest = form[...]
        while let first = rest.first {
            let run = rest.prefix { $0 == first }.count
            guard let part = Self.part(first, run) else { return nil }
            if let last = parts.last, last.isOfUnsettledLength, part.isNumber { return nil }
            parts.append(part)
            rest = rest.dropFirst(run)
        }
        guard parts.compactMap(\.field).sorted() == ["D", "M", "Y"] else { return nil }
        kind = .written(parts)
    }

    private static func part(_ letter: Character, _ run: Int) -> Part? {
        switch (letter, run) {
        case ("Y", 4): .year
        case ("R", 1), ("R", 3): .republicYear(least: run)
        case ("M", 1...2): .month(least: run)
        case ("D", 1...2): .day(least: run)
        case ("h", 1...2): .time(least: run, below: 24)
        case ("m", 2), ("s", 2): .time(least: 2, below: 60)
        case ("Y", _), ("R", _), ("M", _), ("D", _), ("h", _), ("m", _), ("s", _): nil
        default: .text(Array(String(repeating: letter, count: run).utf8))
        }
    }

    /// Whether `YYYY-MM-DD` is read by this form as it is.
    var readsISO: Bool {
        let dash = Part.text([0x2D])
        return kind == .written([.year, dash, .month(least: 2), dash, .day(least: 2)])
            || kind == .written([.year, dash, .month(least: 1), dash, .day(least: 1)])
    }

    /// The day in this form; nil when the form has no way to write it.
    func text(of date: CivilDate) -> [UInt8]? {
        guard case .written(let parts) = kind else {
            // Below 61 the system of 1900 counts a day that never was.
            guard case .serial(let zero) = kind, Int(date.daysSince1970) - zero > 60 else { return nil }
            return Array(String(Int(date.daysSince1970) - zero).utf8)
        }
        let (year, month, day) = date.components
        var out: [UInt8] = []
        for part in parts {
            switch part {
            case .year: out.append(number: year, least: 4)
            case .republicYear(let least):
                guard (1912...2910).contains(year) else { return nil }
                out.append(number: year - 1911, least: least)
            case .month(let least): out.append(number: month, least: least)
            case .day(let least): out.append(number: day, least: least)
            case .time(let least, _): out.append(number: 0, least: least)
            case .text(let text): out += text
            }
        }
        return out
    }
}

extension DateForm.Part {
    fileprivate var field: String? {
        switch self {
        case .year, .republicYear: "Y"
        case .month: "M"
        case .day: "D"
        case .time, .text: nil
        }
    }

    fileprivate var isNumber: Bool {
        if case .text = self { return false }
        return true
    }

    fileprivate var isOfUnsettledLength: Bool {
        switch self {
        case .republicYear(least: 1), .month(least: 1), .day(least: 1), .time(least: 1, _): true
        default: false
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(number: Int, least: Int) {
        let digits = Array(String(number).utf8)
        self += [UInt8](repeating: 0x30, count: Swift.max(0, least - digits.count)) + digits
    }
}
