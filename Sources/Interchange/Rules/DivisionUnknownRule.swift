/// `DIVISION_UNKNOWN`.
enum DivisionUnknownRule: Rule {
    static let code = ViolationCode.divisionUnknown
    static let holdsWhen = Bilingual(
        "a division is not in the code list, on a date that the list covers",
        "区划代码在代码表覆盖的日期内不存在")

    static func check(_ envelope: EnvelopeView, _ context: RuleContext, _ report: inout Report) {
        envelope.forEachDivision { division, dates, pointer in
            if dates.standing(of: division, context) == .unknown { report.add(code, at: pointer) }
        }
    }
}
