extension [UInt8] {
    /// Appends the text as a JSON string with its quotes; escapes only what RFC 8259 section 7 demands.
    public mutating func append(jsonString text: some StringProtocol) {
        var text = String(text)
        text.withUTF8 { append(jsonString: UnsafeRawBufferPointer($0)) }
    }

    /// Appends UTF-8 as a JSON string with its quotes; escapes only what RFC 8259 section 7 demands.
    ///
    /// - Parameter text: well-formed UTF-8; not checked.
    public mutating func append(jsonString text: UnsafeRawBufferPointer) {
        append(UInt8(ascii: "\""))
        if text.needsNoEscape {
            append(contentsOf: text)
        } else {
            append(escaping: text)
        }
        append(UInt8(ascii: "\""))
    }

    private mutating func append(escaping text: UnsafeRawBufferPointer) {
        var start = 0
        for position in 0..<text.count {
            let byte = text[position]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
            append(contentsOf: text[start..<position])
            appendEscape(of: byte)
            start = position + 1
        }
        append(contentsOf: text[start...])
    }

    private mutating func appendEscape(of byte: UInt8) {
        append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
        case 0x08: append(UInt8(ascii: "b"))
        case 0x0C: append(UInt8(ascii: "f"))
        case 0x0A: append(UInt8(ascii: "n"))
        case 0x0D: append(UInt8(ascii: "r"))
        case 0x09: append(UInt8(ascii: "t"))
        default:
            append(contentsOf: [UInt8(ascii: "u"), 0x30, 0x30, 0x30 + byte >> 4])
            append(byte & 0xF < 10 ? 0x30 + byte & 0xF : 0x57 + byte & 0xF)
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Whether no byte is a control, a quote or a backslash.
    package var needsNoEscape: Bool {
        var position = 0
        while position + 8 <= count {
            if TapeText.stops(in: loadUnaligned(fromByteOffset: position, as: UInt64.self)) != 0 { return false }
            position += 8
        }
        while position < count {
            let byte = self[position]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return false }
            position += 1
        }
        return true
    }
}
