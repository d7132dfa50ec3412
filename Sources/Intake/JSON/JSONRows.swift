#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Cuts a file of JSON into its rows.
struct JSONRows {
    struct Row {
        /// Bytes at the front of the window; none when the row was passed over already.
        var length: Int
        var fault: RowFault?
    }

    private let markLength: Int
    private let layout: JSONReader.Layout
    private let limits: IntakeLimits
    private var walk: JSONWalk
    /// Whether the array was entered, and whether it has ended.
    private var progress = Progress.outside
    private enum Progress { case outside, inside, after }

    init(
        _ window: ByteWindow, _ settled: (encoding: TextEncoding, markLength: Int), _ layout: JSONReader.Layout,
        limits: IntakeLimits
    ) {
        markLength = settled.markLength
        self.layout = layout
        self.limits = limits
        walk = JSONWalk(window, encoding: settled.encoding)
        needsRestart = true
    }

    private var needsRestart: Bool

    /// Where in the file the row at hand begins.
    var offset: Int { walk.window.offset }

    func withBytes<R>(_ length: Int, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        walk.window.withBytes { body(UnsafeBufferPointer(rebasing: $0[..<length])) }
    }

    mutating func restart() throws(IntakeError) {
        try walk.window.rewind()
        while walk.window.count < markLength, !walk.window.isLast { try walk.window.fill() }
        walk.window.consume(min(markLength, walk.window.count))
        progress = .outside
        needsRestart = false
    }

    /// Brings the next row to the front of the window; nil after the last. Then ``pass(_:)`` it.
    ///
    /// - Throws: ``IntakeError``: `form`, `truncated`, `unreadable`.
    mutating func next() throws(IntakeError) -> Row? {
        if needsRestart { try restart() }
        guard case .array(let path) = layout else { return try nextLine() }
        if progress == .after { return nil }
        let isFirst = progress == .outside
        if isFirst { try enter(path) }
        progress = .inside
        if try walk.take(0x5D) { return try leave(path) }
        if !isFirst, try !walk.take(0x2C) { throw walk.unexpected() }
        return try element()
    }

    mutating func pass(_ length: Int) { walk.window.consume(length) }

    private mutating func element() throws(IntakeError) -> Row {
        if let length = try walk.value(limit: limits.rowBytes) {
            if length <= limits.rowBytes { return Row(length: length) }
            return Row(length: length, fault: .rowTooLong(limit: limits.rowBytes))
        }
        try walk.skipValue()
        return Row(length: 0, fault: .rowTooLong(limit: limits.rowBytes))
    }

    private mutating func enter(_ path: [String]) throws(IntakeError) {
        let start = walk.window.offset
        let pointer = path.map { "/\($0)" }.joined()
        for token in path {
            if try walk.take(0x7B) {
                try enterMember(token, pointer, start)
            } else if try walk.take(0x5B), let index = Int(token), index >= 0 {
                for _ in 0..<index {
                    if try walk.peek() == 0x5D { throw .noArray(pointer, at: start) }
                    try walk.skipValue()
                    guard try walk.take(0x2C) else { throw .noArray(pointer, at: start) }
                }
            } else {
                throw .noArray(pointer, at: start)
            }
        }
        guard try walk.take(0x5B) else { throw .noArray(pointer, at: walk.window.offset) }
    }

    private mutating func enterMember(_ token: String, _ pointer: String, _ start: Int) throws(IntakeError) {
        while try walk.peek() == 0x22 {
            let name = try memberName()
            guard try walk.take(0x3A) else { throw .noJSONValue(at: walk.window.offset) }
            if name == token { return }
            try walk.skipValue()
            guard try walk.take(0x2C) else { break }
        }
        throw .noArray(pointer, at: start)
    }

    private mutating func memberName() throws(IntakeError) -> String {
        guard let length = try walk.value(limit: limits.cellBytes) else { throw .noJSONValue(at: walk.window.offset) }
        defer { walk.window.consume(length) }
        return walk.window.withBytes { walk.text(of: UnsafeBufferPointer(rebasing: $0[..<length])) }
    }

    /// After the array: the rest of what it is in, and nothing more.
    private mutating func leave(_ path: [String]) throws(IntakeError) -> Row? {
        progress = .after
        for _ in path {
            while try walk.take(0x2C) {
                try walk.skipValue()
                if try walk.take(0x3A) { try walk.skipValue() }
            }
            let isClosed = try walk.take(0x7D)
            if !isClosed, try !walk.take(0x5D) { throw walk.unexpected() }
        }
        var hasFill = true
        while hasFill {
            hasFill = try walk.take(0x00)
            if !hasFill { hasFill = try walk.take(0x1A) }
        }
        if try walk.peek() != nil { throw .afterJSONValue(at: walk.window.offset) }
        return nil
    }

    private mutating func nextLine() throws(IntakeError) -> Row? {
        while true {
            let isLast = walk.window.isLast
            if let length = walk.window.withBytes({ Self.lineLength($0, isLast: isLast) }) {
                return length > 0 ? Row(length: length) : nil
            }
            if walk.window.count > limits.rowBytes { return try passOverLine() }
            try walk.window.fill()
        }
    }

    private mutating func passOverLine() throws(IntakeError) -> Row {
        repeat {
            walk.window.consume(walk.window.count)
            try walk.window.fill()
        } while walk.window.withBytes({ Self.lineLength($0, isLast: false) }) == nil && !walk.window.isLast
        let rest = walk.window.withBytes { Self.lineLength($0, isLast: true) }
        walk.window.consume(rest ?? 0)
        return Row(length: 0, fault: .rowTooLong(limit: limits.rowBytes))
    }

    /// With the line end.
    private static func lineLength(_ bytes: UnsafeBufferPointer<UInt8>, isLast: Bool) -> Int? {
        guard let base = bytes.baseAddress, let found = memchr(base, 0x0A, bytes.count) else {
            return isLast ? bytes.count : nil
        }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base) + 1
    }

    /// Whether the row at hand is a line with nothing on it.
    func isBlank(_ row: Row) -> Bool {
        row.fault == nil && withBytes(row.length) { $0.allSatisfy { $0 <= 0x20 && $0 != 0x00 } }
    }
}
