import JSONTape

/// The text of a string member where it stands: in a parsed line, or in the row that the line is made of.
///
/// Borrows it: valid only while what it was made from is.
public struct MemberText {
    private let bytes: UnsafeRawBufferPointer
    /// The string itself, when its bytes must be unescaped to be the text.
    private let escaped: JSONView?

    /// - Parameter utf8: the text itself.
    @inline(__always)
    public init(_ utf8: UnsafeRawBufferPointer) {
        bytes = utf8
        escaped = nil
    }

    /// Nil when the value is no string.
    @inline(__always)
    init?(_ value: JSONView) {
        guard value.kind == .string else { return nil }
        bytes = value.rawString
        escaped = value.hasEscapes ? value : nil
    }

    /// Calls `body` with the text in UTF-8, unescaped; allocates only when there are escapes.
    @inline(__always)
    public func withUTF8<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        escaped?.withUTF8(body) ?? body(bytes)
    }
}
