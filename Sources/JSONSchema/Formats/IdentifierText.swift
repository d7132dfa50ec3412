/// UUIDs and JSON Pointers.
enum IdentifierText {
    /// RFC 4122, section 3: hexadecimal digits in groups of 8, 4, 4, 4 and 12.
    static func isUUID(_ text: UnsafeRawBufferPointer) -> Bool {
        guard text.count == 36 else { return false }
        for (position, byte) in text.enumerated() {
            switch position {
            case 8, 13, 18, 23: if byte != UInt8(ascii: "-") { return false }
            default: if !byte.isHexadecimal { return false }
            }
        }
        return true
    }

    /// RFC 6901, section 3.
    static func isPointer(_ text: TextSlice) -> Bool {
        guard let first = text.first else { return true }
        guard first == UInt8(ascii: "/") else { return false }
        var isEscape = false
        for byte in text {
            if isEscape, byte != UInt8(ascii: "0"), byte != UInt8(ascii: "1") { return false }
            isEscape = byte == UInt8(ascii: "~")
        }
        return !isEscape
    }

    /// draft-handrews-relative-json-pointer-01, section 3.
    static func isRelativePointer(_ text: TextSlice) -> Bool {
        let digits = text.prefix { $0.isDigit }
        guard let first = digits.first, first != UInt8(ascii: "0") || digits.count == 1 else { return false }
        let rest = text[digits.endIndex...]
        return rest.count == 1 && rest.first == UInt8(ascii: "#") || isPointer(rest)
    }
}
