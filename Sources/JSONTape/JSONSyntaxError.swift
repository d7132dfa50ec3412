/// Why a text is not the JSON of RFC 8259, and where.
public struct JSONSyntaxError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What the parser met.
    public enum Reason: UInt8, Sendable, Hashable {
        /// The text ends inside a value, or holds no value.
        case unexpectedEnd
        /// A byte that the grammar does not allow at this place.
        case unexpectedByte
        /// A number that is not RFC 8259 section 6, such as `01`, `1.` or `+1`.
        case invalidNumber
        /// A byte below 0x20 inside a string.
        case controlCharacter
        /// A backslash that begins none of the escapes of RFC 8259 section 7.
        case invalidEscape
        /// A `\u` escape of half a surrogate pair.
        case loneSurrogate
        /// Bytes of a string that are not UTF-8 (RFC 3629).
        case invalidUTF8
        /// A member name that the object already has.
        case duplicateName
        /// Containers nested deeper than the parser's bound.
        case tooDeep
        /// More values and member names than the parser's bound.
        case tooManyNodes
        /// A text of 4 GiB or more.
        case tooLong
        /// Bytes after the value.
        case trailingBytes
    }

    /// Bytes from the start of the text.
    public let offset: Int
    public let reason: Reason

    public init(offset: Int, reason: Reason) {
        self.offset = offset
        self.reason = reason
    }

    /// One sentence in English; never repeats the text.
    public var description: String { "\(sentence) at byte \(offset)" }

    /// What is wrong, without the place.
    public var sentence: String { reason.sentence }

    /// What the author of the text can do.
    public var remedy: String { reason.remedy }
}

extension JSONSyntaxError.Reason {
    var sentence: String {
        switch self {
        case .unexpectedEnd: "the text ends too early"
        case .unexpectedByte: "a byte that JSON does not allow here"
        case .invalidNumber: "a number that JSON does not allow"
        case .controlCharacter: "a control character inside a string"
        case .invalidEscape: "an unknown escape inside a string"
        case .loneSurrogate: "an escape of half a surrogate pair"
        case .invalidUTF8: "bytes that are not UTF-8"
        case .duplicateName: "a member name that the object already has"
        case .tooDeep: "containers nested too deep"
        case .tooManyNodes: "too many values"
        case .tooLong: "a text of 4 GiB or more"
        case .trailingBytes: "bytes after the value"
        }
    }

    var remedy: String {
        switch self {
        case .unexpectedEnd: "send the whole value"
        case .unexpectedByte, .trailingBytes: "write one JSON value by RFC 8259"
        case .invalidNumber: "write the number by RFC 8259, section 6"
        case .controlCharacter: "write control characters as \\u00XX"
        case .invalidEscape: "use only the escapes of RFC 8259, section 7"
        case .loneSurrogate: "write both halves of the pair, or the character itself"
        case .invalidUTF8: "encode the text as UTF-8"
        case .duplicateName: "give each member of an object its own name"
        case .tooDeep: "nest fewer containers"
        case .tooManyNodes, .tooLong: "split the text into several"
        }
    }
}
