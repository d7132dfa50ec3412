/// URI templates of RFC 6570, section 2.
enum URITemplateText {
    static func isTemplate(_ text: UnsafeRawBufferPointer) -> Bool {
        var rest = text[...]
        while let byte = rest.first {
            switch byte {
            case UInt8(ascii: "{"):
                guard let end = rest.firstIndex(of: UInt8(ascii: "}")),
                    isExpression(rest[(rest.startIndex + 1)..<end])
                else { return false }
                rest = rest[(end + 1)...]
            case UInt8(ascii: "%"):
                guard isEncoded(rest) else { return false }
                rest = rest.dropFirst(3)
            default:
                guard isLiteral(byte) else { return false }
                rest = rest.dropFirst()
            }
        }
        return true
    }

    /// `literals`, with the apostrophe that erratum 6937 adds.
    private static func isLiteral(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte != 0x7F && !"\"<>\\^`|}".utf8.contains(byte)
    }

    private static func isEncoded(_ text: TextSlice) -> Bool {
        text.count >= 3 && text.first == UInt8(ascii: "%") && text[text.startIndex + 1].isHexadecimal
            && text[text.startIndex + 2].isHexadecimal
    }

    /// What stands between the braces: an operator, or none, and variables.
    private static func isExpression(_ text: TextSlice) -> Bool {
        let hasOperator = text.first.map { "+#./;?&=,!@|".utf8.contains($0) } ?? false
        return text.dropFirst(hasOperator ? 1 : 0).pieces(between: ",").allSatisfy(isVariable)
    }

    private static func isVariable(_ text: TextSlice) -> Bool {
        if text.last == UInt8(ascii: "*") { return isName(text.dropLast()) }
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { return isName(text) }
        let length = text[(colon + 1)...]
        return isName(text[..<colon]) && (1...4).contains(length.count) && length.allSatisfy(\.isDigit)
            && length.first != UInt8(ascii: "0")
    }

    private static func isName(_ text: TextSlice) -> Bool {
        text.pieces(between: ".").allSatisfy { piece in
            var rest = piece
            while let byte = rest.first {
                let isEncoded = isEncoded(rest)
                guard isEncoded || byte.isLetter || byte.isDigit || byte == UInt8(ascii: "_") else { return false }
                rest = rest.dropFirst(isEncoded ? 3 : 1)
            }
            return !piece.isEmpty
        }
    }
}
