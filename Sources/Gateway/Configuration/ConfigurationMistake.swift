/// One thing that is wrong in a configuration file.
public struct ConfigurationMistake: Sendable, Hashable, CustomStringConvertible {
    public var file: String
    /// From 1; 0 when the mistake is in the environment.
    public var line: Int
    /// Empty when it is the file as a whole.
    public var key: String
    public var expected: String

    public var description: String {
        key.isEmpty ? "\(file):\(line): expected \(expected)" : "\(file):\(line): \(key): \(expected)"
    }
}

/// All that is wrong: a configuration is refused as a whole.
public struct ConfigurationMistakes: Error, Sendable, CustomStringConvertible {
    public var mistakes: [ConfigurationMistake]
    public var description: String { mistakes.map(\.description).joined(separator: "\n") }
}
