import Interchange
import Yams

/// From YAML to a ``CompiledMapping``.
struct MappingCompiler {
    private(set) var notes: MappingNotes
    private let file: String

    init(file: String) {
        self.file = file
        notes = MappingNotes(file: file)
    }

    /// Nil, or with mistakes noted, when the mapping is wrong.
    mutating func compile(_ yaml: String) -> CompiledMapping? {
        guard yaml.utf8.count <= CompiledMapping.mostBytes else {
            let most = CompiledMapping.mostBytes
            notes.note("a mapping has at most \(most) bytes", at: nil, remedy: "Move long code tables to a code list")
            return nil
        }
        guard let root = notes.root(of: yaml) else { return nil }
        let keys = ["mapping", "kind", "description", "source", "drop", "constants", "fields", "record"]
        let members = notes.members(of: root, in: "the mapping", allowed: keys)
        for key in ["mapping", "kind", "source", "fields", "record"] where members[key] == nil {
            notes.note("\(key) is missing", at: root, remedy: "Add \(key) at the top level")
        }
        let name = notes.text(members["mapping"], "mapping") ?? ""
        if !isName(name), let node = members["mapping"] {
            notes.note("mapping must be a name", at: node, remedy: "Use 1 to 64 of a to z, 0 to 9 and -")
        }
        let source = notes.source(members["source"])
        let dropped = notes.texts(members["drop"], "drop")
        guard let kind = kind(members["kind"]), let targets = Target.all(of: kind) else { return nil }
        let rules = rules(targets, members)
        noteMissing(targets, rules, members)
        guard let record = notes.record(members["record"], allowed: ["home", "key"]) else { return nil }
        noteUse(of: rules, record, source, dropped, members)
        return CompiledMapping(
            name: name, kind: kind, source: source, dropped: dropped.map(\.text), file: file, rules: rules,
            record: record, dropPlace: Place(members["drop"]))
    }

    private func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }

    private mutating func kind(_ node: Node?) -> Kind? {
        guard let node, let name = notes.text(node, "kind") else { return nil }
        guard let kind = Kind(rawValue: name) else {
            notes.note("there is no kind \(name)", at: node, remedy: Kind.remedy)
            return nil
        }
        if Target.all(of: kind) == nil {
            notes.note("a mapping cannot make the kind \(name)", at: node, remedy: Kind.remedy)
        }
        return kind
    }

    private mutating func rules(_ targets: [Target], _ members: [(key: Node, value: Node)]) -> [FieldRule] {
        var rules: [FieldRule] = []
        for (key, value) in notes.members(of: members["constants"], in: "constants") {
            guard let target = target(key, targets), let text = notes.text(value, target.path) else { continue }
            let rule = FieldRule(target: target, origin: .constant(Array(text.utf8)), place: Place(key))
            notes.noteMisfit(of: rule, at: value)
            rules.append(rule)
        }
        for (key, value) in notes.members(of: members["fields"], in: "fields") {
            guard let target = target(key, targets), let rule = notes.rule(target, value, at: key) else { continue }
            if rules.contains(where: { $0.target == target }) {
                notes.note("\(target.path) is filled twice", at: key, remedy: "Keep it in constants or in fields")
            }
            rules.append(rule)
        }
        return targets.compactMap { target in rules.first { $0.target == target } }
    }

    private mutating func target(_ key: Node, _ targets: [Target]) -> Target? {
        let path = key.string ?? ""
        if let target = targets.first(where: { $0.path == path }) { return target }
        notes.note(
            "there is no target \(path)", at: key, remedy: "Use one of \(targets.map(\.path).joined(separator: ", "))")
        return nil
    }
}

extension MappingCompiler {
    private mutating func noteMissing(_ targets: [Target], _ rules: [FieldRule], _ members: [(key: Node, value: Node)])
    {
        var required = targets.filter(\.isRequired)
        // A number is owed by everyone but a person whose type of document is none.
        let idType = rules.first { $0.target.path == "person.idType" }
        if !(idType?.isAlwaysNone ?? false) { required += targets.filter { $0.path == "person.idNumber" } }
        let written = [members["constants"], members["fields"]].compactMap { $0?.mapping }.flatMap {
            $0.compactMap(\.key.string)
        }
        for target in required where !written.contains(target.path) {
            notes.note(
                "no rule fills \(target.path), which is required", at: members.key("fields"),
                remedy: "Add it to fields or constants")
        }
    }

    private mutating func noteUse(
        of rules: [FieldRule], _ record: RecordRule, _ source: SourceDescription,
        _ dropped: [(text: String, node: Node)],
        _ members: [(key: Node, value: Node)]
    ) {
        var records = [(record, members["record"])]
        for rule in rules {
            note(columns: rule.columns, place: rule.place, source, dropped)
            if case .record(let reference) = rule.origin { records.append((reference, members["fields"])) }
        }
        for (record, node) in records {
            for part in record.key { note(columns: [part.column], place: part.place, source, dropped) }
            let home = rules.first { $0.target.path == record.home }
            if home?.target.form != .division {
                notes.note(
                    "record.home must be a division that a rule fills", at: node,
                    remedy: "Write home: person.hukouDivision")
            }
        }
        if let skip = source.skip, source.isForbidden(column: skip.column) {
            notes.note(
                "the column \(skip.column) may not be read", at: members["source"], remedy: "Match another column")
        }
    }

    private mutating func note(
        columns: [String], place: Place, _ source: SourceDescription, _ dropped: [(text: String, node: Node)]
    ) {
        for column in columns {
            if source.isForbidden(column: column) {
                notes.note(
                    "the column \(column) tells of reproduction, medicine or marriage", place,
                    remedy: "Remove the rule and list the column under drop")
            }
            if dropped.contains(where: { $0.text == column }) {
                notes.note(
                    "the column \(column) is both used and dropped", place, remedy: "Remove it from drop, or the rule")
            }
        }
    }
}

extension FieldRule {
    /// Whether the value is `none` in every row.
    fileprivate var isAlwaysNone: Bool {
        if case .constant(let text) = origin { return text == Array("none".utf8) }
        return table?.codes == ["none"]
    }
}

extension MappingNotes {
    mutating func note(_ message: String, _ place: Place, remedy: String) {
        append(MappingMistake(file: file, line: place.line, column: place.column, message: message, remedy: remedy))
    }
}
