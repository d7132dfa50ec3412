/// The text of an element's content or of an attribute's value.
struct XMLText {
    let encoding: TextEncoding

    /// Appends it as UTF-8: references replaced (the five entities of XML itself and characters by number), CDATA as it
    /// stands, tags, comments and instructions left out.
    ///
    /// - Returns: false when bytes are not of the encoding or a reference names no character; U+FFFD stands for each.
    func append(_ content: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) -> Bool {
        var isWhole = true
        var place = 0
        while place < content.count {
            let start = place
            while place < content.count, content[place] != 0x26, content[place] != 0x3C { place += 1 }
            isWhole = decode(content, start..<place, &out) && isWhole
            guard place < content.count else { break }
            if content[place] == 0x26 {
                isWhole = reference(content, &place, &out) && isWhole
            } else {
                isWhole = markup(content, &place, &out) && isWhole
            }
        }
        return isWhole
    }

    private func decode(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ out: inout [UInt8]) -> Bool {
        range.isEmpty || encoding.decodeReplacing(UnsafeBufferPointer(rebasing: bytes[range]), into: &out)
    }

    /// The longest reference that is read: `&#x0010FFFF;`.
    private static let mostReferenceBytes = 12

    private func reference(_ bytes: UnsafeBufferPointer<UInt8>, _ place: inout Int, _ out: inout [UInt8]) -> Bool {
        let most = min(bytes.count, place + Self.mostReferenceBytes)
        if let end = bytes[place..<most].firstIndex(of: 0x3B),
            let scalar = Self.scalar(bytes[place + 1..<end])
        {
            out.append(contentsOf: Array(String(Character(scalar)).utf8))
            place = end + 1
            return true
        }
        out.append(contentsOf: [0xEF, 0xBF, 0xBD])
        place += 1
        return false
    }

    private static func scalar(_ name: Slice<UnsafeBufferPointer<UInt8>>) -> Unicode.Scalar? {
        switch String(decoding: name, as: UTF8.self) {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "apos": return "'"
        case "quot": return "\""
        case let text where text.hasPrefix("#x"): return scalar(number: text.dropFirst(2), radix: 16)
        case let text where text.hasPrefix("#"): return scalar(number: text.dropFirst(), radix: 10)
        default: return nil
        }
    }

    /// XML 1.0, production 2: no control characters, no surrogates, neither U+FFFE nor U+FFFF.
    private static func scalar(number: Substring, radix: Int) -> Unicode.Scalar? {
        guard let first = number.first, first.isHexDigit, let value = UInt32(number, radix: radix) else { return nil }
        switch value {
        case 0x09, 0x0A, 0x0D, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: return Unicode.Scalar(value)
        default: return nil
        }
    }

    /// The scan has seen that the markup is whole.
    private func markup(_ bytes: UnsafeBufferPointer<UInt8>, _ place: inout Int, _ out: inout [UInt8]) -> Bool {
        var cursor = XMLCursor(bytes, isGB18030: encoding == .gb18030, at: place)
        do throws(XMLStop) {
            if place + 1 < bytes.count, bytes[place + 1] == 0x21 || bytes[place + 1] == 0x3F {
                try cursor.passMarkup()
            } else {
                try Self.passTag(&cursor)
            }
        } catch {
            place += 1
            return false
        }
        defer { place = cursor.place }
        guard bytes[place + 1] == 0x21, bytes[place + 2] == 0x5B else { return true }
        return decode(bytes, place + 9..<cursor.place - 3, &out)
    }

    private static func passTag(_ cursor: inout XMLCursor) throws(XMLStop) {
        if try cursor.byte(1) == 0x2F {
            cursor.place = try cursor.find(0x3E, from: cursor.place) + 1
            return
        }
        cursor.place += 1
        _ = try cursor.name()
        var isEmpty = false
        while try cursor.attribute(&isEmpty) != nil {}
    }
}
