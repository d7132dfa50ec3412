/// A province-level division, by the first two digits of its GB/T 2260 code.
///
/// Only the 34 codes of the standard exist: `Province("99")` is nil.
public struct Province: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// 11 to 82.
    public let number: UInt8

    public init?(number: Int) {
        guard (0...99).contains(number), Self.isAssigned(number) else { return nil }
        self.number = UInt8(number)
    }

    /// - Parameter text: exactly two ASCII digits.
    public init?(_ text: some StringProtocol) {
        let digits = Array(text.utf8)
        guard digits.count == 2 else { return nil }
        self.init(digits: digits[0], digits[1])
    }

    /// Nil when the bytes are no ASCII digits, or no province has them.
    public init?(digits first: UInt8, _ second: UInt8) {
        guard (0x30...0x39).contains(first), (0x30...0x39).contains(second) else { return nil }
        self.init(number: Int(first - 0x30) * 10 + Int(second - 0x30))
    }

    public var description: String { String(number) }

    public static func < (left: Province, right: Province) -> Bool { left.number < right.number }

    /// Every province-level code of GB/T 2260-2007, in order.
    public static let all: [Province] = (11...82).compactMap { Province(number: $0) }

    /// Without a table: the paths that every record takes come by several times.
    @inline(__always)
    private static func isAssigned(_ number: Int) -> Bool {
        switch number {
        case 11...15, 21...23, 31...37, 41...46, 50...54, 61...65, 71, 81...82: true
        default: false
        }
    }
}
