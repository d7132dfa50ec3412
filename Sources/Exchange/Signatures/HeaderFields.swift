/// Header fields in the order they came; names in lower case.
public struct HeaderFields: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    public struct Field: Sendable, Hashable {
        public let name: String
        public let value: String
    }

    public private(set) var lines: [Field] = []

    public init() {}
    public init(_ pairs: some Sequence<(String, String)>) { for (name, value) in pairs { append(name, value) } }
    public init(dictionaryLiteral elements: (String, String)...) { self.init(elements) }

    public mutating func append(_ name: String, _ value: String) {
        lines.append(Field(name: name.lowercased(), value: value))
    }

    /// Puts one line in place of all with this name.
    public mutating func set(_ name: String, _ value: String) {
        remove(name)
        append(name, value)
    }

    public mutating func remove(_ name: String) {
        let name = name.lowercased()
        lines.removeAll { $0.name == name }
    }

    /// The values of each line with this name.
    /// - Parameter name: in lower case.
    public func values(_ name: String) -> [String] { lines.filter { $0.name == name }.map(\.value) }

    /// - Parameter name: in lower case.
    public func contains(_ name: String) -> Bool { lines.contains { $0.name == name } }

    /// The value of the one line with this name, trimmed; nil when there is none or more than one.
    /// - Parameter name: in lower case.
    public func single(_ name: String) -> String? {
        let found = values(name)
        return found.count == 1 ? found[0].trimmingASCIIWhitespace() : nil
    }

    /// The lines with this name as RFC 9421 section 2.1 combines them: each trimmed, obsolete folding made one space, joined
    /// with a comma and a space. Nil when there is none.
    public func combined(_ name: String) -> String? {
        let found = values(name)
        return found.isEmpty ? nil : found.map(Self.unfolded).joined(separator: ", ")
    }

    static func unfolded(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D }) else { return value.trimmingASCIIWhitespace() }
        let parts = value.split(whereSeparator: \.isNewline).map { String($0).trimmingASCIIWhitespace() }
        return parts.filter { !$0.isEmpty }.joined(separator: " ")
    }
}
