/// A six-digit code of GB/T 2260. Six digits make a code; whether it was ever assigned, and when, is a question for
/// ``CodeLists``, since codes were reused.
public struct DivisionCode: Sendable, Hashable, CustomStringConvertible {
    /// 0 to 999999.
    public let number: UInt32

    public init?(number: Int) {
        guard (0...999_999).contains(number) else { return nil }
        self.number = UInt32(number)
    }

    /// - Parameter text: exactly six ASCII digits.
    public init?(_ text: some StringProtocol) {
        self.init(utf8: text.utf8)
    }

    /// As the generic one, for the paths that every record takes.
    public init?(utf8 digits: UnsafeRawBufferPointer) {
        guard digits.count == 6 else { return nil }
        var value: UInt32 = 0
        for place in 0..<6 {
            let digit = digits[place] &- 0x30
            guard digit < 10 else { return nil }
            value = value &* 10 &+ UInt32(digit)
        }
        number = value
    }

    public init?(utf8 digits: some Collection<UInt8>) {
        guard digits.count == 6 else { return nil }
        var value: UInt32 = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            value = value * 10 + UInt32(digit - 0x30)
        }
        number = value
    }

    /// Nil when the first two digits are no province's.
    public var province: Province? { Province(number: Int(number / 10_000)) }

    public var description: String {
        let digits = String(number)
        return String(repeating: "0", count: 6 - digits.count) + digits
    }
}
