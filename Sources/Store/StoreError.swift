/// Why a verb of the store did nothing.
public struct StoreError: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// The disk, or the size allowed to the database, is full. Nothing was changed; try again when there is room.
        case full
        /// The disk failed under a write. What is on it must be verified by a new start; this process writes no more.
        case broken
        /// The file cannot be opened, or is another program's.
        case unavailable
        /// A later version of the program wrote it.
        case tooNew
        /// What is stored contradicts itself.
        case corrupt
        /// Another worker took the same work first.
        case contended
        /// The caller asked for something that is not there.
        case notFound
        /// The caller's argument is out of bounds.
        case invalid
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
