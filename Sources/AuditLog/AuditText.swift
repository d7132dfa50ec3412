/// What texts an entry may hold.
enum AuditText {
    /// 1 to 128 visible ASCII characters; not one that could hold a citizen's number.
    static func isToken(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            guard (1...128).contains(bytes.count) else { return false }
            for byte in bytes where byte &- 0x21 > 0x7E - 0x21 { return false }
            return !holdsIdNumber(bytes)
        }
    }

    /// 1 to 128 bytes of UTF-8 without control characters.
    static func isLine(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            guard (1...128).contains(bytes.count) else { return false }
            for byte in bytes where byte < 0x20 || byte == 0x7F { return false }
            return true
        }
    }

    /// A decimal number from 0 to the greatest of 64 bits, without leading zeros.
    static func isCount(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            guard let first = bytes.first, first != 0x30 || bytes.count == 1, bytes.count <= 20 else { return false }
            for byte in bytes where byte &- 0x30 > 9 { return false }
            return bytes.count < 20 || UInt64(String(decoding: bytes, as: UTF8.self)) != nil
        }
    }

    static func holdsIdNumber(_ text: String) -> Bool {
        var text = text
        return text.withUTF8(holdsIdNumber)
    }

    /// A run of exactly 15 or 18 digits, or of 17 with an `X`: the forms of a citizen's number.
    private static func holdsIdNumber(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count >= 15 else { return false }
        var run = 0
        for byte in bytes {
            if byte &- 0x30 < 10 {
                run += 1
                continue
            }
            if run == 15 || run == 18 || (run == 17 && byte | 0x20 == 0x78) { return true }
            run = 0
        }
        return run == 15 || run == 18
    }
}
