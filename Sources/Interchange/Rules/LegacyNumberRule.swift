/// `ID_LEGACY_15`.
enum LegacyNumberRule: Rule {
    static let code = ViolationCode.idLegacy15
    static let holdsWhen = Bilingual(
        "the number has 15 digits; it is kept as it is and matched also as its 18-digit form",
        "号码为 15 位旧号码；原样保留，并同时按 18 位形式匹配")

    static func check(_ envelope: EnvelopeView, _ context: RuleContext, _ report: inout Report) {
        guard let type = envelope.person.idType, type == .residentId || type == .hkMoTwPermit else { return }
        if envelope.person.numberForm == .fifteen { report.add(code, at: "/person/idNumber") }
    }
}
