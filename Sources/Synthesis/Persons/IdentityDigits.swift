import Interchange

/// An identity number of 18 characters of which all but the check character are chosen.
///
/// Its sequence number is 996 to 999. GB 11643-1989 keeps these for persons over a hundred, so that no others were given
/// them in numbers of 15 digits, and hardly any since: a person of whom `99[6-9]` are digits 15 to 17 is synthetic.
struct IdentityDigits: Sendable {
    private(set) var bytes = InlineArray<18, UInt8>(repeating: 0x30)

    /// - Parameter sequence: 996 to 999; odd for men.
    init(division: UInt32, birth: CivilDate, sequence: Int) {
        put(Int(division), 0..<6)
        let (year, month, day) = birth.components
        put(year * 10_000 + month * 100 + day, 6..<14)
        put(sequence, 14..<17)
        bytes[17] = check
    }

    private mutating func put(_ number: Int, _ range: Range<Int>) {
        var rest = number
        for index in range.reversed() {
            bytes[index] = 0x30 + UInt8(rest % 10)
            rest /= 10
        }
    }

    /// The first 17 digits as a number.
    var value: UInt64 {
        var value: UInt64 = 0
        for index in 0..<17 { value = value * 10 + UInt64(bytes[index] - 0x30) }
        return value
    }

    /// GB 11643, ISO 7064 MOD 11-2: 2^17 to 2^1 modulo 11 weigh the digits.
    private var checkValue: Int {
        var sum = 0
        for index in 0..<17 { sum = (sum + Int(bytes[index] - 0x30)) * 2 % 11 }
        return (12 - sum) % 11
    }

    private static func character(_ value: Int) -> UInt8 { value == 10 ? 0x58 : 0x30 + UInt8(value) }

    private var check: UInt8 { Self.character(checkValue) }

    /// A check character that is not this number's.
    var wrongCheck: UInt8 { Self.character((checkValue + 1) % 11) }

    var endsInX: Bool { bytes[17] == 0x58 }

    /// Whether three zeros at the end would have the wrong check character.
    var isDamagedByZeros: Bool {
        var zeroed = self
        zeroed.bytes[15] = 0x30
        zeroed.bytes[16] = 0x30
        return zeroed.check != 0x30
    }

    func append(_ range: Range<Int>, to out: inout [UInt8]) {
        for index in range { out.append(bytes[index]) }
    }
}
