/// One pass over one text, which writes its tape.
struct TapeBuilder {
    let sink: TapeSink
    /// Room for the frames of the enclosing containers.
    let frames: UnsafeMutablePointer<Frame>
    let maximumDepth: Int

    var written = 0
    var depth = 0
    var frame = Frame(node: 0, isObject: false)
    var shapes: ShapeMemory

    /// An open container.
    struct Frame {
        var node: Int
        var isObject: Bool
        /// The last member as it was met before, or the place before the first; nil where nothing is guessed.
        var shape: Shape.Pointer?
        var count = 0
        var names = NameFilter()
    }

    /// Reads the whole text.
    ///
    /// The position travels as an argument and a result: so it stays in a register.
    mutating func build() throws(JSONSyntaxError) {
        frame.shape = shapes.root
        var position = try readRoot(at: sink.text.skipBlanks(from: 0))
        while depth > 0 {
            position = frame.isObject ? try readMembers(from: position) : try readElements(from: position)
        }
        position = sink.text.skipBlanks(from: position)
        guard position == sink.text.end else { throw sink.text.error(.trailingBytes, at: position) }
    }

    private mutating func readRoot(at position: Int) throws(JSONSyntaxError) -> Int {
        if sink.isOpening(at: position) { return try open(at: position) }
        defer { written = 1 }
        return try sink.readScalar(at: position, into: 0, nil)
    }

    /// Reads elements up to the end of the array, or until a container opens in it.
    private mutating func readElements(from start: Int) throws(JSONSyntaxError) -> Int {
        var position = sink.text.skipBlanks(from: start)
        while sink.text.bytes[position] != UInt8(ascii: "]") {
            if frame.count > 0 { position = try sink.text.skip(UInt8(ascii: ","), at: position) }
            frame.count &+= 1
            if sink.isOpening(at: position) { return try open(at: position) }
            position = sink.text.skipBlanks(from: try sink.readScalar(at: position, into: written, nil))
            written &+= 1
        }
        close()
        return position &+ 1
    }

    /// Reads members up to the end of the object, or until a container opens in it. What changes with each member is held in
    /// local variables.
    private mutating func readMembers(from start: Int) throws(JSONSyntaxError) -> Int {
        let sink = sink
        var position = sink.text.skipBlanks(from: start)
        var frame = frame
        var written = written
        while sink.text.bytes[position] != UInt8(ascii: "}") {
            if frame.count > 0 { position = try sink.text.skip(UInt8(ascii: ","), at: position) }
            if let shape = frame.shape?.pointee.follower(at: sink.text.bytes + position) {
                frame.shape = shape
                position = try sink.takeName(shape, at: position, into: written)
            } else {
                position = try readNewName(at: position, into: written, &frame)
            }
            frame.count &+= 1
            written &+= 1
            if sink.isOpening(at: position) {
                (self.frame, self.written) = (frame, written)
                return try open(at: position)
            }
            position = sink.text.skipBlanks(from: try sink.readScalar(at: position, into: written, frame.shape))
            written &+= 1
        }
        try sink.checkDeferredNames(frame)
        (self.frame, self.written) = (frame, written)
        close()
        return position &+ 1
    }

    /// Reads a member name that was not guessed, and remembers it for the next text.
    @inline(never)
    private mutating func readNewName(
        at position: Int, into index: Int, _ frame: inout Frame
    ) throws(JSONSyntaxError) -> Int {
        if let shape = frame.shape { frame.names = shape.pointee.names }
        let end = try sink.readName(at: position, into: index, &frame)
        guard let before = frame.shape else { return end }
        let name = sink.nodes[index]
        let length = Int(name.length)
        frame.shape = nil
        // Only what stands without blanks is remembered, and what the filter of names can answer for.
        guard name.flags.isEmpty, length <= Shape.longestName, end == position + length + 3,
            frame.count < NameFilter.scanBound
        else { return end }
        let shape = Shape(sink.text.bytes + position, nameLength: length, hash: name.next, names: frame.names)
        frame.shape = shapes.add(shape, after: before)
        return end
    }

    private mutating func open(at position: Int) throws(JSONSyntaxError) -> Int {
        let isObject = sink.text.bytes[position] == UInt8(ascii: "{")
        guard depth < maximumDepth else { throw sink.text.error(.tooDeep, at: position) }
        frames[depth] = frame
        depth &+= 1
        let inner = frame.shape.flatMap { shapes.inner(of: $0) }
        frame = Frame(node: written, isObject: isObject, shape: inner)
        try sink.write(TapeNode(kind: isObject ? .object : .array, offset: position, length: 0, next: 0), at: written)
        written &+= 1
        return position &+ 1
    }

    private mutating func close() {
        sink.nodes[frame.node].length = UInt32(truncatingIfNeeded: frame.count)
        sink.nodes[frame.node].next = UInt32(truncatingIfNeeded: written)
        if frame.isObject, let shape = frame.shape { sink.nodes[frame.node].shape = shapes.number(of: shape) }
        depth &-= 1
        frame = frames[depth]
    }
}
