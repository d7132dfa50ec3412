/// What a scan of a string's content found.
struct ScannedString {
    /// Offset of the closing quote.
    var end: Int
    var flags: TapeNode.Flags
}

extension TapeText {
    /// Scans a string whose content begins at `start`, checks escapes and UTF-8.
    @inline(__always)
    func scanString(from start: Int) throws(JSONSyntaxError) -> ScannedString {
        var position = start
        var flags: TapeNode.Flags = []
        var high: UInt64 = 0
        while true {
            let word = loadWord(bytes + position)
            let stops = Self.stops(in: word)
            if stops == 0 {
                high |= word
                position &+= 8
                continue
            }
            let clear = stops.trailingZeroBitCount & ~7
            high |= word & ((1 &<< UInt64(truncatingIfNeeded: clear)) &- 1)
            position &+= clear &>> 3
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") { break }
            guard byte == UInt8(ascii: "\\") else { throw unexpectedInString(at: position) }
            flags.insert(.escapes)
            position = try endOfEscape(at: position)
        }
        if high & .highBits != 0 {
            flags.insert(.nonASCII)
            guard isWellFormedUTF8(bytes + start, position &- start) else {
                throw JSONSyntaxError(offset: start, reason: .invalidUTF8)
            }
        }
        return ScannedString(end: position, flags: flags)
    }

    /// Marks quotes, backslashes and control bytes; the lowest mark is exact, higher ones may be carries.
    @inline(__always)
    private static func stops(in word: UInt64) -> UInt64 {
        let quotes = word ^ UInt64(everywhere: UInt8(ascii: "\""))
        let slashes = word ^ UInt64(everywhere: UInt8(ascii: "\\"))
        let one = UInt64(everywhere: 1)
        let found =
            ((quotes &- one) & ~quotes) | ((slashes &- one) & ~slashes)
            | ((word &- UInt64(everywhere: 0x20)) & ~word)
        return found & .highBits
    }

    private func unexpectedInString(at position: Int) -> JSONSyntaxError {
        JSONSyntaxError(offset: min(position, end), reason: position >= end ? .unexpectedEnd : .controlCharacter)
    }

    /// The offset after the escape whose backslash is at `position`.
    private func endOfEscape(at position: Int) throws(JSONSyntaxError) -> Int {
        switch bytes[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return position + 2
        case UInt8(ascii: "u"):
            let unit = try hexUnit(at: position)
            guard unit & 0xF800 == 0xD800 else { return position + 6 }
            guard unit < 0xDC00, bytes[position + 6] == UInt8(ascii: "\\"), bytes[position + 7] == UInt8(ascii: "u"),
                try hexUnit(at: position + 6) & 0xFC00 == 0xDC00
            else { throw JSONSyntaxError(offset: position, reason: .loneSurrogate) }
            return position + 12
        default:
            throw JSONSyntaxError(offset: position, reason: position + 1 >= end ? .unexpectedEnd : .invalidEscape)
        }
    }

    private func hexUnit(at position: Int) throws(JSONSyntaxError) -> UInt16 {
        guard let unit = hexadecimalUnit(bytes + position + 2) else {
            throw JSONSyntaxError(offset: position, reason: .invalidEscape)
        }
        return unit
    }
}

/// The UTF-16 unit of four hexadecimal digits.
func hexadecimalUnit(_ bytes: UnsafePointer<UInt8>) -> UInt16? {
    var unit: UInt16 = 0
    for place in 0..<4 {
        let byte = bytes[place]
        switch byte {
        case 0x30...0x39: unit = unit << 4 | UInt16(byte - 0x30)
        case 0x41...0x46, 0x61...0x66: unit = unit << 4 | UInt16((byte | 0x20) - 0x57)
        default: return nil
        }
    }
    return unit
}
