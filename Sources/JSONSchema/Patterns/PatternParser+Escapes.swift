extension PatternParser {
    /// What follows a backslash outside a class.
    mutating func escape() throws(PatternError) -> PatternNode {
        switch peek {
        case "b":
            _ = next()
            return .assertion(.wordBoundary)
        case "B":
            _ = next()
            return .assertion(.noWordBoundary)
        case "k":
            _ = next()
            guard take("<") else { throw PatternError(message: "a back reference has no name") }
            try groupName()
            return .unsupported("back references")
        case let digit? where ("1"..."9").contains(digit):
            _ = next()
            return .unsupported("back references")
        default: return .set(try classEscape())
        }
    }

    /// What follows a backslash, where it means characters.
    mutating func classEscape() throws(PatternError) -> ScalarSet {
        guard let letter = next() else { throw PatternError(message: "the pattern ends too early") }
        switch letter {
        case "d": return .digits
        case "D": return ScalarSet.digits.inverted
        case "w": return .wordCharacters
        case "W": return ScalarSet.wordCharacters.inverted
        case "s": return .spaces
        case "S": return ScalarSet.spaces.inverted
        case "p": return try property()
        case "P":
            let set = try property()
            return isSyntaxOnly ? set : set.inverted
        default: return ScalarSet(try character(after: letter))
        }
    }

    /// Bytes of a Unicode property's name; none is longer.
    private static let maximumPropertyName = 64

    private mutating func property() throws(PatternError) -> ScalarSet {
        guard take("{") else { throw PatternError(message: "a property has no name") }
        var name = ""
        while let scalar = next(), scalar != "}" {
            name.unicodeScalars.append(scalar)
            guard name.utf8.count <= Self.maximumPropertyName else { break }
        }
        if isSyntaxOnly, ScalarSet.hasProperty(name) { return ScalarSet() }
        guard !isSyntaxOnly, let set = ScalarSet(property: name) else {
            throw PatternError(message: "the Unicode property \(name) is unknown")
        }
        return set
    }

    private mutating func character(after letter: Unicode.Scalar) throws(PatternError) -> UInt32 {
        switch letter {
        case "t": return 0x09
        case "n": return 0x0A
        case "v": return 0x0B
        case "f": return 0x0C
        case "r": return 0x0D
        case "0":
            if let digit = peek, ("0"..."9").contains(digit) { break }
            return 0
        case "c":
            guard let control = next(), control.isASCII, UInt8(ascii: control).isLetter else { break }
            return control.value & 0x1F
        case "x": return try hexadecimal(2)
        case "u": return try unicodeEscape()
        case "^", "$", "\\", ".", "*", "+", "?", "(", ")", "[", "]", "{", "}", "|", "/": return letter.value
        default: break
        }
        throw PatternError(message: "an unknown escape")
    }

    private mutating func unicodeEscape() throws(PatternError) -> UInt32 {
        if take("{") {
            var value: UInt32 = 0
            var isEmpty = true
            while let digit = peek?.hexadecimalValue {
                _ = next()
                value = value << 4 | digit
                isEmpty = false
                guard value <= ScalarSet.maximum else { throw PatternError(message: "no such character") }
            }
            guard !isEmpty, take("}") else { throw PatternError(message: "an unknown escape") }
            return value
        }
        let unit = try hexadecimal(4)
        guard unit & 0xFC00 == 0xD800, take("\\u") else { return unit }
        let low = try hexadecimal(4)
        guard low & 0xFC00 == 0xDC00 else { throw PatternError(message: "half a surrogate pair") }
        return 0x1_0000 + (unit & 0x3FF) << 10 + low & 0x3FF
    }

    private mutating func hexadecimal(_ count: Int) throws(PatternError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let digit = next()?.hexadecimalValue else { throw PatternError(message: "an unknown escape") }
            value = value << 4 | digit
        }
        return value
    }
}

extension Unicode.Scalar {
    var hexadecimalValue: UInt32? {
        switch self {
        case "0"..."9": value - 0x30
        case "A"..."F", "a"..."f": (value | 0x20) - 0x57
        default: nil
        }
    }
}
