/// Why the gateway cannot start or go on, in words for the operator.
public struct GatewayError: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// A key, certificate or other file is missing, unreadable, or open to others.
        case file
        /// Another program holds a port, or the store.
        case inUse
        /// A mapping, policy or configuration has mistakes.
        case mistakes
        /// A backup is not what it was, or not all that was: it was altered, damaged, or lacks what came after it.
        case damaged
        /// The daemon or a peer does not answer.
        case unreachable
        /// A peer holds more of the audit log than this gateway has, or another one.
        case logBehind
    }

    public let code: Code
    public let message: String
    public let remedy: String

    public init(_ code: Code, _ message: String, remedy: String) {
        self.code = code
        self.message = message
        self.remedy = remedy
    }

    public var description: String { "\(message); \(remedy)" }
}
