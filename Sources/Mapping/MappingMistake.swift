/// One thing that is wrong with a mapping file.
public struct MappingMistake: Error, Sendable, Hashable, CustomStringConvertible {
    public var file: String
    /// Line and column from 1.
    public var line: Int
    public var column: Int
    /// What is wrong, and what to write instead. Neither repeats a value of a record.
    public var message: String
    public var remedy: String

    public init(file: String, line: Int, column: Int, message: String, remedy: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.remedy = remedy
    }

    /// `file:line:column: message. remedy.`
    public var description: String { "\(file):\(line):\(column): \(message). \(remedy)." }
}

/// Everything that is wrong with a mapping file, in the order of its lines. Never empty when thrown.
public struct MappingMistakes: Error, Sendable, Hashable, CustomStringConvertible {
    public var mistakes: [MappingMistake]

    public init(_ mistakes: [MappingMistake]) {
        self.mistakes = mistakes.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
    }

    public var description: String { mistakes.map(\.description).joined(separator: "\n") }
}
