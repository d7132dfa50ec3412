import Interchange

/// The written forms that a `date` step reads.
struct DateForms: Sendable, Hashable {
    /// A form's parts in order.
    enum Part: Sendable, Hashable {
        /// Digits: exactly `most`, or one to `most` when `least` is 1.
        case year, month(least: Int), day(least: Int)
        case text([UInt8])
    }

    let forms: [[Part]]
    private let readsISO: Bool

    init(forms: [[Part]]) {
        self.forms = forms
        readsISO =
            forms.contains([.year, .text([0x2D]), .month(least: 2), .text([0x2D]), .day(least: 2)])
            || forms.contains([.year, .text([0x2D]), .month(least: 1), .text([0x2D]), .day(least: 1)])
    }

    /// Forms are tried in order; the first that reads the whole text decides, whether or not the day exists.
    static let common = DateForms(
        forms: ["YYYY-M-D", "YYYYMMDD", "YYYY/M/D", "YYYY.M.D", "YYYY年M月D日", "YYYY年M月D号"].compactMap(Self.parts))

    /// The parts of a form written with YYYY, MM or M, DD or D, and other characters for themselves. Nil when a part is
    /// missing or doubled.
    static func parts(of form: String) -> [Part]? {
        var parts: [Part] = []
        var rest = form[...]
        var fields = ""
        while let first = rest.first {
            let run = rest.prefix { $0 == first }.count
            switch (first, run) {
            case ("Y", 4): parts.append(.year)
            case ("M", 1...2): parts.append(.month(least: run))
            case ("D", 1...2): parts.append(.day(least: run))
            case ("Y", _), ("M", _), ("D", _): return nil
            default: parts.append(.text(Array(String(repeating: first, count: run).utf8)))
            }
            if "YMD".contains(first) { fields.append(first) }
            rest = rest.dropFirst(run)
        }
        return fields.sorted() == ["D", "M", "Y"] ? parts : nil
    }

    func apply(to value: inout [UInt8]) -> Step.Outcome {
        if readsISO, value.count == 10, Digits.date(value[...]) != nil { return .same }
        _ = TextSteps.halfWidth(&value)
        _ = TextSteps.trim(&value)
        guard let date = read(Self.withoutZeroTime(value)) else { return .failed }
        value.removeAll(keepingCapacity: true)
        date.append(to: &value)
        return .changed
    }

    /// The day that the text means in one of the forms.
    func read(_ text: ArraySlice<UInt8>) -> CivilDate? {
        for form in forms {
            if let (year, month, day) = Self.match(text, form) { return CivilDate(year: year, month: month, day: day) }
        }
        return nil
    }

    private static func match(_ text: ArraySlice<UInt8>, _ form: [Part]) -> (Int, Int, Int)? {
        var rest = text
        var date = (0, 0, 0)
        for part in form {
            switch part {
            case .year: guard number(&rest, least: 4, most: 4, into: &date.0) else { return nil }
            case .month(let least): guard number(&rest, least: least, most: 2, into: &date.1) else { return nil }
            case .day(let least): guard number(&rest, least: least, most: 2, into: &date.2) else { return nil }
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

    /// Databases write a day as its midnight: `2020-01-31 00:00:00`, `2020-01-31T00:00:00.000`.
    private static func withoutZeroTime(_ value: [UInt8]) -> ArraySlice<UInt8> {
        guard let mark = value.firstIndex(where: { $0 == 0x20 || $0 == 0x54 }), mark > 0 else { return value[...] }
        let time = value[(mark + 1)...]
        let isZero = time.contains(0x3A) && time.allSatisfy { $0 == 0x30 || $0 == 0x3A || $0 == 0x2E }
        return isZero ? value[..<mark] : value[...]
    }
}
