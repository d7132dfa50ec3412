/// `DATE_ORDER`.
enum DateOrderRule: Rule {
    static let code = ViolationCode.dateOrder
    static let holdsWhen = Bilingual(
        "not birth <= arrival <= registered <= issued, or a departure or change before its beginning, or a day later than today in Asia/Shanghai",
        "不符合出生 <= 到达 <= 登记 <= 签发的次序，离开或变更早于开始，或日期晚于今天（上海时间）")

    static func check(_ envelope: EnvelopeView, _ context: RuleContext, _ report: inout Report) {
        let content = envelope.content
        let issued = envelope.issuedAt?.dayInShanghai
        var earliest = envelope.person.birthDate
        // Each date is held against the latest that goes before it, so one that is out of place is told once.
        for (date, pointer) in [
            (envelope.person.birthDate, "/person/birthDate"), (content.arrivalDate, "/content/arrivalDate"),
            (content.registeredOn, "/content/registeredOn"), (content.departureDate, "/content/departureDate"),
            (content.effectiveDate, "/content/effectiveDate"),
        ] {
            guard let date else { continue }
            if date > context.today || (issued.map { date > $0 } ?? false) || (earliest.map { date < $0 } ?? false) {
                report.add(code, at: pointer)
            }
            earliest = max(earliest ?? date, date)
        }
        if let stated = envelope.person.hukouAsOf, stated > context.today { report.add(code, at: "/person/hukouAsOf") }
    }
}
