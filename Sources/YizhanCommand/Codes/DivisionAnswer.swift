import Interchange

/// What is known of a code of GB/T 2260, or of a name.
enum DivisionAnswer: CodeAnswer {
    case one(DivisionReport)
    case several([DivisionRow])
    case unknown(UnknownDivision)

    var isFound: Bool { if case .unknown = self { false } else { true } }

    var lines: [String] {
        switch self {
        case .one(let report): report.lines
        case .several(let rows): rows.map(\.line)
        case .unknown(let unknown): unknown.lines
        }
    }

    func sayJSON() throws {
        switch self {
        case .one(let report): try Terminal.say(json: report)
        case .several(let rows): try Terminal.say(json: ["divisions": rows])
        case .unknown(let unknown): try Terminal.say(json: unknown)
        }
    }
}

/// The history of one code, as seen from a day.
struct DivisionReport: Encodable {
    var list = "division"
    var code, on: String
    /// Whether the code was valid on the day. Years count whole.
    var valid: Bool
    /// What it meant then, or when it was not valid, last before or first after.
    var meant: [DivisionRow]
    /// Everything that it ever meant.
    var codeMeant: [DivisionRow]
    var predecessors, successors, today: [DivisionRow]
    var coversUntil: String

    private var isBeyondTheList: Bool
    private var hasDate: Bool

    private enum CodingKeys: String, CodingKey {
        case list, code, on, valid, meant, codeMeant, predecessors, successors, today, coversUntil
    }

    init(
        code: String, on: String, valid: Bool, meant: [DivisionRow], codeMeant: [DivisionRow],
        predecessors: [DivisionRow], successors: [DivisionRow], today: [DivisionRow], coversUntil: String,
        isBeyondTheList: Bool, hasDate: Bool
    ) {
        (self.code, self.on, self.valid, self.meant, self.codeMeant) = (code, on, valid, meant, codeMeant)
        (self.predecessors, self.successors, self.today) = (predecessors, successors, today)
        (self.coversUntil, self.isBeyondTheList, self.hasDate) = (coversUntil, isBeyondTheList, hasDate)
    }

    var lines: [String] {
        var lines = ["\(code) \(hasDate ? "on \(on)" : "today"): \(verdict)"]
        lines += meant.map { "  \($0.line)" }
        let others = codeMeant.filter { other in !meant.contains { $0.first == other.first && $0.name == other.name } }
        lines += part("At other times the code was", others)
        lines += part("Before it", predecessors)
        lines += part("After it", successors)
        if !successors.isEmpty, today.isEmpty { lines.append("Today: the list does not tell") }
        if meant.last?.last != nil, successors.isEmpty { lines.append("After it: the list does not tell") }
        if isBeyondTheList { lines.append("The list tells of days until \(coversUntil); a local list can add to it") }
        return lines
    }

    private var verdict: String {
        if valid { return meant.count > 1 ? "valid; it changed in that year" : "valid" }
        guard let division = meant.last, let last = division.last, last < Int(on.prefix(4)) ?? 0 else {
            return "not valid yet"
        }
        return "not valid any more; the last year was \(last)"
    }

    private func part(_ title: String, _ rows: [DivisionRow]) -> [String] {
        rows.isEmpty ? [] : ["\(title)"] + rows.map { "  \($0.line)" }
    }
}

/// What can be said of a code that the list does not have.
struct UnknownDivision: Encodable {
    var list = "division"
    var code: String
    var known = false
    var province, prefecture: String?
    /// Codes that a slip of the hand could have made into this one.
    var near: [DivisionRow]

    init(code: String, near: [DivisionRow]) { (self.code, self.near) = (code, near) }

    var lines: [String] {
        var lines = ["\(code) is in the list at no time"]
        if let province {
            lines.append(
                prefecture.map { "Its first digits are those of \(province) \($0)" }
                    ?? "Its first two digits are those of \(province); the prefecture is unknown")
        } else if code.count == 6, near.isEmpty {
            lines.append("Its first two digits are no province's")
        }
        return near.isEmpty ? lines : lines + ["Did you mean"] + near.map { "  \($0.line)" }
    }
}
