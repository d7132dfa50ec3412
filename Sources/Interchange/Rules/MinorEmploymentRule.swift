/// `MINOR_EMPLOYMENT`.
enum MinorEmploymentRule: Rule {
    static let code = ViolationCode.minorEmployment
    static let holdsWhen = Bilingual(
        "employment of a person who was under 16 when it began, or is now",
        "就业开始时或现在未满 16 周岁")

    static func check(_ envelope: EnvelopeView, _ context: RuleContext, _ report: inout Report) {
        guard envelope.kind == .employment, let birth = envelope.person.birthDate else { return }
        let begun = envelope.content.since ?? envelope.issuedAt?.dayInShanghai ?? context.today
        let (year, month, day) = birth.components
        let (begunYear, begunMonth, begunDay) = begun.components
        let hadBirthday = (begunMonth, begunDay) >= (month, day)
        if begunYear - year - (hadBirthday ? 0 : 1) < 16 { report.add(code, at: "/person/birthDate") }
    }
}
