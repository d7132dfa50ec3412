/// Mailboxes of RFC 5321, section 4.1.2; with other than ASCII, of RFC 6531.
enum MailAddressText {
    static func isAddress(_ text: UnsafeRawBufferPointer, allowsNonASCII: Bool) -> Bool {
        guard let at = text.lastIndex(of: UInt8(ascii: "@")) else { return false }
        let (local, domain) = (text[..<at], text[(at + 1)...])
        return isLocal(local, allowsNonASCII) && isDomain(domain, allowsNonASCII)
    }

    private static func isLocal(_ text: TextSlice, _ allowsNonASCII: Bool) -> Bool {
        guard text.first != UInt8(ascii: "\"") else { return isQuoted(text, allowsNonASCII) }
        return text.pieces(between: ".").allSatisfy { atom in
            !atom.isEmpty && atom.allSatisfy { isAtomByte($0) || allowsNonASCII && $0 >= 0x80 }
        }
    }

    private static func isAtomByte(_ byte: UInt8) -> Bool {
        guard !byte.isDigit, !byte.isLetter else { return true }
        return "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    private static func isQuoted(_ text: TextSlice, _ allowsNonASCII: Bool) -> Bool {
        guard text.count >= 2, text.last == UInt8(ascii: "\"") else { return false }
        var isEscaped = false
        for byte in text.dropFirst().dropLast() {
            guard (0x20..<0x7F).contains(byte) || allowsNonASCII && byte >= 0x80 else { return false }
            if !isEscaped, byte == UInt8(ascii: "\"") { return false }
            isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
        }
        return !isEscaped
    }

    private static func isDomain(_ text: TextSlice, _ allowsNonASCII: Bool) -> Bool {
        if text.first == UInt8(ascii: "[") {
            guard text.last == UInt8(ascii: "]") else { return false }
            let address = text.dropFirst().dropLast()
            return HostText.isIPv4(address)
                || address.starts(with: "IPv6:".utf8) && HostText.isIPv6(address.dropFirst(5))
        }
        return allowsNonASCII ? HostText.isInternationalName(text) : HostText.isName(text)
    }
}
