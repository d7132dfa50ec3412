/// `ID_DAMAGED`.
enum DamagedNumberRule: Rule {
    static let code = ViolationCode.idDamaged
    static let holdsWhen = Bilingual(
        "a spreadsheet destroyed the number: scientific notation, or last three digits 000 with a wrong check character",
        "号码被电子表格破坏：科学计数法，或末三位为 000 且校验码不符")

    static func check(_ envelope: EnvelopeView, _ context: RuleContext, _ report: inout Report) {
        if envelope.person.numberForm == .damaged { report.add(code, at: "/person/idNumber") }
    }
}
