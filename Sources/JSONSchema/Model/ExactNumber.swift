import JSONTape

/// A JSON number as it is written, of any size: sign × digits × 10^exponent.
struct ExactNumber: Sendable, Hashable {
    /// False for zero.
    let isNegative: Bool
    /// Decimal digits 0 to 9, neither leading nor trailing zeros; empty for zero.
    let digits: [UInt8]
    /// Zero for zero.
    let exponent: Int

    /// Beyond this the exponent is cut: no schema tells such numbers apart.
    private static let exponentBound = 1 << 40

    /// - Parameter view: a number.
    init(_ view: JSONView) {
        self.init(lexeme: UnsafeRawBufferPointer(start: view.content, count: view.length))
    }

    /// - Parameter lexeme: a number by the grammar of JSON.
    init(lexeme: UnsafeRawBufferPointer) {
        var digits: [UInt8] = []
        var exponent = 0
        var inFraction = false
        var position = 0
        scan: while position < lexeme.count {
            switch lexeme[position] {
            case 0x30...0x39:
                digits.append(lexeme[position] - 0x30)
                if inFraction { exponent -= 1 }
            case UInt8(ascii: "."): inFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"): break scan
            default: break
            }
            position += 1
        }
        exponent += Self.exponent(lexeme[min(position + 1, lexeme.count)...])
        while digits.last == 0 {
            digits.removeLast()
            exponent += 1
        }
        self.digits = Array(digits.drop { $0 == 0 })
        self.exponent = self.digits.isEmpty ? 0 : exponent
        isNegative = lexeme.first == UInt8(ascii: "-") && !self.digits.isEmpty
    }

    private static func exponent(_ text: Slice<UnsafeRawBufferPointer>) -> Int {
        var magnitude = 0
        for byte in text where (0x30...0x39).contains(byte) {
            magnitude = min(magnitude * 10 + Int(byte - 0x30), exponentBound)
        }
        return text.first == UInt8(ascii: "-") ? -magnitude : magnitude
    }

    var isInteger: Bool { exponent >= 0 }

    var isZero: Bool { digits.isEmpty }

    /// The number as a count; nil when it is negative, has a fraction or is beyond `Int32`.
    var count: Int? {
        guard !isNegative, isInteger, digits.count + exponent <= 10 else { return nil }
        let value = digits.reduce(0) { $0 * 10 + Int($1) } * (0..<exponent).reduce(1) { power, _ in power * 10 }
        return value <= Int(Int32.max) ? value : nil
    }

    /// The number when it is an integer of at most 18 digits.
    var small: Int? {
        guard isInteger, digits.count + exponent <= 18 else { return nil }
        let value = digits.reduce(0) { $0 * 10 + Int($1) } * (0..<exponent).reduce(1) { power, _ in power * 10 }
        return isNegative ? -value : value
    }
}

extension ExactNumber: Comparable {
    static func < (left: ExactNumber, right: ExactNumber) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        return left.isNegative ? right.isSmallerInSize(than: left) : left.isSmallerInSize(than: right)
    }

    private func isSmallerInSize(than other: ExactNumber) -> Bool {
        if isZero || other.isZero { return isZero && !other.isZero }
        let (places, otherPlaces) = (digits.count + exponent, other.digits.count + other.exponent)
        if places != otherPlaces { return places < otherPlaces }
        return digits.lexicographicallyPrecedes(other.digits)
    }
}

extension ExactNumber {
    /// The significant digits as one integer; nil when there are more than 37.
    var significand: UInt128? {
        digits.count <= 37 ? digits.reduce(0) { $0 * 10 + UInt128($1) } : nil
    }

    /// Whether the number is a whole multiple. Linear in the digits, whatever the exponents.
    ///
    /// - Parameter divisor: not zero, at most 37 significant digits.
    func isMultiple(of divisor: ExactNumber) -> Bool {
        guard !isZero, let modulus = divisor.significand, modulus > 0 else { return true }
        // The digits end in no zero, so they have no factor of ten to offer for a larger exponent of the divisor.
        guard exponent >= divisor.exponent else { return false }
        let rest = Self.without(tens: exponent - divisor.exponent, modulus)
        if rest <= UInt64.max / 10 - 1 { return remainder(UInt64(rest)) == 0 }
        return remainder(rest) == 0
    }

    /// The number without the factors that so many tens have in common with it.
    private static func without(tens: Int, _ number: UInt128) -> UInt128 {
        var number = number
        for prime: UInt128 in [2, 5] {
            var left = tens
            while left > 0, number.isMultiple(of: prime) {
                number /= prime
                left -= 1
            }
        }
        return number
    }

    private func remainder<Word: FixedWidthInteger>(_ modulus: Word) -> Word {
        digits.reduce(0) { ($0 * 10 + Word($1)) % modulus }
    }
}
