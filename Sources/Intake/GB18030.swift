/// GB 18030-2022, decoded by tables of its own: the C library's tables are of older editions and are missing in small
/// container images.
struct GB18030: Sendable {
    /// UTF-8 of each two-byte code: up to three bytes from the lowest up, their count in the highest byte.
    private let twoByte: [UInt32]
    /// The code point of each four-byte code from 81308130 to 8431A439.
    private let fourByte: [UInt16]

    static let standard = GB18030()

    /// One code at the start of some bytes.
    enum Code {
        /// UTF-8 packed as in the table, and how many source bytes it took.
        case character(utf8: UInt32, length: Int)
        case supplementary(Unicode.Scalar)
        case invalid
        /// The bytes end before the code does.
        case incomplete
    }

    /// The code at `at`, whose first byte is 0x80 or above.
    @inline(__always)
    func code(in bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Code {
        let lead = bytes[start]
        guard lead >= 0x81, lead <= 0xFE else { return .invalid }
        guard start + 1 < bytes.count else { return .incomplete }
        let trail = bytes[start + 1]
        if trail >= 0x40, trail != 0x7F, trail != 0xFF {
            let packed = twoByte[Self.pointer(lead, trail)]
            return .character(utf8: packed, length: 2)
        }
        guard trail >= 0x30, trail <= 0x39 else { return .invalid }
        return longCode(in: bytes, at: start)
    }

    /// Where the two-byte codes that begin at `start` end.
    @inline(__always)
    static func endOfShortCodes(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var position = start
        while position + 1 < bytes.count {
            let (lead, trail) = (bytes[position], bytes[position + 1])
            guard lead &- 0x81 <= 0x7D, trail >= 0x40, trail != 0x7F, trail != 0xFF else { break }
            position += 2
        }
        return position
    }

    private func longCode(in bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Code {
        if start + 2 < bytes.count, !(0x81...0xFE).contains(bytes[start + 2]) { return .invalid }
        guard start + 3 < bytes.count else { return .incomplete }
        guard (0x30...0x39).contains(bytes[start + 3]) else { return .invalid }
        let linear =
            ((Int(bytes[start]) - 0x81) * 10 + Int(bytes[start + 1]) - 0x30) * 1260
            + (Int(bytes[start + 2]) - 0x81) * 10 + Int(bytes[start + 3]) - 0x30
        if linear < fourByte.count {
            return .character(utf8: Self.packed(UInt32(fourByte[linear])), length: 4)
        }
        // 90308130 is U+10000.
        guard linear >= 189_000, let scalar = Unicode.Scalar(UInt32(linear - 189_000 + 0x10000)) else {
            return .invalid
        }
        return .supplementary(scalar)
    }

    private static func pointer(_ lead: UInt8, _ trail: UInt8) -> Int {
        (Int(lead) - 0x81) * 190 + Int(trail) - (trail < 0x7F ? 0x40 : 0x41)
    }

    private static func packed(_ scalar: UInt32) -> UInt32 {
        if scalar < 0x800 { return 2 << 24 | (0x80 | scalar & 0x3F) << 8 | 0xC0 | scalar >> 6 }
        return 3 << 24 | (0x80 | scalar & 0x3F) << 16 | (0x80 | scalar >> 6 & 0x3F) << 8 | 0xE0 | scalar >> 12
    }
}

extension GB18030 {
    private init() {
        var twoByte: [UInt32] = []
        twoByte.reserveCapacity(23_940)
        var isShort = [Bool](repeating: false, count: 0x10000)
        var listed = gb18030TwoByteCharacters.withUTF8Buffer { String(decoding: $0, as: UTF8.self) }.unicodeScalars[...]
        for lead in UInt8(0x81)...0xFE {
            for trail in UInt8(0x40)...0xFE where trail != 0x7F {
                let scalar = Self.userDefined(lead, trail) ?? listed.popFirst()?.value ?? 0xFFFD
                isShort[Int(scalar)] = true
                twoByte.append(Self.packed(scalar))
            }
        }
        self.twoByte = twoByte
        fourByte = Self.longCodes(isShort)
    }

    /// The three areas that the standard leaves to the user, mapped in order to U+E000 to U+E765.
    private static func userDefined(_ lead: UInt8, _ trail: UInt8) -> UInt32? {
        switch (lead, trail) {
        case (0xAA...0xAF, 0xA1...): 0xE000 + UInt32(lead - 0xAA) * 94 + UInt32(trail - 0xA1)
        case (0xF8...0xFE, 0xA1...): 0xE234 + UInt32(lead - 0xF8) * 94 + UInt32(trail - 0xA1)
        case (0xA1...0xA7, ...0xA0): 0xE4C6 + UInt32(lead - 0xA1) * 96 + UInt32(trail - (trail < 0x7F ? 0x40 : 0x41))
        default: nil
        }
    }

    /// The four-byte codes are the code points that had no shorter code in the edition of 2000, in order. Where a later
    /// edition gave a two-byte code from private use to a character, that character's four-byte code took the private use.
    private static func longCodes(_ isShort: [Bool]) -> [UInt16] {
        var privateUse: [UInt16: UInt16] = [:]
        for (scalar, formerly) in exchanged { privateUse[scalar] = formerly }
        let takenIn2000 = Set(exchanged.map(\.formerly))
        return (UInt16(0x80)...0xFFFF).compactMap { scalar in
            if (0xD800...0xDFFF).contains(scalar) || takenIn2000.contains(scalar) { return nil }
            if let formerly = privateUse[scalar] { return formerly }
            return isShort[Int(scalar)] ? nil : scalar
        }
    }

    /// Characters that have a two-byte code since 2005 (the first) and 2022, and what that code was mapped to before.
    private static let exchanged: [(scalar: UInt16, formerly: UInt16)] = [
        (0x1E3F, 0xE7C7), (0xFE10, 0xE78D), (0xFE11, 0xE78F), (0xFE12, 0xE78E), (0xFE13, 0xE790), (0xFE14, 0xE791),
        (0xFE15, 0xE792), (0xFE16, 0xE793), (0xFE17, 0xE794), (0xFE18, 0xE795), (0xFE19, 0xE796), (0x9FB4, 0xE81E),
        (0x9FB5, 0xE826), (0x9FB6, 0xE82B), (0x9FB7, 0xE82C), (0x9FB8, 0xE832), (0x9FB9, 0xE843), (0x9FBA, 0xE854),
        (0x9FBB, 0xE864),
    ]
}
