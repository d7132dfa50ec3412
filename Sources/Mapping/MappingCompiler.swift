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
        let keys = ["mapping", "kind", "description", "source", "drop", "constants", "fields", "record", "outward"]
        let members = notes.members(of: root, in: "the mapping", allowed: keys)
        for key in ["mapping", "kind", "source", "fields", "record"] where members[key] == nil {
            notes.note("\(key) is missing", at: root, remedy: "Add \(key) at the top level")
        }
        let name = notes.text(members["mapping"], "mapping") ?? ""
        if !isName(name), let node = members["mapping"] {
            notes.note("mapping must be a name", at: node, remedy: "Use 1 to 64 of a to z, 0 to 9 and -")
        }
        _ = notes.text(members["description"], "description")
        let source = notes.source(members["source"])
        let outward = notes.outward(members["outward"])
        let dropped = notes.texts(members["drop"], "drop")
        guard let kind = kind(members["kind"]) else { return nil }
        let targets = Target.all(of: kind)
        let rules = rules(targets, members)
        notes.noteMissing(kind, targets, rules, members)
        guard let record = notes.record(members["record"], allowed: ["home", "key"]) else { return nil }
        notes.noteUse(of: rules, record, source, dropped, members)
        if notes.mistakes.isEmpty { notes.noteProbes(ValueProbe(kind: kind), rules) }
        return CompiledMapping(
            name: name, kind: kind, source: source, dropped: dropped.map(\.text), file: file, rules: rules,
            record: record, dropPlace: Place(members["drop"]), outward: outward)
    }

    private func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }

    private mutating func kind(_ node: Node?) -> Kind? {
        guard let node, let name = notes.text(node, "kind") else { return nil }
        if let kind = Kind(rawValue: name) { return kind }
        notes.note("there is no kind \(name)", at: node, remedy: Kind.remedy)
        return nil
    }

    private mutating func rules(_ targets: [Target], _ members: [(key: Node, value: Node)]) -> [FieldRule] {
        var rules: [FieldRule] = []
        for (key, value) in notes.members(of: members["constants"], in: "constants") {
            guard let target = target(key, targets), let origin = notes.constant(value, target) else { continue }
            let rule = FieldRule(target: target, origin: origin, place: Place(key))
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
