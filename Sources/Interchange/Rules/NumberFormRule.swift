/// `ID_FORMAT`.
enum NumberFormRule: Rule {
    static let code = ViolationCode.idFormat
    static let holdsWhen = Bilingual(
        "the number has no form of its id type: 15 digits, or 17 digits and a check character, for residentId and hkMoTwPermit; a person without a number has one",
        "号码不符合证件类型的格式：居民身份证和港澳台居民居住证应为 15 位数字，或 17 位数字加校验码；证件类型为无时不得有号码")

    static func check(_ envelope: EnvelopeView, _ context: RuleContext, _ report: inout Report) {
        if envelope.person.numberForm == .malformed { report.add(code, at: "/person/idNumber") }
    }
}
