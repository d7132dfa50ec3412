import Interchange

/// A rule with its columns found and its JSON member made.
final class BoundRule {
    enum Section: Int { case header, top, person, content }

    let rule: FieldRule
    /// The rule's own, at hand: copying the rule out of this object would count a dozen references.
    let steps: [Step]
    let table: CodeTable?
    let columns: [Int]
    let separator: [UInt8]
    let constant: [UInt8]?
    let section: Section
    /// `"name":`
    let member: [UInt8]
    let pointer: String
    /// Which of the counters each step has.
    let counters: [Int]
    let hasFallback: Bool

    init(_ rule: FieldRule, index: [String: Int]) {
        self.rule = rule
        (steps, table) = (rule.steps, rule.table)
        columns = rule.columns.compactMap { index[$0] }
        pointer = rule.target.pointer
        member = Array("\"\(rule.target.member)\":".utf8)
        section =
            switch rule.target.path {
            case "from", "to", "issuedAt", "retainUntil": .header
            case let path where path.hasPrefix("person."): .person
            case let path where path.hasPrefix("content."): .content
            default: .top
            }
        switch rule.origin {
        case .columns(_, let separator): (self.separator, constant) = (separator, nil)
        case .constant(let text): (separator, constant) = ([], text)
        case .record: (separator, constant) = ([], nil)
        }
        counters = rule.steps.map { step in StepDescription.all.firstIndex { $0.name == step.name } ?? 0 }
        hasFallback = rule.steps.contains { $0.name == "default" }
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

    let home: Int?
    let parts: [Part]
    /// What is hashed before the parts, by register province where the mapping names no system.
    private let fronts: [Province: [UInt8]]
    private let front: [UInt8]?

    init(_ record: RecordRule, kind: Kind, system: String?, rules: [BoundRule], index: [String: Int]) {
        let kind = record.kind ?? kind
        front = system.map { RecordHash.front(system: Array($0.utf8), kind: kind) }
        fronts = Dictionary(
            uniqueKeysWithValues: Province.all.map { province in
                (province, RecordHash.front(system: Array(province.description.utf8), kind: kind))
            })
        home = rules.firstIndex { $0.rule.target.path == record.home }
        parts = record.key.compactMap { part in
            guard let column = index[part.column] else { return nil }
            let rule = part.steps == nil ? rules.firstIndex { $0.rule.columns == [part.column] } : nil
            return Part(column: column, name: part.column, rule: rule, steps: part.steps)
        }
    }

    func front(register: Province) -> [UInt8] { front ?? fronts[register] ?? [] }
}
