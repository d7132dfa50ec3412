/// `SAME_PROVINCE`.
enum SameProvinceRule: Rule {
    static let code = ViolationCode.sameProvince
    static let holdsWhen = Bilingual(
        "home and register province are one: not an inter-province record",
        "户籍省与登记省相同，不属于跨省记录")

    static func check(_ envelope: EnvelopeView, _ context: RuleContext, _ report: inout Report) {
        if let from = envelope.from, from == envelope.to {
            report.add(code, at: "/to")
        } else if let home = envelope.homeProvince, home == envelope.registerProvince {
            report.add(code, at: "/person/hukouDivision")
        }
    }
}
