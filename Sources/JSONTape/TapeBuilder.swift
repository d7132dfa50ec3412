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

    var position = 0
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

    mutating func build() throws(JSONSyntaxError) {
        skipBlanks()
        try readValue()
        while depth > 0 {
            if frame.isObject { try stepObject() } else { try stepArray() }
        }
        skipBlanks()
        guard position == end else { throw error(.trailingBytes) }
    }

    /// Reads one element, or the end of the array.
    @inline(__always)
    private mutating func stepArray() throws(JSONSyntaxError) {
        skipBlanks()
        if bytes[position] == UInt8(ascii: "]") { return close() }
        if frame.count > 0 { try skip(UInt8(ascii: ",")) }
        frame.count &+= 1
        try readValue()
    }

    /// Reads one member, or the end of the object.
    @inline(__always)
    private mutating func stepObject() throws(JSONSyntaxError) {
        skipBlanks()
        if bytes[position] == UInt8(ascii: "}") {
            try checkDeferredNames()
            return close()
        }
        if frame.count > 0 { try skip(UInt8(ascii: ",")) }
        guard bytes[position] == UInt8(ascii: "\"") else { throw unexpected() }
        let name = written
        try readString()
        try checkName(at: name)
        skipBlanks()
        try skip(UInt8(ascii: ":"))
        frame.count &+= 1
        try readValue()
    }

    @inline(__always)
    private mutating func readValue() throws(JSONSyntaxError) {
        switch bytes[position] {
        case UInt8(ascii: "\""): try readString()
        case UInt8(ascii: "{"): try open(.object)
        case UInt8(ascii: "["): try open(.array)
        case UInt8(ascii: "t"): try readWord(.true, 0x6575_7274, 4)
        case UInt8(ascii: "f"): try readWord(.false, 0x65_736C_6166, 5)
        case UInt8(ascii: "n"): try readWord(.null, 0x6C6C_756E, 4)
        default: try readNumber()
        }
    }

    @inline(__always)
    private mutating func readString() throws(JSONSyntaxError) {
        let start = position &+ 1
        let scanned = try scanString(from: start)
        try write(.string, scanned.flags, offset: start, length: scanned.end &- start)
        position = scanned.end &+ 1
    }

    /// - Parameter letters: the word's ASCII letters, the first in the lowest byte.
    private mutating func readWord(_ kind: JSONView.Kind, _ letters: UInt64, _ length: Int) throws(JSONSyntaxError) {
        let mask = (1 as UInt64) &<< UInt64(truncatingIfNeeded: length &* 8) &- 1
        guard loadWord(bytes + position) & mask == letters else { throw unexpected() }
        try write(kind, [], offset: position, length: length)
        position &+= length
    }

    private mutating func readNumber() throws(JSONSyntaxError) {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position &+= 1 } else if !isDigit { throw unexpected() }
        if bytes[position] == UInt8(ascii: "0") { position &+= 1 } else { try skipDigits() }
        if isDigit { throw error(.invalidNumber) }
        var kind = JSONView.Kind.integer
        if bytes[position] == UInt8(ascii: ".") {
            kind = .number
            position &+= 1
            try skipDigits()
        }
        if bytes[position] | 0x20 == UInt8(ascii: "e") {
            kind = .number
            position &+= 1
            if bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") { position &+= 1 }
            try skipDigits()
        }
        try write(kind, [], offset: start, length: position &- start)
    }

    private var isDigit: Bool {
        @inline(__always) get { bytes[position] &- 0x30 < 10 }
    }

    @inline(__always)
    private mutating func skipDigits() throws(JSONSyntaxError) {
        guard isDigit else { throw error(position >= end ? .unexpectedEnd : .invalidNumber) }
        while isDigit { position &+= 1 }
    }

    @inline(__always)
    private mutating func write(
        _ kind: JSONView.Kind, _ flags: TapeNode.Flags, offset: Int, length: Int
    ) throws(JSONSyntaxError) {
        guard written < limit else { throw error(.tooManyNodes) }
        nodes[written] = TapeNode(kind: kind, flags: flags, offset: offset, length: length, next: written &+ 1)
        written &+= 1
    }

    @inline(__always)
    private mutating func open(_ kind: JSONView.Kind) throws(JSONSyntaxError) {
        guard depth < maximumDepth else { throw error(.tooDeep) }
        frames[depth] = frame
        depth &+= 1
        frame = Frame(node: written, isObject: kind == .object)
        try write(kind, [], offset: position, length: 0)
        position &+= 1
    }

    @inline(__always)
    private mutating func close() {
        nodes[frame.node].length = UInt32(truncatingIfNeeded: frame.count)
        nodes[frame.node].next = UInt32(truncatingIfNeeded: written)
        position &+= 1
        depth &-= 1
        frame = frames[depth]
    }

    @inline(__always)
    private mutating func skipBlanks() {
        while bytes[position] <= 0x20, Self.isBlank(bytes[position]) { position &+= 1 }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    /// Skips the byte and the blanks after it.
    @inline(__always)
    private mutating func skip(_ byte: UInt8) throws(JSONSyntaxError) {
        guard bytes[position] == byte else { throw unexpected() }
        position &+= 1
        skipBlanks()
    }

    private func unexpected() -> JSONSyntaxError { error(position >= end ? .unexpectedEnd : .unexpectedByte) }

    func error(_ reason: JSONSyntaxError.Reason) -> JSONSyntaxError {
        JSONSyntaxError(offset: min(position, end), reason: reason)
    }
}
