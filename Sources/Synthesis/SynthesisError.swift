/// Why no export can be made as asked.
public struct SynthesisError: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable {
        /// The model knows nobody who moved to the province.
        case noMigrants
        /// The format has no files in this encoding.
        case encoding
        /// A number is outside its bounds.
        case bounds
        /// A word names no defect, or a share cannot be read.
        case defect
    }

    public let code: Code
    public let message: String
    /// What to do about it.
    public let remedy: String

    init(_ code: Code, _ message: String, remedy: String) {
        self.code = code
        self.message = message
        self.remedy = remedy
    }

    public var description: String { "\(message). \(remedy)." }
}
