import Interchange
import JSONTape

/// Turns envelopes of a mapping's kind into cells of the local format. Owns a parser's storage; one for each worker.
public final class OutwardRows {
    private let outward: OutwardMapping
    private let rules: [FieldRule]
    private let paths: Set<String>
    /// Members of the envelopes that no rule of the mapping reads, by path, and how many envelopes had them: the local format
    /// has no column for them.
    public private(set) var withoutColumn: [String: Int] = [:]
    private let parser = JSONParser(maximumDepth: 16, maximumNodes: 4096)

    public init(_ outward: OutwardMapping) {
        self.outward = outward
        rules = outward.mapping.rules
        paths = Set(rules.map { String($0.target.pointer.dropFirst().replacing("/", with: ".")) })
    }

    /// The cells of one envelope, in the order of ``OutwardMapping/columns``; nil when it is of another kind.
    ///
    /// - Parameter line: one envelope in JSON.
    /// - Throws: ``OutwardError``. The envelope is not checked against its schema: it was when it was received.
    public func cells(of line: [UInt8]) throws(OutwardError) -> [[UInt8]]? {
        let values: [[UInt8]?]?
        do {
            values = try parser.parse(line) { try read($0) }
        } catch {
            throw error as? OutwardError ?? .notAnEnvelope
        }
        guard let values else { return nil }
        try checkConstants(values)
        var cells: [[UInt8]] = []
        for (column, source) in zip(outward.columns, outward.sources) {
            let cell = try cell(column, source, values)
            if cell.contains(where: { $0 < 0x20 || $0 == 0x7F }) { throw .controlCharacter(column) }
            cells.append(cell)
        }
        return cells
    }

    private func read(_ root: JSONView) throws(OutwardError) -> [[UInt8]?]? {
        guard let version = root["interchange"]?.string, version.hasPrefix("1."), let kind = root["kind"]?.string,
            root["person"]?.kind == .object, root["content"]?.kind == .object
        else { throw .notAnEnvelope }
        if kind != outward.mapping.kind.rawValue { return nil }
        for part in ["person", "content"] { countUnread(root[member: part], part) }
        return rules.map { Self.value($0.target.path, root) }
    }

    private func countUnread(_ value: JSONView?, _ path: String) {
        guard let value else { return }
        if value.kind == .object {
            value.forEachMember { name, value in countUnread(value, "\(path).\(name.string ?? "")") }
        } else if !paths.contains(path), withoutColumn[path] != nil || withoutColumn.count < Self.mostPaths {
            withoutColumn[path, default: 0] += 1
        }
    }

    /// Paths that are counted: more than any kind has.
    private static let mostPaths = 64

    /// What the envelope has at the target; nil when it has nothing.
    private static func value(_ path: String, _ root: JSONView) -> [UInt8]? {
        let names = path.split(separator: ".").map(String.init)
        if names.count == 3, names[1] == "assertions" {
            let asked = root["content"]?["assertions"].map(items) ?? []
            return Array((asked.contains(Array(names[2].utf8)) ? "yes" : "no").utf8)
        }
        var found: JSONView? = root
        for name in names { found = found?[member: name] }
        guard let found else { return nil }
        switch found.kind {
        case .string: return found.withUTF8(Array.init)
        case .integer: return found.integer.map { Array(String($0).utf8) }
        case .array: return Array(items(of: found).joined(separator: [FieldRule.itemSeparator]))
        default: return nil
        }
    }

    private static func items(of array: JSONView) -> [[UInt8]] {
        var items: [[UInt8]] = []
        array.forEachElement { item in if let text = item.withUTF8(Array.init) { items.append(text) } }
        return items
    }

    /// A row of the local format means what the mapping holds for every row, so the envelope must say the same of the person
    /// and the fact. Purpose and legal basis are the sender's own.
    private func checkConstants(_ values: [[UInt8]?]) throws(OutwardError) {
        for (rule, value) in zip(rules, values) {
            guard let constant = rule.constant, let value, value != constant else { continue }
            if rule.target.path.hasPrefix("person.") || rule.target.path.hasPrefix("content.") {
                throw .notTheConstant(rule)
            }
        }
    }

    private func cell(_ column: String, _ source: ColumnSource, _ values: [[UInt8]?]) throws(OutwardError) -> [UInt8] {
        switch source {
        case .empty: return []
        case .whole(let rule): return try text(rule, column, values)
        case .part(let rule, let number, let count, let separator):
            let text = try text(rule, column, values)
            if text.isEmpty { return [] }
            let parts = PartSteps.parts(of: text, separator)
            guard parts.count == count, !parts.contains(where: \.isEmpty) else { throw .ambiguous(column) }
            return Array(parts[number])
        case .joined(let rules, let separator):
            var parts: [[UInt8]] = []
            for rule in rules { parts.append(try text(rule, column, values)) }
            while parts.last?.isEmpty == true { parts.removeLast() }
            let isWhole = parts.allSatisfy { !$0.isEmpty && PartSteps.parts(of: $0, separator).count == 1 }
            guard isWhole || parts.count == 1 else { throw .ambiguous(column) }
            return Array(parts.joined(separator: separator))
        }
    }

    /// Empty when the envelope has nothing for the rule.
    private func text(_ rule: Int, _ column: String, _ values: [[UInt8]?]) throws(OutwardError) -> [UInt8] {
        guard let value = values[rule] else { return [] }
        if let text = rules[rule].sourceText(of: value) { return text }
        // What is not asked for may have no word of its own.
        if rules[rule].target.pointer == "/content/assertions", value == Array("no".utf8) { return [] }
        throw .noSourceText(rules[rule], column)
    }
}
