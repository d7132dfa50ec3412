import Interchange
import Yams

/// What shows only when all rules of a mapping are seen together.
extension MappingNotes {
    mutating func noteMissing(
        _ kind: Kind, _ targets: [Target], _ rules: [FieldRule], _ members: [(key: Node, value: Node)]
    ) {
        var required = targets.filter(\.isRequired)
        // A number is owed by everyone but a person whose type of document is none.
        let idType = rules.first { $0.target.path == "person.idType" }
        if !(idType?.isAlwaysNone ?? false) { required += targets.filter { $0.path == "person.idNumber" } }
        // One written with a mistake is told with that mistake.
        let written = [members["constants"], members["fields"]].compactMap { $0?.mapping }.flatMap {
            $0.compactMap(\.key.string)
        }
        for target in required where !written.contains(target.path) {
            note(
                "no rule fills \(target.path), which is required", at: members.key("fields"),
                remedy: "Add it to fields or constants")
        }
        for group in Target.groups(of: kind) {
            let filled = group.members.filter(written.contains)
            if filled.isEmpty {
                note(
                    "no rule fills \(group.path), which is required", at: members.key("fields"),
                    remedy: "Add one or more of \(group.members.joined(separator: ", "))")
            }
            if filled.contains(group.path), filled.count > 1 {
                note(
                    "\(group.path) is filled twice", at: members.key("fields"),
                    remedy: "Keep \(group.path), or the assertions one by one")
            }
        }
    }

    mutating func noteUse(
        of rules: [FieldRule], _ record: RecordRule, _ source: SourceDescription,
        _ dropped: [(text: String, node: Node)],
        _ members: [(key: Node, value: Node)]
    ) {
        var records = [record]
        for rule in rules {
            note(columns: rule.columns, place: rule.place, source, dropped)
            noteForbidden(in: rule)
            if case .record(let reference) = rule.origin { records.append(reference) }
        }
        for record in records {
            for part in record.key { note(columns: [part.column], place: part.place, source, dropped) }
            let home = rules.first { $0.target.path == record.home }
            if home?.target.form != .division, home?.target.form != .province {
                note(
                    "record.home must be a division that a rule fills", record.place,
                    remedy: "Write home: person.hukouDivision")
            }
        }
        if let skip = source.skip, source.isForbidden(column: skip.column) {
            note("the column \(skip.column) may not be read", at: members["source"], remedy: "Match another column")
        }
    }

    /// No text that a mapping writes by itself tells what the interchange never carries either.
    private mutating func noteForbidden(in rule: FieldRule) {
        guard let text = rule.constant, ForbiddenContent.isForbidden(column: String(decoding: text, as: UTF8.self))
        else { return }
        note(
            "\(rule.target.path) tells of reproduction, medicine or marriage", rule.place,
            remedy: "Remove the rule, or write another text")
    }

    private mutating func note(
        columns: [String], place: Place, _ source: SourceDescription, _ dropped: [(text: String, node: Node)]
    ) {
        for column in columns {
            if source.isForbidden(column: column) {
                note(
                    "the column \(column) tells of reproduction, medicine or marriage", place,
                    remedy: "Remove the rule and list the column under drop")
            }
            if dropped.contains(where: { $0.text == column }) {
                note("the column \(column) is both used and dropped", place, remedy: "Remove it from drop, or the rule")
            }
        }
    }

    mutating func note(_ message: String, _ place: Place, remedy: String) {
        append(MappingMistake(file: file, line: place.line, column: place.column, message: message, remedy: remedy))
    }
}

extension FieldRule {
    /// Whether the value is `none` in every row.
    fileprivate var isAlwaysNone: Bool {
        if let constant { return constant == Array("none".utf8) }
        return table?.codes == ["none"]
    }
}
