/// `PURPOSE_FORBIDS`.
enum PurposeForbidsRule: Rule {
    static let code = ViolationCode.purposeForbids
    static let holdsWhen = Bilingual(
        "a field that the purpose does not allow: ethnicity outside a permit, or an employment under another purpose than employmentVerification",
        "用途不允许的字段：居住证以外的民族，或非就业核验用途的就业记录")

    static func check(_ envelope: EnvelopeView, _ context: RuleContext, _ report: inout Report) {
        guard let kind = envelope.kind else { return }
        if envelope.person.hasEthnicity, kind != .permit { report.add(code, at: "/person/ethnicity") }
        if kind == .employment, let purpose = envelope.purpose, purpose != .employmentVerification {
            report.add(code, at: "/purpose")
        }
    }
}
