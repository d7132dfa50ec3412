import Yams

/// Walks a mapping's YAML and notes every mistake with its place, so that one look shows all of them.
struct MappingNotes {
    let file: String
    private(set) var mistakes: [MappingMistake] = []

    init(file: String) { self.file = file }

    mutating func note(_ message: String, at node: Node?, remedy: String) {
        let mark = node?.mark
        mistakes.append(
            MappingMistake(
                file: file, line: mark?.line ?? 1, column: mark?.column ?? 1, message: message, remedy: remedy))
    }

    mutating func append(_ mistake: MappingMistake) { mistakes.append(mistake) }

    /// The document's root. Notes what is wrong with the YAML itself.
    mutating func root(of yaml: String) -> Node? {
        if YAMLSize.aliases(in: yaml) > YAMLSize.mostAliases {
            note(
                "the file has more than \(YAMLSize.mostAliases) aliases", at: nil,
                remedy: "Write the tables out, or use a code list")
            return nil
        }
        do {
            if let node = try Yams.compose(yaml: yaml) {
                if YAMLSize.isWithinLimit(node) { return node }
                note(
                    "the file stands for more than \(YAMLSize.mostNodes) values", at: nil,
                    remedy: "Use a code list for long tables")
                return nil
            }
            note("the file is empty", at: nil, remedy: "Write mapping, kind, source, fields and record")
        } catch let error as YamlError {
            note(error)
        } catch {
            note("the file is not YAML", at: nil, remedy: "Check its quotes, brackets and indentation")
        }
        return nil
    }

    private mutating func note(_ error: YamlError) {
        let (mark, message): (Mark?, String) =
            switch error {
            case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
                .composer(_, let problem, let mark, _):
                (mark, "the file is not YAML: \(problem)")
            case .duplicatedKeysInMapping(let keys, let context):
                (context.mark, "a key is written twice: \(keys.joined(separator: ", "))")
            default: (nil, "the file is not YAML")
            }
        mistakes.append(
            MappingMistake(
                file: file, line: mark?.line ?? 1, column: mark?.column ?? 1, message: message,
                remedy: "Check quotes, brackets, indentation and repeated keys"))
    }

    /// The members of a YAML mapping in order. Notes keys that are not allowed.
    mutating func members(of node: Node?, in place: String, allowed: [String]? = nil) -> [(key: Node, value: Node)] {
        guard let node else { return [] }
        guard let mapping = node.mapping else {
            note("\(place) must be a mapping of keys to values", at: node, remedy: "Write `key: value` lines under it")
            return []
        }
        var members: [(key: Node, value: Node)] = []
        for (key, value) in mapping {
            guard let allowed, !allowed.contains(key.string ?? "") else {
                members.append((key, value))
                continue
            }
            note(
                "\(place) has no key \(key.string ?? "of this form")", at: key,
                remedy: "Use one of \(allowed.joined(separator: ", "))")
        }
        return members
    }

    /// A scalar's text as it is written: `01` stays `01`.
    mutating func text(_ node: Node?, _ place: String) -> String? {
        guard let node else { return nil }
        guard let scalar = node.scalar else {
            note("\(place) must be one value", at: node, remedy: "Write a single word, number or quoted text")
            return nil
        }
        return scalar.string
    }

    /// One text or a list of texts.
    mutating func texts(_ node: Node?, _ place: String) -> [(text: String, node: Node)] {
        guard let node else { return [] }
        guard let sequence = node.sequence else {
            return text(node, place).map { [($0, node)] } ?? []
        }
        return sequence.compactMap { item in text(item, place).map { ($0, item) } }
    }
}

extension [(key: Node, value: Node)] {
    subscript(name: String) -> Node? { first { $0.key.string == name }?.value }

    func key(_ name: String) -> Node? { first { $0.key.string == name }?.key }
}
