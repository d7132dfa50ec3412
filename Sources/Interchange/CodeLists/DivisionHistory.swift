/// A division under one code, in the years of that code and name.
public struct DivisionStep: Sendable, Hashable {
    public var code: DivisionCode
    public var span: DivisionSpan

    public init(code: DivisionCode, span: DivisionSpan) {
        self.code = code
        self.span = span
    }
}

/// What a code of GB/T 2260 meant on a day, what it was before, and what it became.
public struct DivisionHistory: Sendable {
    public let code: DivisionCode
    /// Every division that had the code, oldest first: more than one when it was renamed or the code was used again.
    public let spans: [DivisionSpan]
    /// What the code meant on the day: the spans valid then (two in a year of change), else the last one before it, else
    /// the first after it.
    public let meant: [DivisionSpan]
    /// Whether ``meant`` was valid on the day. Years count whole.
    public let isValid: Bool
    /// The divisions that became what was meant.
    public let predecessors: [DivisionStep]
    /// What became of it, each change after the other, to the last day that the list covers.
    public let successors: [DivisionStep]

    /// Of the successors those that are valid on the last day that the list covers.
    public var today: [DivisionStep] { successors.filter { $0.span.last == nil } }
}

extension CodeLists {
    /// The history of a code as seen from a day; nil when the list has no such code.
    public func history(of code: DivisionCode, on date: CivilDate) -> DivisionHistory? {
        guard let spans = division(code) else { return nil }
        let year = max(date.year, Self.firstYear)
        let valid = spans.filter { $0.isValid(in: year) }
        let other = spans.last { $0.first < year } ?? spans.first
        let meant = valid.isEmpty ? [other].compactMap { $0 } : valid
        return DivisionHistory(
            code: code, spans: spans, meant: meant, isValid: !valid.isEmpty,
            predecessors: predecessors(of: meant.map { DivisionStep(code: code, span: $0) }),
            successors: successors(of: meant.map { DivisionStep(code: code, span: $0) }))
    }

    /// Names of the province, the prefecture and the division itself in a year, as far as each has one; groups such as
    /// 市辖区 are passed over.
    public func names(of step: DivisionStep, in year: Int) -> [String] {
        let number = Int(step.code.number)
        let above = [number / 10_000 * 10_000, number / 100 * 100].filter { $0 != number }
            .compactMap { DivisionCode(number: $0) }
            .compactMap { code in division(code)?.last { $0.isValid(in: year) }?.name }
        return (above.filter { !Self.groups.contains($0) } + [step.span.name]).reduce(into: []) { names, name in
            if names.last != name { names.append(name) }
        }
    }

    /// Names of codes that only group others.
    private static let groups: Set<String> = [
        "市辖区", "县", "省直辖县级行政区划", "省直辖县级行政单位", "自治区直辖县级行政区划",
    ]

    /// Codes with this name at whatever time, in order.
    public func divisions(named name: String) -> [DivisionCode] {
        divisionCodes.filter { code in division(code)?.contains { $0.name == name } ?? false }
    }

    /// Codes that a slip of the hand could have made into this one: one digit changed or two neighbours swapped.
    public func neighbours(of code: DivisionCode) -> [DivisionCode] {
        let digits = Array(code.description.utf8)
        return divisionCodes.filter { other in
            let differing = zip(digits, Array(other.description.utf8)).enumerated().filter { $1.0 != $1.1 }
            if differing.count == 1 { return true }
            guard differing.count == 2, differing[0].offset + 1 == differing[1].offset else { return false }
            return differing[0].element.0 == differing[1].element.1 && differing[0].element.1 == differing[1].element.0
        }
    }

    // MARK: Steps

    private func successors(of starts: [DivisionStep]) -> [DivisionStep] {
        var found: [DivisionStep] = []
        var waiting = starts
        while !waiting.isEmpty {
            let step = waiting.removeFirst()
            for next in next(after: step) where !found.contains(next) && !starts.contains(next) {
                found.append(next)
                waiting.append(next)
            }
        }
        return found.sorted { ($0.span.first, $0.code.number) < ($1.span.first, $1.code.number) }
    }

    private func predecessors(of steps: [DivisionStep]) -> [DivisionStep] {
        let targets = Set(steps.map(\.code))
        return divisionCodes.flatMap { code in
            (division(code) ?? []).lazy
                .filter { targets.contains(code) || !targets.isDisjoint(with: $0.successors) }
                .map { DivisionStep(code: code, span: $0) }
                .filter { earlier in !steps.contains(earlier) && next(after: earlier).contains { steps.contains($0) } }
        }
    }

    /// What a division became as it ended: its successors, or under the same code the division of another name.
    private func next(after step: DivisionStep) -> [DivisionStep] {
        guard let last = step.span.last else { return [] }
        if step.span.successors.isEmpty {
            return (division(step.code) ?? []).filter {
                $0.first > step.span.first && $0.first <= last + 1 && $0.last ?? Int.max > last
            }.prefix(1).map { DivisionStep(code: step.code, span: $0) }
        }
        return step.span.successors.compactMap { code in
            guard let spans = division(code) else { return nil }
            let span =
                spans.last { $0.first <= last + 1 && $0.last ?? Int.max >= last } ?? spans.first { $0.first > last }
            return (span ?? spans.last).map { DivisionStep(code: code, span: $0) }
        }
    }
}
