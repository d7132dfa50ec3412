/// `SEX_MISMATCH`.
enum SexMatchRule: Rule {
    static let code = ViolationCode.sexMismatch
    static let holdsWhen = Bilingual(
        "the parity of digit 17 (of a 15-digit number, digit 15) differs from sex 1 or 2",
        "号码第 17 位（15 位号码为第 15 位）的奇偶与性别 1 或 2 不一致")

    static func check(_ envelope: EnvelopeView, _ context: RuleContext, _ report: inout Report) {
        let person = envelope.person
        guard let number = person.number, let form = person.numberForm, form == .eighteen || form == .fifteen,
            let sex = person.sex, sex == 0x31 || sex == 0x32
        else { return }
        if number.sex(form) != sex { report.add(code, at: "/person/sex") }
    }
}
