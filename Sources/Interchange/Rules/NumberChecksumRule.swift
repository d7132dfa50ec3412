/// `ID_CHECKSUM`.
enum NumberChecksumRule: Rule {
    static let code = ViolationCode.idChecksum
    static let holdsWhen = Bilingual(
        "the check character of GB 11643 (ISO 7064 MOD 11-2) is wrong; such numbers were genuinely issued",
        "GB 11643 校验码（ISO 7064 MOD 11-2）不符；此类号码确有签发")

    static func check(_ envelope: EnvelopeView, _ context: RuleContext, _ report: inout Report) {
        guard let number = envelope.person.number, envelope.person.numberForm == .eighteen else { return }
        if !number.hasRightCheckCharacter { report.add(code, at: "/person/idNumber") }
    }
}
