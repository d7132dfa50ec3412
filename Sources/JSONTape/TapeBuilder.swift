/// One pass over one text, which writes its tape.
struct TapeBuilder {
    let text: TapeText
    let nodes: UnsafeMutablePointer<TapeNode>
    /// Nodes that may be written.
    let limit: Int
    /// Room for the frames of the enclosing containers.
    let frames: UnsafeMutablePointer<Frame>
    let maximumDepth: Int

    var written = 0
    var depth = 0
    var frame = Frame(node: 0, isObject: false)

    /// An open container.
    struct Frame {
        var node: Int
        var isObject: Bool
        var count = 0
        var names = NameFilter()
    }

    /// Reads the whole text.
    ///
    /// The position travels as an argument and a result: so it stays in a register.
    mutating func build() throws(JSONSyntaxError) {
        var position = try readValue(at: text.skipBlanks(from: 0))
        while depth > 0 {
            position = frame.isObject ? try stepObject(at: position) : try stepArray(at: position)
        }
        position = text.skipBlanks(from: position)
        guard position == text.end else { throw text.error(.trailingBytes, at: position) }
    }

    /// Reads one element, or the end of the array.
    private mutating func stepArray(at start: Int) throws(JSONSyntaxError) -> Int {
        var position = text.skipBlanks(from: start)
        if text.bytes[position] == UInt8(ascii: "]") { return close(at: position) }
        if frame.count > 0 { position = try text.skip(UInt8(ascii: ","), at: position) }
        frame.count &+= 1
        return try readValue(at: position)
    }

    /// Reads one member, or the end of the object.
    private mutating func stepObject(at start: Int) throws(JSONSyntaxError) -> Int {
        var position = text.skipBlanks(from: start)
        if text.bytes[position] == UInt8(ascii: "}") {
            try checkDeferredNames()
            return close(at: position)
        }
        if frame.count > 0 { position = try text.skip(UInt8(ascii: ","), at: position) }
        guard text.bytes[position] == UInt8(ascii: "\"") else { throw text.unexpected(at: position) }
        let name = written
        position = try readString(at: position)
        try checkName(at: name)
        position = try text.skip(UInt8(ascii: ":"), at: text.skipBlanks(from: position))
        frame.count &+= 1
        return try readValue(at: position)
    }

    @inline(__always)
    private mutating func readValue(at position: Int) throws(JSONSyntaxError) -> Int {
        switch text.bytes[position] {
        case UInt8(ascii: "\""): try readString(at: position)
        case UInt8(ascii: "{"): try open(.object, at: position)
        case UInt8(ascii: "["): try open(.array, at: position)
        case UInt8(ascii: "t"): try readWord(.true, 0x6575_7274, 4, at: position)
        case UInt8(ascii: "f"): try readWord(.false, 0x65_736C_6166, 5, at: position)
        case UInt8(ascii: "n"): try readWord(.null, 0x6C6C_756E, 4, at: position)
        default: try readNumber(at: position)
        }
    }

    @inline(__always)
    private mutating func readString(at position: Int) throws(JSONSyntaxError) -> Int {
        let start = position &+ 1
        let scanned = try text.scanString(from: start)
        try write(TapeNode(kind: .string, flags: scanned.flags, offset: start, length: scanned.end &- start))
        return scanned.end &+ 1
    }

    /// - Parameter letters: the word's ASCII letters, the first in the lowest byte.
    private mutating func readWord(
        _ kind: JSONView.Kind, _ letters: UInt64, _ length: Int, at position: Int
    ) throws(JSONSyntaxError) -> Int {
        let mask = (1 as UInt64) &<< UInt64(truncatingIfNeeded: length &* 8) &- 1
        guard loadWord(text.bytes + position) & mask == letters else { throw text.unexpected(at: position) }
        try write(TapeNode(kind: kind, offset: position, length: length))
        return position &+ length
    }

    private mutating func readNumber(at start: Int) throws(JSONSyntaxError) -> Int {
        var position = start
        if text.bytes[position] == UInt8(ascii: "-") {
            position &+= 1
        } else if !text.isDigit(position) {
            throw text.unexpected(at: position)
        }
        position = text.bytes[position] == UInt8(ascii: "0") ? position &+ 1 : try text.skipDigits(from: position)
        if text.isDigit(position) { throw text.error(.invalidNumber, at: position) }
        var kind = JSONView.Kind.integer
        if text.bytes[position] == UInt8(ascii: ".") {
            kind = .number
            position = try text.skipDigits(from: position &+ 1)
        }
        if text.bytes[position] | 0x20 == UInt8(ascii: "e") {
            kind = .number
            let isSigned =
                text.bytes[position &+ 1] == UInt8(ascii: "+") || text.bytes[position &+ 1] == UInt8(ascii: "-")
            position = try text.skipDigits(from: position &+ (isSigned ? 2 : 1))
        }
        try write(TapeNode(kind: kind, offset: start, length: position &- start))
        return position
    }

    /// Appends a node that has no descendants yet.
    @inline(__always)
    private mutating func write(_ node: TapeNode) throws(JSONSyntaxError) {
        guard written < limit else { throw text.error(.tooManyNodes, at: Int(node.offset)) }
        written &+= 1
        nodes[written &- 1] = node
        nodes[written &- 1].next = UInt32(truncatingIfNeeded: written)
    }

    private mutating func open(_ kind: JSONView.Kind, at position: Int) throws(JSONSyntaxError) -> Int {
        guard depth < maximumDepth else { throw text.error(.tooDeep, at: position) }
        frames[depth] = frame
        depth &+= 1
        frame = Frame(node: written, isObject: kind == .object)
        try write(TapeNode(kind: kind, offset: position, length: 0))
        return position &+ 1
    }

    @inline(__always)
    private mutating func close(at position: Int) -> Int {
        nodes[frame.node].length = UInt32(truncatingIfNeeded: frame.count)
        nodes[frame.node].next = UInt32(truncatingIfNeeded: written)
        depth &-= 1
        frame = frames[depth]
        return position &+ 1
    }
}
