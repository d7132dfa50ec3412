/// A text as it is looked at for numbers and names that have no place in it: every kind of digit (full width, Arabic-Indic,
/// circled) as the ASCII one, full-width letters as ASCII ones, all in lower case, and nothing that is neither letter nor digit.
public struct FoldedText: Sendable {
    /// What is shorter is looked for in no text: a single character is no name.
    private static let shortest = 2

    /// CJK Unified Ideographs, each of which is a letter without case and no digit.
    static let ideographs: ClosedRange<UInt32> = 0x4E00...0x9FFF

    private let scalars: [Unicode.Scalar]

    public init(_ text: String) {
        var scalars: [Unicode.Scalar] = []
        scalars.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            // Nearly all: what Unicode says of a scalar takes longer to ask than all the rest.
            switch scalar.value {
            case 0x30...0x39, 0x61...0x7A, Self.ideographs: scalars.append(scalar)
            case 0x41...0x5A: scalars.append(Unicode.Scalar(UInt8(scalar.value) | 0x20))
            case 0..<0x80: continue
            default: scalars += Self.fold(scalar)
            }
        }
        self.scalars = scalars
    }

    /// Whether a text may hold a citizen's number, by its length alone: each digit of it is a scalar that folds to one.
    public static func mayHoldIdNumber(_ text: String) -> Bool {
        var count = 0
        for byte in text.utf8 where byte &- 0x30 < 10 || byte >= 0xC0 { count += 1 }
        return count >= 15
    }

    /// Whether the text is long enough to hold this one: no scalar folds to more scalars than it has bytes of UTF-8.
    public func fits(in text: String) -> Bool { scalars.count <= text.utf8.count }

    /// Whether the other stands in it, whatever the width, case and separators of either.
    public func holds(_ other: FoldedText) -> Bool {
        other.scalars.count >= Self.shortest && scalars.count >= other.scalars.count && scalars.contains(other.scalars)
    }

    /// Whether a citizen's number stands anywhere in its digits, be it within a longer run: 15 or 17 digits that begin with a
    /// province (or with the 9 of a foreign permanent resident) and have a birth date of the calendar in its place. The check
    /// character is not asked: a number with a wrong one tells as much. So a case number that has today's date right
    /// after the six digits of a division is refused, too; `A-2026-000123` and a docket of 20 digits without such a date are not.
    public var holdsIdNumber: Bool {
        guard scalars.count >= 15 else { return false }
        var run: [Int] = []
        for scalar in scalars {
            guard let digit = Self.digit(scalar) else {
                run = []
                continue
            }
            run.append(digit)
            if Self.endsWithLongNumber(run) || Self.endsWithShortNumber(run) { return true }
        }
        return false
    }

    /// All but the check character of an 18-character number.
    private static func endsWithLongNumber(_ run: [Int]) -> Bool {
        let number = Array(run.suffix(17))
        guard number.count == 17 else { return false }
        return (number[0] == 9 || isProvince(number))
            && isBirthDate(year: value(number[6..<10]), month: value(number[10..<12]), day: value(number[12..<14]))
    }

    private static func endsWithShortNumber(_ run: [Int]) -> Bool {
        let number = Array(run.suffix(15))
        guard number.count == 15, isProvince(number) else { return false }
        return isBirthDate(
            year: 1900 + value(number[6..<8]), month: value(number[8..<10]), day: value(number[10..<12]))
    }

    /// 83 begins the residence permits of people from Taiwan.
    private static func isProvince(_ number: [Int]) -> Bool {
        let code = number[0] * 10 + number[1]
        return code == 83 || Province(number: code) != nil
    }

    private static func isBirthDate(year: Int, month: Int, day: Int) -> Bool {
        (1850..<2100).contains(year) && CivilDate(year: year, month: month, day: day) != nil
    }

    private static func value(_ digits: ArraySlice<Int>) -> Int { digits.reduce(0) { $0 * 10 + $1 } }

    private static func digit(_ scalar: Unicode.Scalar) -> Int? {
        ("0"..."9").contains(scalar) ? Int(scalar.value) - 0x30 : nil
    }

    private static func fold(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        let properties = scalar.properties
        if let value = properties.numericValue, properties.numericType != .numeric, (0...9).contains(value) {
            return [Unicode.Scalar(0x30 + UInt8(value))]
        }
        guard properties.isAlphabetic else { return [] }
        let narrow = (0xFF21...0xFF5A).contains(scalar.value) ? Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar : scalar
        return Array(narrow.properties.lowercaseMapping.unicodeScalars)
    }
}
