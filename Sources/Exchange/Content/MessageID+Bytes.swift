import Interchange

extension MessageID {
    /// The 36 characters of a UUID, in either case; nil for anything else.
    ///
    /// Receipts and batches have thousands: the generic initialiser costs twenty times as much across modules.
    init?(text: UnsafeRawBufferPointer) {
        guard text.count == 36 else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        var nibbles = 0
        for position in 0..<36 {
            let byte = text[position]
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard byte == 0x2D else { return nil }
                continue
            }
            guard let nibble = Self.value(ofDigit: byte) else { return nil }
            if nibbles < 16 { words.0 = words.0 << 4 | nibble } else { words.1 = words.1 << 4 | nibble }
            nibbles += 1
        }
        self.init(high: words.0, low: words.1)
    }

    private static func value(ofDigit byte: UInt8) -> UInt64? {
        switch byte {
        case 0x30...0x39: UInt64(byte - 0x30)
        case 0x41...0x46: UInt64(byte - 0x37)
        case 0x61...0x66: UInt64(byte - 0x57)
        default: nil
        }
    }
}
