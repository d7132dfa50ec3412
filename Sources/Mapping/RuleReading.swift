import Interchange
import Yams

extension MappingNotes {
    /// One entry of `fields`.
    mutating func rule(_ target: Target, _ node: Node, at key: Node) -> FieldRule? {
        let allowed = ["from", "with", "codes", "record", "value", "lossy"]
        let members = members(of: node, in: target.path, allowed: allowed)
        let origins = ["from", "record", "value"].filter { members[$0] != nil }
        guard origins.count == 1 else {
            note(
                "\(target.path) needs exactly one of from, value and record", at: key,
                remedy: "Write { from: column }, { value: text } or { record: … }")
            return nil
        }
        var steps = steps(members["with"])
        noteLoss(of: steps, isDeclared: members["lossy"]?.bool ?? false, at: members["with"])
        var rule: FieldRule
        switch origins[0] {
        case "value":
            guard let value = text(members["value"], target.path) else { return nil }
            rule = FieldRule(target: target, origin: .constant(Array(value.utf8)), place: Place(key))
        case "record":
            guard let record = record(members["record"], allowed: ["kind", "home", "key"]) else { return nil }
            rule = FieldRule(target: target, origin: .record(record), place: Place(key))
        default:
            guard let origin = columns(members["from"], &steps, at: key) else { return nil }
            rule = FieldRule(target: target, origin: origin, place: Place(key))
        }
        rule.steps = steps
        rule.table = table(members["codes"], for: target)
        if origins[0] != "from", members["with"] != nil || members["codes"] != nil {
            note("with and codes belong to from", at: key, remedy: "Write the value as it must be")
        }
        noteMisfit(of: rule, at: key)
        return rule
    }

    private mutating func columns(_ node: Node?, _ steps: inout [Step], at key: Node) -> FieldRule.Origin? {
        let names = texts(node, "from").map(\.text)
        guard !names.isEmpty else {
            note("from names no column", at: key, remedy: "Write from: column")
            return nil
        }
        if case .concat(let separator) = steps.first {
            steps.removeFirst()
            return .columns(names, separator: separator)
        }
        if steps.contains(where: { $0.name == "concat" }) || names.count > 1 {
            note("columns are joined before anything else", at: key, remedy: "Write with: [{ concat: \"-\" }, …]")
        }
        return .columns(names, separator: [])
    }

    private mutating func noteLoss(of steps: [Step], isDeclared: Bool, at node: Node?) {
        guard !isDeclared else { return }
        for step in steps where StepDescription.all.contains(where: { $0.name == step.name && $0.isLossy }) {
            note(
                "the step \(step.name) loses information", at: node,
                remedy: "Add lossy: true to the rule if that is meant")
        }
    }

    private mutating func table(_ node: Node?, for target: Target) -> CodeTable? {
        guard let node else { return nil }
        if let id = node.scalar?.string {
            if let list = ListedCodes(id) { return CodeTable(list.words) }
            note("there is no code list \(id)", at: node, remedy: "`yizhan codes show` lists them")
            return nil
        }
        var pairs: [String: String] = [:]
        for (key, value) in members(of: node, in: "codes") {
            guard let word = text(key, "codes"), let code = text(value, "codes") else { continue }
            if let allowed = target.form.words, !allowed.contains(code) {
                note("\(target.path) has no code \(code)", at: value, remedy: target.form.remedy(for: allowed))
            }
            pairs[word] = code
        }
        return CodeTable(pairs)
    }

    mutating func record(_ node: Node?, allowed: [String]) -> RecordRule? {
        guard let node else { return nil }
        let members = members(of: node, in: "record", allowed: allowed)
        guard let home = text(members["home"], "record.home"), let key = members["key"] else {
            note(
                "record needs home and key", at: node, remedy: "Write { home: person.hukouDivision, key: [column, …] }")
            return nil
        }
        var rule = RecordRule(home: home, key: keyParts(key), place: Place(node))
        if let node = members["kind"], let name = text(node, "record.kind") {
            rule.kind = Kind(rawValue: name)
            if rule.kind == nil { note("there is no kind \(name)", at: node, remedy: Kind.remedy) }
        } else if allowed.contains("kind") {
            note("record needs the kind of the record it names", at: node, remedy: "Write kind: arrival")
        }
        if rule.key.isEmpty {
            note("record.key names no column", at: key, remedy: "Name the columns that make the fact")
        }
        return rule
    }

    private mutating func keyParts(_ node: Node) -> [RecordRule.Part] {
        guard let sequence = node.sequence else {
            return texts(node, "record.key").map { RecordRule.Part(column: $0.text, place: Place($0.node)) }
        }
        return sequence.compactMap { item in
            if let column = item.scalar?.string { return RecordRule.Part(column: column, place: Place(item)) }
            let members = members(of: item, in: "record.key", allowed: ["from", "with"])
            guard let column = text(members["from"], "record.key") else { return nil }
            return RecordRule.Part(column: column, steps: steps(members["with"]), place: Place(item))
        }
    }
}

extension Kind {
    /// The kinds that a mapping can make.
    static var remedy: String {
        "Use one of \(allCases.filter { Target.all(of: $0) != nil }.map(\.rawValue).joined(separator: ", "))"
    }
}
