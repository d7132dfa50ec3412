/// The text and the tape of one parse, with the readers of what is no container. It does not change, so that a loop can hold
/// it in registers.
struct TapeSink {
    let text: TapeText
    let nodes: UnsafeMutablePointer<TapeNode>
    /// Nodes that may be written.
    let limit: Int

    /// Reads a member name and the colon after it.
    @inline(__always)
    func readName(at position: Int, into index: Int, _ frame: inout TapeBuilder.Frame) throws(JSONSyntaxError) -> Int {
        guard text.bytes[position] == UInt8(ascii: "\"") else { throw text.unexpected(at: position) }
        let start = position &+ 1
        let scanned = try text.scanString(from: start)
        let length = scanned.end &- start
        let words = outerWords(of: text.bytes + start, length)
        let hash = textHash(words.first, words.last, length)
        let name = TapeNode(kind: .string, flags: scanned.flags, offset: start, length: length, next: Int(hash))
        try write(name, at: index)
        if name.flags.contains(.escapes) {
            frame.names.hasEscapes = true
        } else if frame.count < NameFilter.scanBound, !frame.names.admit(hash) {
            try compareWithEarlier(name, frame)
        }
        return try text.skip(UInt8(ascii: ":"), at: text.skipBlanks(from: scanned.end &+ 1))
    }

    @inline(__always)
    func isOpening(at position: Int) -> Bool {
        text.bytes[position] == UInt8(ascii: "{") || text.bytes[position] == UInt8(ascii: "[")
    }

    /// Takes over a member name that stands where it was guessed, with its colon.
    @inline(__always)
    func takeName(_ shape: Shape.Pointer, at position: Int, into index: Int) throws(JSONSyntaxError) -> Int {
        let length = shape.pointee.nameLength
        let name = TapeNode(
            kind: .string, offset: position &+ 1, length: length, next: Int(shape.pointee.hash))
        try write(name, at: index)
        return text.skipBlanks(from: position &+ length &+ 3)
    }

    /// Reads a value that is no container.
    ///
    /// - Parameter shape: of the member whose value it is; guesses a string's length and learns it.
    @inline(__always)
    func readScalar(at position: Int, into index: Int, _ shape: Shape.Pointer?) throws(JSONSyntaxError) -> Int {
        guard text.bytes[position] == UInt8(ascii: "\"") else { return try readPlain(at: position, into: index) }
        let start = position &+ 1
        if let length = shape?.pointee.valueLength, text.isPlainString(from: start, length: length) {
            try write(
                TapeNode(kind: .string, offset: start, length: length, next: index &+ 1), at: index)
            return start &+ length &+ 1
        }
        return try readString(from: start, into: index, shape)
    }

    private func readString(
        from start: Int, into index: Int, _ shape: Shape.Pointer?
    ) throws(JSONSyntaxError) -> Int {
        let scanned = try text.scanString(from: start)
        shape?.pointee.valueLength = scanned.end &- start
        try write(
            TapeNode(
                kind: .string, flags: scanned.flags, offset: start, length: scanned.end &- start, next: index &+ 1),
            at: index)
        return scanned.end &+ 1
    }

    func readPlain(at position: Int, into index: Int) throws(JSONSyntaxError) -> Int {
        switch text.bytes[position] {
        case UInt8(ascii: "t"): try readWord(.true, 0x6575_7274, 4, at: position, into: index)
        case UInt8(ascii: "f"): try readWord(.false, 0x65_736C_6166, 5, at: position, into: index)
        case UInt8(ascii: "n"): try readWord(.null, 0x6C6C_756E, 4, at: position, into: index)
        default: try readNumber(at: position, into: index)
        }
    }

    /// - Parameter letters: the word's ASCII letters, the first in the lowest byte.
    func readWord(
        _ kind: JSONView.Kind, _ letters: UInt64, _ length: Int, at position: Int, into index: Int
    ) throws(JSONSyntaxError) -> Int {
        let mask = (1 as UInt64) &<< UInt64(truncatingIfNeeded: length &* 8) &- 1
        guard loadWord(text.bytes + position) & mask == letters else { throw text.unexpected(at: position) }
        try write(TapeNode(kind: kind, offset: position, length: length, next: index &+ 1), at: index)
        return position &+ length
    }

    func readNumber(at start: Int, into index: Int) throws(JSONSyntaxError) -> Int {
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
        try write(TapeNode(kind: kind, offset: start, length: position &- start, next: index &+ 1), at: index)
        return position
    }

    @inline(__always)
    func write(_ node: TapeNode, at index: Int) throws(JSONSyntaxError) {
        guard index < limit else { throw text.error(.tooManyNodes, at: Int(node.offset)) }
        nodes[index] = node
    }
}
