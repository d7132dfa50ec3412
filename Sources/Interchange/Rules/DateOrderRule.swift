/// `DATE_ORDER`.
enum DateOrderRule: Rule {
    static let code = ViolationCode.dateOrder
    static let holdsWhen = Bilingual(
        "not birth <= arrival <= registered <= issued, or a departure or change before its beginning, or a day later than today in Asia/Shanghai",
        "不符合出生 <= 到达 <= 登记 <= 签发的次序，离开或变更早于开始，或日期晚于今天（上海时间）")

    static func check(_ envelope: EnvelopeView, _ context: RuleContext, _ report: inout Report) {
        let content = envelope.content
        let latest = min(context.today, envelope.issuedAt?.dayInShanghai ?? context.today)
        var earliest: CivilDate?
        check(envelope.person.birthDate, "/person/birthDate", &earliest, latest, &report)
        check(content.arrivalDate, "/content/arrivalDate", &earliest, latest, &report)
        check(content.registeredOn, "/content/registeredOn", &earliest, latest, &report)
        check(content.departureDate, "/content/departureDate", &earliest, latest, &report)
        check(content.effectiveDate, "/content/effectiveDate", &earliest, latest, &report)
        earliest = nil
        check(envelope.person.hukouAsOf, "/person/hukouAsOf", &earliest, context.today, &report)
    }

    /// A date out of place does not bound the next ones, so that one mistake is told once.
    private static func check(
        _ date: CivilDate?, _ pointer: String, _ earliest: inout CivilDate?, _ latest: CivilDate, _ report: inout Report
    ) {
        guard let date else { return }
        if date > latest || (earliest.map { date < $0 } ?? false) {
            report.add(code, at: pointer)
        } else {
            earliest = date
        }
    }
}
