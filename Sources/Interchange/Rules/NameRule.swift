import JSONTape

/// `NAME_INVALID`.
enum NameRule: Rule {
    static let code = ViolationCode.nameInvalid
    static let holdsWhen = Bilingual(
        "the name has control characters, digits, ? or U+FFFD inside, a leading =, +, - or @, or private-use characters",
        "姓名含控制字符、数字、问号或 U+FFFD，以 =、+、-、@ 开头，或含专用区字符")

    static func check(_ envelope: EnvelopeView, _ context: RuleContext, _ report: inout Report) {
        guard let name = envelope.person.name else { return }
        if name.withUTF8(isInvalid) { report.add(code, at: "/person/name") }
    }

    /// The parser has checked that the bytes are UTF-8, so a lead byte tells the scalar's length.
    private static func isInvalid(_ name: UnsafeRawBufferPointer) -> Bool {
        if let first = name.first, first == 0x3D || first == 0x2B || first == 0x2D || first == 0x40 { return true }
        var index = 0
        while index < name.count {
            let lead = name[index]
            if lead < 0x80 {
                if lead < 0x20 || lead == 0x7F || lead == 0x3F || (0x30...0x39).contains(lead) { return true }
                index += 1
            } else {
                let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
                guard index + length <= name.count else { return true }
                if isInvalid(scalar(name, index, length)) { return true }
                index += length
            }
        }
        return false
    }

    private static func scalar(_ name: UnsafeRawBufferPointer, _ index: Int, _ length: Int) -> UInt32 {
        var scalar = UInt32(name[index]) & (0x7F >> UInt32(length))
        for offset in 1..<length { scalar = scalar << 6 | UInt32(name[index + offset] & 0x3F) }
        return scalar
    }

    /// Of a scalar beyond ASCII.
    private static func isInvalid(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x80...0x9F: true  // C1 controls
        case 0xE000...0xF8FF, 0xF_0000...0x10_FFFF: true  // private use
        case 0xFFFD: true
        case 0xFF10...0xFF19, 0xFF1F: true  // full-width digits and question mark
        default: false
        }
    }
}
