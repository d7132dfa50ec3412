import Interchange
import Yams

extension MappingNotes {
    /// One entry of `fields`.
    mutating func rule(_ target: Target, _ node: Node, at key: Node) -> FieldRule? {
        let allowed = ["from", "with", "codes", "list", "record", "value", "lossy"]
        let members = members(of: node, in: target.path, allowed: allowed)
        let origins = ["from", "record", "value"].filter { members[$0] != nil }
        guard origins.count == 1 else {
            note(
                "\(target.path) needs exactly one of from, value and record", at: key,
                remedy: "Write { from: column }, { value: text } or { record: … }")
            return nil
        }
        var steps = steps(members["with"])
        noteLoss(of: steps, isDeclared: isTrue(members["lossy"], "lossy"))
        guard var rule = rule(target, origins[0], members, &steps, at: key) else { return nil }
        rule.steps = steps.map(\.step)
        rule.stepPlaces = steps.map(\.place)
        rule.table = table(members["codes"], for: target)
        rule.listSeparator = listSeparator(members["list"], for: target)
        for name in ["with", "codes", "list"] where origins[0] != "from" && members[name] != nil {
            note("\(name) belongs to from", at: members.key(name), remedy: "Write the value as it must be")
        }
        noteMisfit(of: rule, at: key)
        return rule
    }

    private mutating func rule(
        _ target: Target, _ origin: String, _ members: [(key: Node, value: Node)], _ steps: inout [PlacedStep],
        at key: Node
    ) -> FieldRule? {
        let origin: FieldRule.Origin? =
            switch origin {
            case "value": constant(members["value"], target)
            case "record": record(members["record"], allowed: ["kind", "home", "key"]).map { .record($0) }
            default: columns(members["from"], &steps, at: key)
            }
        return origin.map { FieldRule(target: target, origin: $0, place: Place(key)) }
    }

    /// A fixed value; a list's items stand in a YAML list, or alone.
    mutating func constant(_ node: Node?, _ target: Target) -> FieldRule.Origin? {
        guard case .list = target.form else {
            return text(node, target.path).map { .constant(Array($0.utf8)) }
        }
        let items = texts(node, target.path).map { Array($0.text.utf8) }
        return .constant(Array(items.joined(separator: [FieldRule.itemSeparator])))
    }

    private mutating func columns(_ node: Node?, _ steps: inout [PlacedStep], at key: Node) -> FieldRule.Origin? {
        let names = texts(node, "from").map(\.text)
        guard !names.isEmpty, !names.contains("") else {
            note("from names no column", at: key, remedy: "Write from: column")
            return nil
        }
        if Set(names).count < names.count {
            note("from names a column twice", at: node, remedy: "Name each column once")
        }
        var join: FieldRule.Join?
        switch steps.first?.step {
        case .concat(let separator): join = .separator(separator)
        case .firstOf: join = .firstOf
        default: break
        }
        if join != nil { steps.removeFirst() }
        let isLate = steps.contains { $0.step.name == "concat" || $0.step.name == "firstOf" }
        if isLate || names.count > 1 && join == nil {
            note(
                "columns are joined before anything else", at: key,
                remedy: "Write with: [{ concat: \"-\" }, …] or with: [firstOf, …]")
        }
        return .columns(names, join: join ?? .separator([]))
    }

    private mutating func noteLoss(of steps: [PlacedStep], isDeclared: Bool) {
        guard !isDeclared else { return }
        for (step, place) in steps where StepDescription.all.contains(where: { $0.name == step.name && $0.isLossy }) {
            note(
                "the step \(step.name) loses information", place,
                remedy: "Add lossy: true to the rule if that is meant")
        }
    }

    private mutating func isTrue(_ node: Node?, _ name: String) -> Bool {
        guard let node else { return false }
        if let value = node.bool { return value }
        note("\(name) must be true or false", at: node, remedy: "Write \(name): true, or leave it out")
        return true
    }

    private mutating func listSeparator(_ node: Node?, for target: Target) -> [UInt8]? {
        guard let node, let separator = text(node, "list") else { return nil }
        guard case .list = target.form else {
            note("\(target.path) is one value", at: node, remedy: "Remove list, or take a part with the step split")
            return nil
        }
        if separator.isEmpty {
            note("list needs the text between the items", at: node, remedy: "Write list: \"、\"")
            return nil
        }
        return Array(separator.utf8)
    }

    private mutating func table(_ node: Node?, for target: Target) -> CodeTable? {
        guard let node else { return nil }
        if target.form.isAboutOnePerson {
            // Its words would be persons' names or numbers, and a check prints the words that a table lacks.
            note("\(target.path) takes no table of codes", at: node, remedy: "Use steps: with: […]")
            return nil
        }
        if let id = node.scalar?.string {
            if let list = ListedCodes(id) { return CodeTable(list.pairs) }
            note(
                "there is no code list \(id)", at: node,
                remedy: "Use one of \(CodeLists.standard.ids.joined(separator: ", "))")
            return nil
        }
        var pairs: [(word: String, code: String)] = []
        for (key, value) in members(of: node, in: "codes") {
            guard let word = text(key, "codes"), let code = text(value, "codes") else { continue }
            if let allowed = target.form.words, !allowed.contains(code) {
                note("\(target.path) has no code \(code)", at: value, remedy: target.form.remedy(for: allowed))
            }
            if Blanks.trimmed(Array(word.utf8)).count != word.utf8.count || word.isEmpty {
                note("a word of codes is empty or has blanks around it", at: key, remedy: "Remove the blanks")
            }
            pairs.append((word, code))
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
            return RecordRule.Part(column: column, steps: keySteps(members["with"]), place: Place(item))
        }
    }
}

extension MappingNotes {
    /// Steps of a key's own, which reads one column.
    private mutating func keySteps(_ node: Node?) -> [Step] {
        let steps = steps(node)
        for (step, place) in steps where step.name == "concat" || step.name == "firstOf" {
            note("a part of the key is one column", place, remedy: "Name the columns one by one")
        }
        return steps.map(\.step)
    }
}

extension Target.Form {
    fileprivate var isAboutOnePerson: Bool { self == .personName || self == .idNumber || self == .record }
}

extension Kind {
    static var remedy: String { "Use one of \(allCases.map(\.rawValue).joined(separator: ", "))" }
}
