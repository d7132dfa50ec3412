/// `ID_PLACEHOLDER`.
enum PlaceholderNumberRule: Rule {
    static let code = ViolationCode.idPlaceholder
    static let holdsWhen = Bilingual(
        "the number is all zeros, or zeros around a birth date",
        "号码全为零，或仅出生日期前后补零")

    static func check(_ envelope: EnvelopeView, _ context: RuleContext, _ report: inout Report) {
        if envelope.person.numberForm == .placeholder { report.add(code, at: "/person/idNumber") }
    }
}
