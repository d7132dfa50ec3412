import Yams

/// Reads one YAML mapping of a configuration, remembering what was asked for, so that unknown keys are found. A scalar is
/// overridden by the environment: `listeners.exchange.port` by `YIZHAN_LISTENERS_EXCHANGE_PORT`.
final class ConfigurationReader {
    private final class Account {
        var mistakes: [ConfigurationMistake] = []
    }

    private let file: String
    private let node: Node.Mapping?
    private let line: Int
    private let path: String
    private let environment: [String: String]
    private let account: Account
    private var asked: Set<String> = []
    private var children: [ConfigurationReader] = []

    /// - Throws: ``ConfigurationMistakes`` when the text is no YAML mapping.
    init(yaml: String, file: String, environment: [String: String]) throws(ConfigurationMistakes) {
        do {
            guard let root = try compose(yaml: yaml), let mapping = root.mapping else {
                throw ConfigurationMistakes(mistakes: [
                    ConfigurationMistake(
                        file: file, line: 1, key: "", expected: "a YAML mapping with the key `province`")
                ])
            }
            node = mapping
        } catch let mistakes as ConfigurationMistakes {
            throw mistakes
        } catch {
            let line = if case YamlError.parser(_, _, let mark, _) = error { mark.line } else { 1 }
            throw ConfigurationMistakes(mistakes: [
                ConfigurationMistake(file: file, line: line, key: "", expected: "valid YAML")
            ])
        }
        (self.file, line, path, self.environment, account) = (file, 1, "", environment, Account())
    }

    private init(_ parent: ConfigurationReader, node: Node?, key: String) {
        (file, environment, account) = (parent.file, parent.environment, parent.account)
        self.node = node?.mapping
        line = node?.mark?.line ?? parent.line
        path = parent.path.isEmpty ? key : "\(parent.path).\(key)"
        if let node, node.mapping == nil { mistake(node, key: "", "a mapping") }
    }

    /// The mapping under the key; empty when there is none.
    func section(_ key: String) -> ConfigurationReader {
        asked.insert(key)
        let child = ConfigurationReader(self, node: node?[key], key: key)
        children.append(child)
        return child
    }

    /// The mappings of the sequence under the key.
    func sections(_ key: String) -> [ConfigurationReader] {
        asked.insert(key)
        guard let value = node?[key] else { return [] }
        guard let items = value.sequence else {
            mistake(value, key: key, "a sequence of mappings")
            return []
        }
        let found = items.enumerated().map { ConfigurationReader(self, node: $0.element, key: "\(key)[\($0.offset)]") }
        children += found
        return found
    }

    func strings(_ key: String) -> [String] {
        asked.insert(key)
        guard let value = node?[key] else { return [] }
        return value.sequence?.compactMap(\.scalar?.string) ?? value.scalar.map { [$0.string] } ?? []
    }

    func string(_ key: String) -> String? {
        asked.insert(key)
        let name = "YIZHAN_" + (path.isEmpty ? key : "\(path).\(key)").uppercased().replacing(".", with: "_")
        if let overriding = environment[name] { return overriding }
        guard let value = node?[key] else { return nil }
        guard let scalar = value.scalar else {
            mistake(value, key: key, "a single value")
            return nil
        }
        return scalar.string
    }

    func required(_ key: String, _ expected: String) -> String {
        if let text = string(key), !text.isEmpty { return text }
        mistake(node?[key], key: key, "is required: \(expected)")
        return ""
    }

    func integer(_ key: String, default value: Int, in range: ClosedRange<Int>) -> Int {
        guard let text = string(key) else { return value }
        guard let number = Int(text), range.contains(number) else {
            mistake(node?[key], key: key, "a whole number from \(range.lowerBound) to \(range.upperBound)")
            return value
        }
        return number
    }

    /// Reads a value by its own parser.
    func value<Value>(_ key: String, _ expected: String, _ parse: (String) -> Value?) -> Value? {
        guard let text = string(key) else { return nil }
        if let value = parse(text) { return value }
        mistake(node?[key], key: key, expected)
        return nil
    }

    func mistake(key: String, _ expected: String) { mistake(node?[key], key: key, expected) }

    private func mistake(_ node: Node?, key: String, _ expected: String) {
        let full = key.isEmpty ? path : path.isEmpty ? key : "\(path).\(key)"
        account.mistakes.append(
            ConfigurationMistake(file: file, line: node?.mark?.line ?? line, key: full, expected: expected))
    }

    /// - Throws: all mistakes, unknown keys among them.
    func finish() throws(ConfigurationMistakes) {
        findUnknown()
        guard account.mistakes.isEmpty else { throw ConfigurationMistakes(mistakes: account.mistakes) }
    }

    private func findUnknown() {
        for (key, _) in node ?? Node.Mapping([]) {
            guard let name = key.scalar?.string, !asked.contains(name) else { continue }
            mistake(key, key: name, "is unknown; known here: \(asked.sorted().joined(separator: ", "))")
        }
        for child in children { child.findUnknown() }
    }
}
