/// Why a file is refused whole. Nothing of it is taken in: a malformed row spoils itself only and is a ``RowFault``.
public struct IntakeError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The closed set of reasons. Raw values are what reports and logs carry.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The operating system did not let the file be read.
        case unreadable = "INTAKE_UNREADABLE"
        /// The file has no byte, or no line that could name the columns.
        case empty = "INTAKE_EMPTY"
        /// A byte sequence that the encoding does not have.
        case encoding = "INTAKE_ENCODING"
        /// The file ends in the middle of a character, a quoted field, an element, a value or a record.
        case truncated = "INTAKE_TRUNCATED"
        /// The bytes are not of the format that the mapping states.
        case form = "INTAKE_FORM"
        /// The mapping names a column that the file lacks.
        case columnMissing = "INTAKE_COLUMN_MISSING"
        /// The file has a column that the mapping neither uses nor drops.
        case columnUnknown = "INTAKE_COLUMN_UNKNOWN"
        /// Two columns have one name.
        case columnRepeated = "INTAKE_COLUMN_REPEATED"
        /// A named limit is exceeded by the file as a whole.
        case limit = "INTAKE_LIMIT"
    }

    public var code: Code
    /// What is wrong, in English and in Chinese. Names columns and encodings, never a value of a row.
    public var message: String
    public var chinese: String
    /// What to do about it, in both languages.
    public var remedy: String
    public var chineseRemedy: String
    /// The first byte of the file that disagrees, counted from 0.
    public var byteOffset: Int

    public init(
        _ code: Code, at byteOffset: Int, _ message: String, _ chinese: String, remedy: String, chineseRemedy: String
    ) {
        self.code = code
        self.byteOffset = byteOffset
        self.message = message
        self.chinese = chinese
        self.remedy = remedy
        self.chineseRemedy = chineseRemedy
    }

    public var description: String { "\(code.rawValue) at byte \(byteOffset): \(message). \(remedy)." }
}
