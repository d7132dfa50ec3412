/// Text as GB 18030-2022: the inverse of what the readers decode. Every character has a code, so no text is refused.
public struct GB18030Encoding: Sendable {
    /// The codes of U+0080 to U+FFFF: bytes from the highest down, the unused lower ones zero. Surrogates have none.
    private let codes: [UInt32]

    public static let standard = GB18030Encoding()

    private init() {
        var codes = [UInt32](repeating: 0, count: 0x10000)
        for lead in UInt8(0x81)...0xFE {
            for trail in UInt8(0x40)...0xFE where trail != 0x7F { Self.put([lead, trail], in: &codes) }
        }
        // 81308130 to 8431A439 are the rest of the basic plane.
        for linear in 0..<39_420 { Self.put(Self.longCode(linear), in: &codes) }
        self.codes = codes
    }

    private static func put(_ code: [UInt8], in codes: inout [UInt32]) {
        code.withUnsafeBufferPointer { bytes in
            guard case .character(let utf8, _) = GB18030.standard.code(in: bytes, at: 0) else { return }
            let scalar = Self.scalar(packed: utf8)
            // U+FFFD stands for a two-byte code without a character, too: only the four bytes of its own mean it.
            if codes[scalar] != 0, code.count == 4, scalar != 0xFFFD { return }
            codes[scalar] = (0..<4).reduce(0) { $0 << 8 | ($1 < code.count ? UInt32(code[$1]) : 0) }
        }
    }

    /// The inverse of the decoder's packing: UTF-8 from the lowest byte up, their count in the highest.
    private static func scalar(packed: UInt32) -> Int {
        let (first, second, third) = (Int(packed & 0xFF), Int(packed >> 8 & 0x3F), Int(packed >> 16 & 0x3F))
        return packed >> 24 == 2 ? (first & 0x1F) << 6 | second : (first & 0x0F) << 12 | second << 6 | third
    }

    private static func longCode(_ linear: Int) -> [UInt8] {
        [
            UInt8(0x81 + linear / 12_600), UInt8(0x30 + linear / 1_260 % 10), UInt8(0x81 + linear / 10 % 126),
            UInt8(0x30 + linear % 10),
        ]
    }

    /// Appends the text's bytes.
    ///
    /// - Parameter text: UTF-8; what is not well-formed becomes U+FFFD.
    public func append(_ text: some Sequence<UInt8>, to out: inout [UInt8]) {
        var decoder = UTF8()
        var bytes = text.makeIterator()
        while true {
            switch decoder.decode(&bytes) {
            case .scalarValue(let scalar): append(scalar, to: &out)
            case .error: append("\u{FFFD}", to: &out)
            case .emptyInput: return
            }
        }
    }

    private func append(_ scalar: Unicode.Scalar, to out: inout [UInt8]) {
        if scalar.isASCII { return out.append(UInt8(scalar.value)) }
        // 90308130 is U+10000.
        if scalar.value >= 0x10000 { return out += Self.longCode(Int(scalar.value) - 0x10000 + 189_000) }
        let code = codes[Int(scalar.value)]
        out.append(UInt8(truncatingIfNeeded: code >> 24))
        out.append(UInt8(truncatingIfNeeded: code >> 16))
        if code & 0xFFFF != 0 {
            out.append(UInt8(truncatingIfNeeded: code >> 8))
            out.append(UInt8(truncatingIfNeeded: code))
        }
    }
}
