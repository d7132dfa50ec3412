/// One entry of the tape, 16 bytes: a value or a member name, in the order of the text.
///
/// A container is followed by its descendants; a member name stands right before its value.
@usableFromInline
package struct TapeNode {
    @usableFromInline package var kind: JSONView.Kind
    @usableFromInline package var flags: Flags
    /// Of an object all whose names were met before in this order: a number that stands for them, never zero.
    @usableFromInline package var shape: UInt16 = 0
    /// Where the value begins in the text: a string's content after its quote, else the first byte.
    @usableFromInline package var offset: UInt32
    /// A scalar's length in bytes (a string's between its quotes); a container's number of elements or members.
    @usableFromInline package var length: UInt32
    /// The index of the node after this value and its descendants; of a member name without escapes, its ``textHash``.
    @usableFromInline package var next: UInt32

    @usableFromInline
    package struct Flags: OptionSet {
        @usableFromInline package let rawValue: UInt8

        @inlinable package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The string holds at least one backslash.
        @inlinable package static var escapes: Flags { Flags(rawValue: 1) }
        /// The string holds at least one byte above 0x7F.
        @inlinable package static var nonASCII: Flags { Flags(rawValue: 2) }
    }

    @inlinable
    package init(kind: JSONView.Kind, flags: Flags = [], offset: Int, length: Int, next: Int) {
        self.kind = kind
        self.flags = flags
        self.offset = UInt32(truncatingIfNeeded: offset)
        self.length = UInt32(truncatingIfNeeded: length)
        self.next = UInt32(truncatingIfNeeded: next)
    }
}
