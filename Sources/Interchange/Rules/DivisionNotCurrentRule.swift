/// `DIVISION_NOT_CURRENT`.
enum DivisionNotCurrentRule: Rule {
    static let code = ViolationCode.divisionNotCurrent
    static let holdsWhen = Bilingual(
        "a division is in the list but not valid on the date that goes with it, or unknown in a known province on a date after the last day that the list covers",
        "区划代码在表中但在相应日期无效，或在代码表最后覆盖日之后、已知省份内的未知代码")

    static func check(_ envelope: EnvelopeView, _ context: RuleContext, _ report: inout Report) {
        envelope.forEachDivision { division, dates, pointer in
            guard dates.standing(of: division, context) == .notCurrent else { return }
            report.add(code, at: pointer, successor: successor(of: division, on: dates.last, context.codeLists))
        }
    }

    private static func successor(of division: DivisionCode, on date: CivilDate, _ lists: CodeLists) -> Bilingual? {
        let found = lists.successors(of: division, on: date).map { code in
            "\(code) \(lists.division(code)?.last?.name ?? "")"
        }
        if found.isEmpty { return nil }
        return Bilingual("It became \(found.joined(separator: ", ")).", "现为\(found.joined(separator: "、"))。")
    }
}
