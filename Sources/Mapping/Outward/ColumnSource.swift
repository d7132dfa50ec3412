import Interchange

/// How one column of the local format is made of an envelope's values.
enum ColumnSource: Sendable {
    /// The rule's value, all of it.
    case whole(rule: Int)
    /// The values of rules that each read one part, from the first on, joined.
    case joined(rules: [Int], separator: [UInt8])
    /// One part of a value that several columns make together.
    case part(rule: Int, number: Int, of: Int, separator: [UInt8])
    /// Nothing: the mapping says so, or another column has the value.
    case empty
}

/// Finds each column's source, and notes what has none.
struct ColumnSources {
    let rules: [FieldRule]
    private(set) var mistakes: [(message: String, place: Place, remedy: String)] = []

    init(_ rules: [FieldRule]) { self.rules = rules }

    /// Nil when no rule reads the column in a way that can be read back; then the reason is noted.
    mutating func source(of column: String) -> ColumnSource? {
        let readers = rules.indices.filter { rules[$0].columns.contains(column) }
        let usable = readers.filter { rules[$0].stepWithoutWayBack == nil }
        if let rule = usable.first(where: { rules[$0].columns.count == 1 && rules[$0].split == nil }) {
            return .whole(rule: rule)
        }
        if let parts = parts(of: column, usable) { return parts }
        for rule in usable where rules[rule].columns.count > 1 && rules[rule].split == nil {
            if let source = shared(column, rule) { return source }
        }
        readers.forEach { noteReason($0, column) }
        return nil
    }

    private func parts(of column: String, _ usable: [Int]) -> ColumnSource? {
        let splits = usable.filter { rules[$0].columns == [column] }.compactMap { rule in
            rules[rule].split.map { (rule: rule, separator: $0.separator, part: $0.part) }
        }.sorted { $0.part < $1.part }
        guard let first = splits.first, splits.allSatisfy({ $0.separator == first.separator }),
            splits.map(\.part) == Array(1...splits.count)
        else { return nil }
        return .joined(rules: splits.map(\.rule), separator: first.separator)
    }

    private func shared(_ column: String, _ rule: Int) -> ColumnSource? {
        let columns = rules[rule].columns
        guard case .columns(_, let join) = rules[rule].origin, let place = columns.firstIndex(of: column) else {
            return nil
        }
        switch join {
        case .firstOf: return place == 0 ? .whole(rule: rule) : .empty
        case .separator(let separator):
            return separator.isEmpty
                ? nil : .part(rule: rule, number: place, of: columns.count, separator: separator)
        }
    }

    private mutating func noteReason(_ rule: Int, _ column: String) {
        if let (step, place) = rules[rule].stepWithoutWayBack {
            mistakes.append(
                (
                    "the step \(step.name) cannot be read back, so nothing fills the column \(column)", place,
                    "Write another rule for the column, or list the columns without it under outward.columns"
                ))
        } else if rules[rule].split != nil {
            mistakes.append(
                (
                    "the parts of the column \(column) are not all known, from the first on", rules[rule].place,
                    "Write a rule with split for every part, with one separator"
                ))
        } else {
            mistakes.append(
                (
                    "columns joined with nothing between cannot be told apart: \(column)", rules[rule].place,
                    "Give concat a text between, or list the columns without it under outward.columns"
                ))
        }
    }
}

extension FieldRule {
    fileprivate var split: (separator: [UInt8], part: Int)? {
        for step in steps { if case .split(let separator, let part) = step { return (separator, part) } }
        return nil
    }
}
