import Interchange

/// A rule with its columns found and its JSON member made.
final class BoundRule {
    enum Section: Int {
        case header, top, person, content
        /// Below `content`: the record that is meant, the answers, the assertions asked for.
        case target, results, assertions
    }

    let rule: FieldRule
    let columns: [Int]
    let separator: [UInt8]
    /// The first column that is not empty gives the value, instead of all of them.
    let takesFirst: Bool
    let constant: [UInt8]?
    let section: Section
    /// `"name":`
    let member: [UInt8]
    let pointer: String
    /// Which of the counters each step has.
    let counters: [Int]
    let hasFallback: Bool
    /// A step gives up a value, or makes one of none.
    let dealsWithEmpty: Bool
    /// The member is a JSON number.
    let isInteger: Bool
    /// The table of a rule of one column that has no steps and no list.
    let plainTable: CodeTable?
    /// JSON writes each code of ``plainTable`` as it is, in quotes.
    let hasPlainCodes: Bool

    init(_ rule: FieldRule, index: [String: Int]) {
        self.rule = rule
        columns = rule.columns.compactMap { index[$0] }
        pointer = rule.target.pointer
        member = Array("\"\(rule.target.member)\":".utf8)
        section =
            switch rule.target.path {
            case "from", "to", "issuedAt", "retainUntil": .header
            case let path where path.hasPrefix("person."): .person
            case let path where path.hasPrefix("content.target."): .target
            case let path where path.hasPrefix("content.results."): .results
            case let path where path.hasPrefix("content.assertions"): .assertions
            case let path where path.hasPrefix("content."): .content
            default: .top
            }
        constant = rule.constant
        if case .columns(_, .separator(let separator)) = rule.origin {
            self.separator = separator
        } else {
            separator = []
        }
        if case .columns(_, .firstOf) = rule.origin { takesFirst = true } else { takesFirst = false }
        counters = rule.steps.map { step in StepDescription.all.firstIndex { $0.name == step.name } ?? 0 }
        hasFallback = rule.steps.contains { $0.name == "default" }
        dealsWithEmpty = rule.steps.contains(where: \.dealsWithEmpty)
        isInteger = rule.target.form == .integer
        let isPlain = columns.count == 1 && rule.steps.isEmpty && rule.listSeparator == nil
        plainTable = isPlain ? rule.table : nil
        hasPlainCodes = !isInteger && plainTable?.needsNoEscape ?? false
    }

    var recordRule: RecordRule? {
        if case .record(let record) = rule.origin { return record }
        return nil
    }

    /// What a violation names as its source.
    var columnNames: String? { rule.columns.isEmpty ? nil : rule.columns.joined(separator: "+") }
}

/// A record's key with its columns and fields found.
final class BoundKey {
    struct Part {
        let column: Int
        let name: String
        /// The rule whose value, after its steps, is the part.
        let rule: Int?
        /// Steps of the key's own.
        let steps: [Step]?
    }

    let kind: Kind
    let home: Int?
    let parts: [Part]

    init(_ record: RecordRule, kind: Kind, rules: [BoundRule], index: [String: Int]) {
        self.kind = record.kind ?? kind
        home = rules.firstIndex { $0.rule.target.path == record.home }
        parts = record.key.compactMap { part in
            guard let column = index[part.column] else { return nil }
            let rule = part.steps == nil ? rules.firstIndex { $0.rule.columns == [part.column] } : nil
            return Part(column: column, name: part.column, rule: rule, steps: part.steps)
        }
    }
}
