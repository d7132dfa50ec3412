/// What texts an entry may hold.
enum AuditText {
    /// 1 to 128 visible ASCII characters; not one that could hold a citizen's number.
    static func isToken(_ text: String) -> Bool {
        let bytes = text.utf8
        return (1...128).contains(bytes.count) && bytes.allSatisfy { (0x21...0x7E).contains($0) }
            && !holdsIdNumber(bytes)
    }

    /// 1 to 128 bytes of UTF-8 without control characters.
    static func isLine(_ text: String) -> Bool {
        let bytes = text.utf8
        return (1...128).contains(bytes.count) && bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    /// A run of exactly 15 or 18 digits, or of 17 with an `X`: the forms of a citizen's number.
    static func holdsIdNumber(_ bytes: String.UTF8View) -> Bool {
        var run = 0
        for byte in bytes {
            if (0x30...0x39).contains(byte) {
                run += 1
                continue
            }
            if run == 15 || run == 18 || (run == 17 && byte | 0x20 == 0x78) { return true }
            run = 0
        }
        return run == 15 || run == 18
    }
}
