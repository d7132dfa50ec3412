import Interchange

/// Digits read byte by byte: rows pass here by the hundred thousand, and generic readers cost ten times as much.
enum Digits {
    /// - Parameter text: exactly six digits.
    static func division(_ text: ArraySlice<UInt8>) -> DivisionCode? {
        guard text.count == 6, let number = number(text, 0, 6) else { return nil }
        return DivisionCode(number: number)
    }

    /// - Parameter text: `YYYY-MM-DD`, nothing before or after.
    static func date(_ text: ArraySlice<UInt8>) -> CivilDate? {
        let start = text.startIndex
        guard text.count == 10, text[start + 4] == 0x2D, text[start + 7] == 0x2D, let year = number(text, 0, 4),
            let month = number(text, 5, 2), let day = number(text, 8, 2)
        else { return nil }
        return CivilDate(year: year, month: month, day: day)
    }

    /// Whether the text is `YYYY-MM-DD`, a day of the calendar.
    static func isDate(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        text.count == 10 && CivilDate(utf8: UnsafeRawBufferPointer(text)) != nil
    }

    /// - Parameter text: exactly two digits.
    static func province(_ text: ArraySlice<UInt8>) -> Province? {
        guard text.count == 2, let number = number(text, 0, 2) else { return nil }
        return Province(number: number)
    }

    private static func number(_ text: ArraySlice<UInt8>, _ place: Int, _ count: Int) -> Int? {
        var value = 0
        for index in text.startIndex + place..<text.startIndex + place + count {
            let digit = text[index] &- 0x30
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
        }
        return value
    }
}
