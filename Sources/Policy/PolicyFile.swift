import Interchange
import Yams

extension StatusPolicy {
    /// A longer file is refused, in bytes.
    public static let longestFile = 1 << 20

    /// Reads a policy file. It is refused as a whole when anything in it is wrong.
    ///
    /// That rules hide one another or have ended is no mistake here: ``check(on:)`` finds it.
    /// - Parameters:
    ///   - yaml: the file's text.
    ///   - file: its name, for messages.
    public init(yaml: String, file: String) throws(PolicyMistakes) {
        var reader = PolicyReader(file: file)
        let rules = reader.read(yaml)
        guard reader.mistakes.isEmpty else {
            throw PolicyMistakes(reader.mistakes.sorted { ($0.line, $0.column) < ($1.line, $1.column) })
        }
        self.init(file: file, rules: rules, sampleShare: reader.sampleShare)
    }
}

/// Walks the YAML nodes of a policy file and gathers what is wrong with them.
private struct PolicyReader {
    let file: String
    private(set) var mistakes: [PolicyMistake] = []
    private(set) var sampleShare = 0.0

    init(file: String) { self.file = file }

    mutating func read(_ yaml: String) -> [PolicyRule] {
        guard let root = compose(yaml) else { return [] }
        let members = members(of: root, known: ["version", "sample", "rules"])
        sampleShare =
            value(members["sample"], expected: "a share from 0 to 1, such as 0.02") { text in
                Double(text).flatMap { (0...1).contains($0) ? $0 : nil }
            } ?? 0
        if scalar(members["version"]) != "1" {
            add(
                .unknownValue, members["version"] ?? root, "The version of the policy's form is missing or unknown.",
                "Write `version: 1`.")
        }
        guard let list = members["rules"]?.sequence else {
            add(.missing, members["rules"] ?? root, "There is no list of rules.", "Write `rules:` and a list under it.")
            return []
        }
        var names: Set<String> = []
        return list.compactMap { node in
            guard let rule = rule(node) else { return nil }
            if !names.insert(rule.name).inserted {
                add(.duplicate, node, "Another rule has this name.", "Give each rule a name of its own.")
            }
            return rule
        }
    }

    private mutating func compose(_ yaml: String) -> Node? {
        guard yaml.utf8.count <= StatusPolicy.longestFile else {
            mistakes.append(mistake(.syntax, nil, "The file is too long.", "Keep it under 1 MiB."))
            return nil
        }
        do {
            guard let root = try Yams.compose(yaml: yaml), root.mapping != nil else {
                mistakes.append(mistake(.syntax, nil, "The file is not a YAML mapping.", "Begin with `version: 1`."))
                return nil
            }
            return root
        } catch {
            mistakes.append(syntaxMistake(error))
            return nil
        }
    }

