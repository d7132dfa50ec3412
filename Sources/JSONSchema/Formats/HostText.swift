/// Host names and addresses.
enum HostText {
    /// RFC 1123, section 2.1: labels of 1 to 63 letters, digits and inner hyphens, 253 bytes in all.
    static func isName(_ text: TextSlice) -> Bool {
        guard (1...253).contains(text.count) else { return false }
        return text.pieces(between: ".").allSatisfy(isLabel)
    }

    private static func isLabel(_ label: TextSlice) -> Bool {
        guard (1...63).contains(label.count), label.first != UInt8(ascii: "-"), label.last != UInt8(ascii: "-"),
            label.allSatisfy({ $0.isDigit || $0.isLetter || $0 == UInt8(ascii: "-") })
        else { return false }
        // Hyphens in the third and fourth place are kept for encoded labels (RFC 5891, section 4.2.3.1).
        guard label.has("-", at: 2), label.has("-", at: 3) else { return true }
        return (label.has("x", at: 0) || label.has("X", at: 0)) && (label.has("n", at: 1) || label.has("N", at: 1))
            && label.count > 4
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
