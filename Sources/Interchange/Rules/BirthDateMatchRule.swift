/// `BIRTH_DATE_MISMATCH`.
enum BirthDateMatchRule: Rule {
    static let code = ViolationCode.birthDateMismatch
    static let holdsWhen = Bilingual(
        "digits 7 to 14 of the number differ from birthDate; of a 15-digit number digits 7 to 12 from its YYMMDD",
        "号码第 7 至 14 位与出生日期不一致；15 位号码为第 7 至 12 位与其年月日不一致")

    static func check(_ envelope: EnvelopeView, _ context: RuleContext, _ report: inout Report) {
        let person = envelope.person
        guard let number = person.number, let birth = person.birthDate else { return }
        let (year, month, day) = birth.components
        let written: Int
        switch person.numberForm {
        case .eighteen: written = number.value(of: 6..<14)
        case .fifteen: written = number.value(of: 6..<12)
        default: return
        }
        let century = person.numberForm == .fifteen ? year % 100 : year
        if written != century * 10_000 + month * 100 + day { report.add(code, at: "/person/birthDate") }
    }
}
