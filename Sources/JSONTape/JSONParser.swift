internal import CPrefetch

/// Parses JSON texts into views, with storage that is used again from one text to the next.
///
/// The grammar is RFC 8259, exactly: UTF-8 without a byte order mark, no lone surrogates, no comments, and any value at
/// the top. Beyond it, a member name may occur only once in an object (RFC 7493 section 2.3). Once the storage has grown
/// to the texts' size a parse allocates nothing, except to compare the names of an object with escaped names or more
/// than 32 members.
///
/// A parser belongs to one task at a time; make one for each worker.
public final class JSONParser {
    private let maximumDepth: Int
    private let maximumNodes: Int
    private let frames: UnsafeMutablePointer<TapeBuilder.Frame>
    private var text: UnsafeMutablePointer<UInt8>
    private var textCapacity: Int
    /// In the place before the first stands where the notes are.
    private var nodes: UnsafeMutablePointer<TapeNode>
    private var nodeCapacity: Int
    private var isLent = false
    private var shapes = ShapeMemory()
    private let notes = ShapeNotes()

    /// Bytes that are asked for ahead at most.
    private static let mostAhead = 4096

    /// Zeros after the text; the longest read past the end is an 8-byte word that begins 12 bytes after it.
    private static let padding = 32

    /// - Parameters:
    ///   - maximumDepth: containers that may be nested, 1 to 1024.
    ///   - maximumNodes: values and member names that a text may have; 16 bytes of storage each, taken as needed.
    public init(maximumDepth: Int = 128, maximumNodes: Int = 1 << 20) {
        self.maximumDepth = min(max(maximumDepth, 1), 1024)
        self.maximumNodes = min(max(maximumNodes, 1), Int(UInt32.max) - 1)
        frames = .allocate(capacity: self.maximumDepth)
        textCapacity = 4096
        text = .allocate(capacity: textCapacity)
        nodeCapacity = 1024
        nodes = Self.allocate(nodeCapacity, notes)
    }

    private static func allocate(_ capacity: Int, _ notes: ShapeNotes) -> UnsafeMutablePointer<TapeNode> {
        let start = UnsafeMutablePointer<TapeNode>.allocate(capacity: capacity + 1)
        UnsafeMutableRawPointer(start).storeBytes(of: notes.start, as: UnsafeMutablePointer<ShapeNote>.self)
        return start + 1
    }

    deinit {
        frames.deallocate()
        text.deallocate()
        (nodes - 1).deallocate()
        shapes.deallocate()
        notes.deallocate()
    }

    /// Parses a text and hands a view of its value to `body`.
    ///
    /// - Parameters:
    ///   - bytes: UTF-8, less than 4 GiB. Nothing is read past its end.
    ///   - ahead: the text that is parsed next, where it is known: its bytes are on their way from memory while this one is
    ///     worked on.
    ///   - body: must not keep the view, and must not parse with this parser.
    /// - Returns: what `body` returns.
    /// - Throws: ``JSONSyntaxError``, or what `body` throws.
    public func parse<R>(
        _ bytes: UnsafeRawBufferPointer, ahead: UnsafeRawBufferPointer? = nil, _ body: (JSONView) throws -> R
    ) throws -> R {
        precondition(!isLent, "a JSONParser must not be used inside its own body")
        isLent = true
        defer { isLent = false }
        if let ahead { askFor(ahead) }
        try build(from: bytes)
        return try body(JSONView(bytes: UnsafePointer(text), nodes: UnsafePointer(nodes), index: 0))
    }

    /// Parses a text and hands a view of its value to `body`; as ``parse(_:_:)-(UnsafeRawBufferPointer,_)``.
    public func parse<R>(_ bytes: [UInt8], _ body: (JSONView) throws -> R) throws -> R {
        try bytes.withUnsafeBytes { try parse($0, body) }
    }

    private func build(from bytes: UnsafeRawBufferPointer) throws(JSONSyntaxError) {
        guard bytes.count < Int(UInt32.max) - Self.padding else { throw JSONSyntaxError(offset: 0, reason: .tooLong) }
        reserve(bytes.count)
        if shapes.forgetIfFull() { notes.forget() }
        // The copy costs a fiftieth of the parse, and its zeros save every scan a check of the end.
        if let start = bytes.baseAddress {
            UnsafeMutableRawPointer(text).copyMemory(from: start, byteCount: bytes.count)
        }
        (text + bytes.count).update(repeating: 0, count: Self.padding)
        var builder = TapeBuilder(
            sink: TapeSink(
                text: TapeText(bytes: UnsafePointer(text), end: bytes.count), nodes: nodes,
                limit: min(nodeCapacity, maximumNodes)),
            frames: frames, maximumDepth: maximumDepth, shapes: shapes)
        defer { shapes = builder.shapes }
        try builder.build()
    }

    /// Asks for the bytes that one text may well have, a cache line at a time. No one waits for them.
    private func askFor(_ ahead: UnsafeRawBufferPointer) {
        guard let start = ahead.baseAddress else { return }
        for place in stride(from: 0, to: min(ahead.count, Self.mostAhead), by: 64) { cprefetch(start + place) }
    }

    private func reserve(_ count: Int) {
        if count + Self.padding > textCapacity {
            text.deallocate()
            textCapacity = (count + Self.padding).roundedUpToPower()
            text = .allocate(capacity: textCapacity)
        }
        // Each node but the unclosed containers has a byte of its own and a separator after it.
        let needed = min(count / 2 + maximumDepth + 2, maximumNodes)
        if needed > nodeCapacity {
            (nodes - 1).deallocate()
            nodeCapacity = needed.roundedUpToPower()
            nodes = Self.allocate(nodeCapacity, notes)
        }
    }
}

extension Int {
    fileprivate func roundedUpToPower() -> Int { 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount) }
}
