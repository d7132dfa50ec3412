import Interchange

extension StatusPolicy {
    /// Finds rules that can never apply, since they have ended or earlier ones decide all they speak of, and rules that
    /// allow some of the same requests on other terms: what `yizhan policy check` prints beside a file's mistakes.
    /// - Parameter day: today in Asia/Shanghai.
    public func check(on day: CivilDate) -> [PolicyMistake] {
        rules.indices.compactMap { finding(on: rules[$0], after: rules[..<$0], on: day) }
    }

    private func finding(on rule: PolicyRule, after earlier: ArraySlice<PolicyRule>, on day: CivilDate)
        -> PolicyMistake?
    {
        guard rule.isInForce(on: day) else {
            return mistake(.expired, rule, "Rule \(rule.name) has ended.", "Set a later `until`, or remove the rule.")
        }
        let inForce = earlier.filter { $0.isInForce(on: day) }
        let cells = rule.cells
        let deciders = cells.map { cell in inForce.first { $0.covers(cell) && $0.outlasts(rule) } }
        if deciders.allSatisfy({ $0 != nil }) {
            let names = PolicyRule.sorted(Array(Set(deciders.compactMap { $0?.name })))
            return mistake(
                .unreachable, rule,
                "Rule \(rule.name) can never apply: earlier rules decide all it speaks of (\(names)).",
                "Remove it, or move it up.")
        }
        let other = inForce.first { other in other.terms != rule.terms && cells.contains { other.covers($0) } }
        return other.map {
            mistake(
                .contradiction, rule,
                "Rule \(rule.name) allows some of what rule \($0.name), line \($0.line), allows on other terms.",
                "Let each request fall under one rule.")
        }
    }

    private func mistake(
        _ code: PolicyMistake.Code, _ rule: PolicyRule, _ message: String, _ remedy: String
    ) -> PolicyMistake {
        PolicyMistake(code, file: file, line: rule.line, column: 1, message, remedy: remedy)
    }
}

extension PolicyRule {
    /// One combination that a rule speaks of.
    fileprivate struct Cell: Hashable {
        var asker: Asker
        var question: Question
        var purpose: Purpose
    }

    fileprivate struct Terms: Hashable {
        var about: Tie
        var limits: PolicyLimits
    }

    fileprivate var terms: Terms { Terms(about: about, limits: limits) }

    fileprivate var cells: [Cell] {
        who.flatMap { asker in
            ask.flatMap { question in
                purposes.map { Cell(asker: asker, question: question, purpose: $0) }
            }
        }
    }

    fileprivate func covers(_ cell: Cell) -> Bool {
        who.contains(cell.asker) && ask.contains(cell.question) && purposes.contains(cell.purpose)
    }

    fileprivate func outlasts(_ other: PolicyRule) -> Bool {
        guard let until else { return true }
        return other.until.map { $0 <= until } ?? false
    }
}
