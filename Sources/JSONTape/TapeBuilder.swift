/// One pass over one text, which writes its tape.
///
/// `bytes` is followed by at least 16 zeros, so that no scan needs to look for the end: a zero is nowhere JSON.
struct TapeBuilder {
    let bytes: UnsafePointer<UInt8>
    /// Length of the text in bytes.
    let end: Int
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
        var position = try readValue(at: skipBlanks(from: 0))
        while depth > 0 {
            position = frame.isObject ? try stepObject(at: position) : try stepArray(at: position)
        }
        guard skipBlanks(from: position) == end else { throw error(.trailingBytes, at: skipBlanks(from: position)) }
    }

    /// Reads one element, or the end of the array.
    private mutating func stepArray(at start: Int) throws(JSONSyntaxError) -> Int {
        var position = skipBlanks(from: start)
        if bytes[position] == UInt8(ascii: "]") { return close(at: position) }
        if frame.count > 0 { position = try skip(UInt8(ascii: ","), at: position) }
        frame.count &+= 1
        return try readValue(at: position)
    }

    /// Reads one member, or the end of the object.
    private mutating func stepObject(at start: Int) throws(JSONSyntaxError) -> Int {
        var position = skipBlanks(from: start)
        if bytes[position] == UInt8(ascii: "}") {
            try checkDeferredNames()
            return close(at: position)
        }
        if frame.count > 0 { position = try skip(UInt8(ascii: ","), at: position) }
        guard bytes[position] == UInt8(ascii: "\"") else { throw unexpected(at: position) }
        let name = written
        position = try readString(at: position)
        try checkName(at: name)
        position = try skip(UInt8(ascii: ":"), at: skipBlanks(from: position))
        frame.count &+= 1
        return try readValue(at: position)
    }

    @inline(__always)
    private mutating func readValue(at position: Int) throws(JSONSyntaxError) -> Int {
        switch bytes[position] {
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
        let scanned = try scanString(from: start)
        try write(TapeNode(kind: .string, flags: scanned.flags, offset: start, length: scanned.end &- start))
        return scanned.end &+ 1
    }

    /// - Parameter letters: the word's ASCII letters, the first in the lowest byte.
    private mutating func readWord(
        _ kind: JSONView.Kind, _ letters: UInt64, _ length: Int, at position: Int
    ) throws(JSONSyntaxError) -> Int {
        let mask = (1 as UInt64) &<< UInt64(truncatingIfNeeded: length &* 8) &- 1
        guard loadWord(bytes + position) & mask == letters else { throw unexpected(at: position) }
        try write(TapeNode(kind: kind, offset: position, length: length))
        return position &+ length
    }

    private mutating func readNumber(at start: Int) throws(JSONSyntaxError) -> Int {
        var position = start
        if bytes[position] == UInt8(ascii: "-") {
            position &+= 1
        } else if !isDigit(position) {
            throw unexpected(at: position)
        }
        position = bytes[position] == UInt8(ascii: "0") ? position &+ 1 : try skipDigits(from: position)
        if isDigit(position) { throw error(.invalidNumber, at: position) }
        var kind = JSONView.Kind.integer
        if bytes[position] == UInt8(ascii: ".") {
            kind = .number
            position = try skipDigits(from: position &+ 1)
        }
        if bytes[position] | 0x20 == UInt8(ascii: "e") {
            kind = .number
            let isSigned = bytes[position &+ 1] == UInt8(ascii: "+") || bytes[position &+ 1] == UInt8(ascii: "-")
            position = try skipDigits(from: position &+ (isSigned ? 2 : 1))
        }
        try write(TapeNode(kind: kind, offset: start, length: position &- start))
        return position
    }

    @inline(__always)
    private func isDigit(_ position: Int) -> Bool { bytes[position] &- 0x30 < 10 }

    /// Skips one digit or more.
    @inline(__always)
    private func skipDigits(from start: Int) throws(JSONSyntaxError) -> Int {
        var position = start
        while isDigit(position) { position &+= 1 }
        guard position > start else { throw error(position >= end ? .unexpectedEnd : .invalidNumber, at: position) }
        return position
    }

    /// Appends a node that has no descendants yet.
    @inline(__always)
    private mutating func write(_ node: TapeNode) throws(JSONSyntaxError) {
        guard written < limit else { throw error(.tooManyNodes, at: Int(node.offset)) }
        written &+= 1
        nodes[written &- 1] = node
        nodes[written &- 1].next = UInt32(truncatingIfNeeded: written)
    }

    private mutating func open(_ kind: JSONView.Kind, at position: Int) throws(JSONSyntaxError) -> Int {
        guard depth < maximumDepth else { throw error(.tooDeep, at: position) }
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

    @inline(__always)
    private func skipBlanks(from start: Int) -> Int {
        var position = start
        while bytes[position] <= 0x20, Self.isBlank(bytes[position]) { position &+= 1 }
        return position
    }

    @inline(__always)
    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    /// Skips the byte and the blanks after it.
    @inline(__always)
    private func skip(_ byte: UInt8, at position: Int) throws(JSONSyntaxError) -> Int {
        guard bytes[position] == byte else { throw unexpected(at: position) }
        return skipBlanks(from: position &+ 1)
    }

    private func unexpected(at position: Int) -> JSONSyntaxError {
        error(position >= end ? .unexpectedEnd : .unexpectedByte, at: position)
    }

    private func error(_ reason: JSONSyntaxError.Reason, at position: Int) -> JSONSyntaxError {
        JSONSyntaxError(offset: min(position, end), reason: reason)
    }
}
