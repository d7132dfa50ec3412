/// `USCC_CHECKSUM`.
enum EmployerCheckRule: Rule {
    static let code = ViolationCode.usccChecksum
    static let holdsWhen = Bilingual(
        "the check character of GB 32100 is wrong",
        "GB 32100 统一社会信用代码校验码不符")

    static func check(_ envelope: EnvelopeView, _ context: RuleContext, _ report: inout Report) {
        guard let employer = envelope.content.employer else { return }
        if employer.withUTF8(hasWrongCheck) { report.add(code, at: "/content/employer") }
    }

    /// GB 32100-2015: weights are the powers of 3 modulo 31; the sum with the check character is 0 modulo 31.
    private static func hasWrongCheck(_ text: UnsafeRawBufferPointer) -> Bool {
        guard text.count == 18 else { return false }
        var sum = 0
        var weight = 1
        for byte in text.prefix(17) {
            guard let value = value(of: byte) else { return false }
            sum += value * weight
            weight = weight * 3 % 31
        }
        return value(of: text[17]) != (31 - sum % 31) % 31
    }

    private static let letters = Array("ABCDEFGHJKLMNPQRTUWXY".utf8)

    /// Digits, then the capitals without I, O, S, V and Z.
    private static func value(of byte: UInt8) -> Int? {
        if (0x30...0x39).contains(byte) { return Int(byte) - 0x30 }
        return letters.firstIndex(of: byte).map { $0 + 10 }
    }
}