    private func syntaxMistake(_ error: any Error) -> PolicyMistake {
        let remedy = "Mend the YAML at this place."
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return mistake(.syntax, mark, "This is not YAML: \(problem).", remedy)
        case .duplicatedKeysInMapping: return mistake(.duplicate, nil, "A mapping has a key twice.", remedy)
        default: return mistake(.syntax, nil, "This is not YAML.", remedy)
        }
    }

    private mutating func rule(_ node: Node) -> PolicyRule? {
        guard node.mapping != nil else {
            add(.syntax, node, "A rule is not a mapping.", "Write its keys, `name:` first.")
            return nil
        }
        let before = mistakes.count
        let members = members(of: node, known: ["name", "who", "ask", "for", "about", "limits", "until"])
        let name = name(members["name"], of: node)
        let who = set(members["who"], "who", of: node, expected: "police, commerce, service or bureau:ID", asker)
        let ask = set(members["ask"], "ask", of: node, expected: Self.words(Question.self)) { Question(rawValue: $0) }
        let purposes = set(members["for"], "for", of: node, expected: Self.words(Purpose.self)) {
            Purpose(rawValue: $0)
        }
        let about = value(members["about"], expected: Self.words(Tie.self)) { Tie(rawValue: $0) }
        let until = value(members["until"], expected: "a day, YYYY-MM-DD") { CivilDate($0) }
        let limits = limits(members["limits"])
        guard mistakes.count == before, let name else { return nil }
        return PolicyRule(
            name: name, who: who, ask: ask, purposes: purposes, about: about ?? .any, limits: limits, until: until,
            line: node.mark?.line ?? 1)
    }

    private mutating func name(_ node: Node?, of rule: Node) -> String? {
        guard let node else {
            add(.missing, rule, "The rule has no name.", "Write `name:` with letters, digits and hyphens.")
            return nil
        }
        guard let name = scalar(node), Self.isName(name) else {
            add(.unknownValue, node, "The rule's name is not a name.", "Use 1 to 64 letters, digits and hyphens.")
            return nil
        }
        return name
    }

    private func asker(_ text: String) -> Asker? {
        if let kind = BureauKind(rawValue: text) { return .kind(kind) }
        let id = String(text.dropFirst("bureau:".count))
        return text.hasPrefix("bureau:") && Self.isName(id) ? .bureau(id) : nil
    }

    private mutating func limits(_ node: Node?) -> PolicyLimits {
        guard let node else { return PolicyLimits() }
        let members = members(of: node, known: PolicyLimits.keys)
        let expected = "a whole number from 1 to 1000000"
        func number(_ text: String) -> Int? { Int(text).flatMap { (1...1_000_000).contains($0) ? $0 : nil } }
        return PolicyLimits(
            perOfficerPerDay: value(members["perOfficerPerDay"], expected: expected, number),
            perBureauPerDay: value(members["perBureauPerDay"], expected: expected, number),
            missesPerDay: value(members["missesPerDay"], expected: expected, number),
            perOfficerPerHour: value(members["perOfficerPerHour"], expected: expected, number),
            perBureauPerHour: value(members["perBureauPerHour"], expected: expected, number),
            bureauMissesPerDay: value(members["bureauMissesPerDay"], expected: expected, number),
            similarPerDay: value(members["similarPerDay"], expected: expected, number))
    }

    private static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D
            }
    }

    private static func words<Words: RawRepresentable & CaseIterable>(_: Words.Type) -> String
    where Words.RawValue == String { Words.allCases.map(\.rawValue).joined(separator: ", ") }
}

extension PolicyReader {
    private func scalar(_ node: Node?) -> String? { node?.scalar?.string }

    private mutating func members(of node: Node, known: [String]) -> [String: Node] {
        guard let mapping = node.mapping else {
            add(.syntax, node, "This is not a mapping.", "Write keys: \(known.joined(separator: ", ")).")
            return [:]
        }
        var members: [String: Node] = [:]
        for (key, value) in mapping {
            guard let name = scalar(key), known.contains(name) else {
                add(.unknownKey, key, "This key is unknown here.", "Known are \(known.joined(separator: ", ")).")
                continue
            }
            members[name] = value
        }
        return members
    }

    private mutating func value<Value>(_ node: Node?, expected: String, _ read: (String) -> Value?) -> Value? {
        guard let node else { return nil }
        guard let value = scalar(node).flatMap(read) else {
            add(.unknownValue, node, "This value is not known here.", "Write \(expected).")
            return nil
        }
        return value
    }

    /// One word or a list of words, at least one, none twice.
    private mutating func set<Value: Hashable>(
        _ node: Node?, _ key: String, of rule: Node, expected: String, _ read: (String) -> Value?
    ) -> Set<Value> {
        guard let node else {
            add(.missing, rule, "The rule does not say `\(key)`.", "Write `\(key):` with \(expected).")
            return []
        }
        let nodes = node.sequence.map { Array($0) } ?? [node]
        if nodes.isEmpty { add(.missing, node, "The list is empty.", "Write \(expected).") }
        var values: Set<Value> = []
        for node in nodes {
            guard let value = value(node, expected: expected, read) else { continue }
            if !values.insert(value).inserted { add(.duplicate, node, "The word stands twice.", "Take one away.") }
        }
        return values
    }

    private mutating func add(_ code: PolicyMistake.Code, _ node: Node, _ message: String, _ remedy: String) {
        mistakes.append(mistake(code, node.mark, message, remedy))
    }

    private func mistake(
        _ code: PolicyMistake.Code, _ mark: Mark?, _ message: String, _ remedy: String
    ) -> PolicyMistake {
        PolicyMistake(
            code, file: file, line: mark?.line ?? 1, column: mark?.column ?? 1, message, remedy: remedy)
    }
}
