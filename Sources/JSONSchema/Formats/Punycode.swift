/// Punycode (RFC 3492): the ASCII form of an internationalised label, without its `xn--`.
enum Punycode {
    private static let base = 36
    private static let delimiter = UInt8(ascii: "-")

    /// - Parameter text: letters, digits and hyphens; capitals count as small.
    /// - Returns: nil for a text that is no Punycode.
    static func decoded(_ text: some Sequence<UInt8>) -> [Unicode.Scalar]? {
        let bytes = Array(text)
        let split = bytes.lastIndex(of: delimiter)
        var output = bytes[..<(split ?? 0)].map { Unicode.Scalar($0) }
        var rest = bytes[(split.map { $0 + 1 } ?? 0)...]
        var state = Adaptation()
        var value = 0x80
        var index = 0
        while !rest.isEmpty {
            let old = index
            var weight = 1
            for step in 1... {
                guard let digit = rest.popFirst().flatMap(digit), index < 1 << 31 else { return nil }
                index += digit * weight
                let threshold = state.threshold(step)
                if digit < threshold { break }
                guard weight < 1 << 31 else { return nil }
                weight *= base - threshold
            }
            state.adapt(by: index - old, over: output.count + 1, isFirst: old == 0)
            value += index / (output.count + 1)
            index %= output.count + 1
            guard let scalar = UInt32(exactly: value).flatMap(Unicode.Scalar.init) else { return nil }
            output.insert(scalar, at: index)
            index += 1
        }
        return output
    }

    static func encoded(_ scalars: [Unicode.Scalar]) -> [UInt8] {
        var output = scalars.filter(\.isASCII).map { UInt8(ascii: $0) }
        let basicCount = output.count
        if basicCount > 0 { output.append(delimiter) }
        var state = Adaptation()
        var value = 0x80
        var delta = 0
        var handled = basicCount
        while handled < scalars.count {
            let next = scalars.lazy.map { Int($0.value) }.filter { $0 >= value }.min() ?? value
            delta += (next - value) * (handled + 1)
            value = next
            for scalar in scalars {
                if scalar.value < value { delta += 1 }
                guard Int(scalar.value) == value else { continue }
                output += state.digits(of: delta)
                state.adapt(by: delta, over: handled + 1, isFirst: handled == basicCount)
                delta = 0
                handled += 1
            }
            delta += 1
            value += 1
        }
        return output
    }

    private static func digit(_ byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte - UInt8(ascii: "a"))
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0")) + 26
        default: nil
        }
    }

    /// The bias of RFC 3492, section 3.4, with the parameters of section 5.
    private struct Adaptation {
        private var bias = 72

        /// - Parameter step: 1 for the least digit.
        func threshold(_ step: Int) -> Int { min(max(step * base - bias, 1), 26) }

        mutating func adapt(by delta: Int, over count: Int, isFirst: Bool) {
            var rest = isFirst ? delta / 700 : delta / 2
            rest += rest / count
            var shift = 0
            while rest > 455 {
                rest /= 35
                shift += base
            }
            bias = shift + 36 * rest / (rest + 38)
        }

        func digits(of number: Int) -> [UInt8] {
            var digits: [UInt8] = []
            var rest = number
            for step in 1... {
                let threshold = threshold(step)
                if rest < threshold { break }
                digits.append(letter(threshold + (rest - threshold) % (base - threshold)))
                rest = (rest - threshold) / (base - threshold)
            }
            return digits + [letter(rest)]
        }

        private func letter(_ digit: Int) -> UInt8 {
            digit < 26 ? UInt8(ascii: "a") + UInt8(digit) : UInt8(ascii: "0") + UInt8(digit - 26)
        }
    }
}
