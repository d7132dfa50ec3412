import Interchange

/// Looks in the list of divisions, as it was on a day.
struct DivisionLookUp: CodeLookUp {
    let lists: CodeLists
    let date: CivilDate
    /// Whether the day was asked for; else it is today.
    let hasDate: Bool

    func answer(to word: String?) -> DivisionAnswer {
        guard let word else { return below("") }
        if let code = DivisionCode(word) { return answer(to: code) }
        if word.allSatisfy({ $0.isASCII && $0.isNumber }) { return below(word) }
        let named = lists.divisions(named: word)
        if named.count == 1, let code = named.first { return answer(to: code) }
        return named.isEmpty
            ? .unknown(UnknownDivision(code: word, near: []))
            : .several(named.flatMap { code in steps(of: code).filter { $0.name == word } })
    }

    private func answer(to code: DivisionCode) -> DivisionAnswer {
        guard let history = lists.history(of: code, on: date) else { return .unknown(unknown(code)) }
        return .one(
            DivisionReport(
                code: "\(code)", on: "\(date)", valid: history.isValid,
                meant: history.meant.map { row(DivisionStep(code: code, span: $0)) },
                codeMeant: history.spans.map { row(DivisionStep(code: code, span: $0)) },
                predecessors: history.predecessors.map(row), successors: history.successors.map(row),
                today: history.today.map(row), coversUntil: "\(lists.divisionsCoverUntil)",
                isBeyondTheList: date > lists.divisionsCoverUntil, hasDate: hasDate))
    }

    /// The divisions valid on the day whose codes begin so.
    private func below(_ prefix: String) -> DivisionAnswer {
        let year = max(date.year, CodeLists.firstYear)
        let found = lists.divisionCodes.filter { $0.description.hasPrefix(prefix) }.flatMap { code in
            (lists.division(code) ?? []).filter { $0.isValid(in: year) }.map { DivisionStep(code: code, span: $0) }
        }
        return found.isEmpty ? .unknown(UnknownDivision(code: prefix, near: [])) : .several(found.map(row))
    }

    private func unknown(_ code: DivisionCode) -> UnknownDivision {
        let number = Int(code.number)
        var unknown = UnknownDivision(code: "\(code)", near: lists.neighbours(of: code).prefix(5).flatMap(steps))
        guard code.province != nil else { return unknown }
        unknown.province = DivisionCode(number: number / 10_000 * 10_000).flatMap { steps(of: $0).last?.name }
        unknown.prefecture = DivisionCode(number: number / 100 * 100).flatMap { steps(of: $0).last?.name }
        return unknown
    }

    private func steps(of code: DivisionCode) -> [DivisionRow] {
        (lists.division(code) ?? []).map { row(DivisionStep(code: code, span: $0)) }
    }

    private func row(_ step: DivisionStep) -> DivisionRow {
        let year = min(max(date.year, step.span.first), step.span.last ?? Int.max)
        return DivisionRow(
            code: "\(step.code)", name: step.span.name, within: lists.names(of: step, in: year).dropLast(),
            first: step.span.first, last: step.span.last, successors: step.span.successors.map(\.description))
    }
}

/// A division under one code.
struct DivisionRow: Encodable {
    var code, name: String
    /// Names of the province and the prefecture.
    var within: [String]
    var first: Int
    /// Missing when the code is valid on the last day that the list covers.
    var last: Int?
    var successors: [String]

    init(code: String, name: String, within: some Sequence<String>, first: Int, last: Int?, successors: [String]) {
        (self.code, self.name, self.within) = (code, name, Array(within))
        (self.first, self.last, self.successors) = (first, last, successors)
    }

    var line: String { "\(code)  \((within + [name]).joined(separator: " "))  \(years)" }

    var years: String { last.map { "\(first) to \($0)" } ?? "since \(first)" }
}
