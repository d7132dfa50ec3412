/// `ID_DIVISION`.
enum NumberDivisionRule: Rule {
    static let code = ViolationCode.idDivision
    static let holdsWhen = Bilingual(
        "the first six digits: quarantine when the first two are no province; flag when the code is unknown in a known province, or its last valid year is before the birth year and 1980",
        "前六位：前两位不是省份时隔离；省份已知而代码未知，或代码的最后有效年份早于出生年份和 1980 年时标记")

    static func check(_ envelope: EnvelopeView, _ context: RuleContext, _ report: inout Report) {
        let person = envelope.person
        guard let number = person.number, let form = person.numberForm, form == .eighteen || form == .fifteen else {
            return
        }
        switch person.idType {
        case .residentId: judge(number, form, context, &report)
        case .hkMoTwPermit:
            let code = number.division?.number
            if code != 810_000, code != 820_000, code != 830_000 {
                report.add(.idDivision, at: "/person/idNumber", severity: .quarantine)
            }
        default: break
        }
    }

    private static func judge(
        _ number: PersonNumber, _ form: PersonNumber.Form, _ context: RuleContext, _ report: inout Report
    ) {
        guard let division = number.division, division.province != nil else {
            report.add(code, at: "/person/idNumber", severity: .quarantine)
            return
        }
        let since = max(number.birthYear(form), CodeLists.firstYear)
        if !context.codeLists.isValid(division, since: since) {
            report.add(code, at: "/person/idNumber", severity: .flag)
        }
    }
}
