/// A borrowed value of a parsed text: 24 bytes, without a reference. Valid only inside the body that it was handed to.
public struct JSONView {
    /// A value's type. `integer` is a number written without fraction and exponent.
    public enum Kind: UInt8, Sendable, Hashable {
        case null, `false`, `true`, integer, number, string, array, object
    }

    @usableFromInline package let bytes: UnsafePointer<UInt8>
    @usableFromInline package let nodes: UnsafePointer<TapeNode>
    @usableFromInline package let index: Int

    @inlinable
    package init(bytes: UnsafePointer<UInt8>, nodes: UnsafePointer<TapeNode>, index: Int) {
        self.bytes = bytes
        self.nodes = nodes
        self.index = index
    }

    @inlinable package var node: TapeNode { nodes[index] }

    @inlinable package var content: UnsafePointer<UInt8> { bytes + Int(node.offset) }

    @inlinable public var kind: Kind { node.kind }

    /// Elements of an array or members of an object; zero for other values.
    @inlinable public var count: Int { kind == .array || kind == .object ? Int(node.length) : 0 }

    /// Nil when the value is neither `true` nor `false`.
    public var bool: Bool? {
        switch kind {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// The value of a number written as an integer, when it fits.
    public var integer: Int? {
        guard kind == .integer else { return nil }
        // Up to nine digits without a sign: nearly all there are.
        guard length <= 9, content[0] != UInt8(ascii: "-") else { return Int(rawText) }
        var value = 0
        for place in 0..<length { value = value &* 10 &+ Int(content[place] &- 0x30) }
        return value
    }

    /// The nearest double of a number; infinite when it is too large for one.
    public var double: Double? { kind == .integer || kind == .number ? Double(rawText) : nil }

    /// The number, literal or string content as it stands in the text.
    package var rawText: String {
        String(decoding: UnsafeRawBufferPointer(start: content, count: length), as: UTF8.self)
    }

    /// A scalar's length in bytes.
    @inlinable package var length: Int { Int(node.length) }

    /// The value's place in the text, in bytes; a string's with its quotes.
    public var span: Range<Int> {
        let start = Int(node.offset)
        switch kind {
        case .string: return start - 1..<start + length + 1
        case .array, .object: return start..<endOfContainer
        default: return start..<start + length
        }
    }

    /// The tape keeps no end of containers: it is the first closing bracket after the last child.
    private var endOfContainer: Int {
        var last: Int?
        var child = index + 1
        while child < Int(node.next) {
            if kind == .object { child += 1 }
            last = child
            child = Int(nodes[child].next)
        }
        var position = last.map { at($0).span.upperBound } ?? Int(node.offset) + 1
        let closing = kind == .array ? UInt8(ascii: "]") : UInt8(ascii: "}")
        while bytes[position] != closing { position += 1 }
        return position + 1
    }
}
