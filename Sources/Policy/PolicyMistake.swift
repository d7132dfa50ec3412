/// One thing that is wrong with a policy file.
public struct PolicyMistake: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The file is not YAML, or not of a policy's shape.
        case syntax
        case unknownKey, unknownValue, missing, duplicate
        /// Earlier rules decide everything that this one speaks of.
        case unreachable
        /// The rule's last day is over.
        case expired
        /// An earlier rule allows some of the same requests on other terms.
        case contradiction
    }

    public var code: Code
    public var file: String
    /// From 1.
    public var line: Int
    /// From 1.
    public var column: Int
    public var message: String
    /// What to write instead.
    public var remedy: String

    public init(_ code: Code, file: String, line: Int, column: Int, _ message: String, remedy: String) {
        self.code = code
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.remedy = remedy
    }

    /// `file:line:column: message remedy`, as compilers print.
    public var description: String { "\(file):\(line):\(column): \(message) \(remedy)" }
}

/// Why a policy file was refused as a whole: at least one mistake, in the file's order.
public struct PolicyMistakes: Error, Sendable, Hashable, CustomStringConvertible {
    public var mistakes: [PolicyMistake]

    public init(_ mistakes: [PolicyMistake]) { self.mistakes = mistakes }

    public var description: String { mistakes.map(\.description).joined(separator: "\n") }
}
