/// Host names and addresses.
enum HostText {
    /// Bytes of a name.
    private static let maximumBytes = 253

    /// RFC 1123, section 2.1: labels of 1 to 63 letters, digits and inner hyphens, 253 bytes in all. Labels that begin with
    /// `xn--` must be the ASCII form of an international one.
    static func isName(_ text: TextSlice) -> Bool {
        guard (1...maximumBytes).contains(text.count) else { return false }
        let labels = text.pieces(between: ".")
        return labels.allSatisfy(isLabel)
            && (!labels.contains(where: InternationalLabel.isEncoded) || isInternationalName(text))
    }

    /// RFC 5890, section 2.3.2: a name of which any label may have other than ASCII characters.
    static func isInternationalName(_ text: TextSlice) -> Bool {
        // A character takes 4 bytes at most, and no label is longer written so than in ASCII.
        guard (1...4 * maximumBytes).contains(text.count) else { return false }
        let labels = String(decoding: text, as: UTF8.self).unicodeScalars
            .split(omittingEmptySubsequences: false, whereSeparator: isSeparator).map { internationalLabel(Array($0)) }
        let known = labels.compactMap { $0 }
        guard known.count == labels.count else { return false }
        // With a label that is written from right to left, all must fit each other (RFC 5893).
        return known.reduce(known.count - 1) { $0 + $1.asciiCount } <= maximumBytes
            && (!known.contains { $0.bidi.isFromRight } || known.allSatisfy { $0.bidi.keepsRule })
    }

    /// The full stop, and those of RFC 3490, section 3.1.
    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "." || scalar == "\u{3002}" || scalar == "\u{FF0E}" || scalar == "\u{FF61}"
    }

    private static func internationalLabel(_ scalars: [Unicode.Scalar]) -> InternationalLabel? {
        guard scalars.allSatisfy(\.isASCII) else { return InternationalLabel(scalars) }
        let bytes = scalars.map { UInt8(ascii: $0) }
        return bytes.withUnsafeBytes { text in
            if InternationalLabel.isEncoded(text[...]) { return InternationalLabel(ascii: text[...]) }
            // Capitals are allowed in labels of ASCII alone.
            guard isLabel(text[...]) else { return nil }
            return InternationalLabel(bytes.map { Unicode.Scalar($0.isLetter ? $0 | 0x20 : $0) })
        }
    }

    private static func isLabel(_ label: TextSlice) -> Bool {
        guard (1...63).contains(label.count), label.first != UInt8(ascii: "-"), label.last != UInt8(ascii: "-"),
            label.allSatisfy({ $0.isDigit || $0.isLetter || $0 == UInt8(ascii: "-") })
        else { return false }
        // Hyphens in the third and fourth place are kept for encoded labels (RFC 5891, section 4.2.3.1).
        return !(label.has("-", at: 2) && label.has("-", at: 3)) || InternationalLabel.isEncoded(label)
    }

    /// RFC 2673, section 3.2: four decimal numbers up to 255 without leading zeros.
    static func isIPv4(_ text: TextSlice) -> Bool {
        let parts = text.pieces(between: ".")
        return parts.count == 4
            && parts.allSatisfy { part in
                guard (1...3).contains(part.count), part.allSatisfy(\.isDigit) else { return false }
                guard part.count == 1 || part.first != UInt8(ascii: "0") else { return false }
                return part.reduce(0) { $0 * 10 + Int($1 - 0x30) } <= 255
            }
    }

    /// RFC 4291, section 2.2.
    static func isIPv6(_ text: TextSlice) -> Bool {
        var groups = 0
        var hasGap = false
        var expectsColon = false
        var rest = text
        while !rest.isEmpty {
            if rest.has(":", at: 0), rest.has(":", at: 1) {
                guard !hasGap else { return false }
                hasGap = true
                expectsColon = false
                rest = rest.dropFirst(2)
                continue
            }
            if expectsColon { rest = rest.dropFirst() }
            let group = rest.prefix { $0 != UInt8(ascii: ":") }
            rest = rest[group.endIndex...]
            expectsColon = true
            if rest.isEmpty, isIPv4(group) {
                groups += 2
            } else {
                guard (1...4).contains(group.count), group.allSatisfy(\.isHexadecimal) else { return false }
                groups += 1
            }
        }
        return hasGap ? groups <= 7 : groups == 8
    }
}
