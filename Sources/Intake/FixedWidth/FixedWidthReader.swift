#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A column of a file of fixed width.
public struct FixedWidthColumn: Sendable, Hashable {
    public var name: String
    /// In bytes of the file, not in characters.
    public var width: Int

    public init(name: String, width: Int) {
        self.name = name
        self.width = width
    }
}

/// Records whose columns have a width in bytes. They end with CR, LF or CR LF, which the file's beginning shows, or with
/// nothing. A record of another length spoils itself only.
public struct FixedWidthReader: RowReader {
    public let columns: [String]
    public var columnOffsets: [Int] { [] }
    public private(set) var skippedRows = 0

    private let limits: IntakeLimits
    private let width: Int
    private let end: RecordEnd
    private let firstRecord: Int
    private var layout: RecordLayout
    private var window: ByteWindow
    private var number = 0

    private enum RecordEnd: Equatable { case byte(UInt8), none }

    private struct Cut {
        /// Bytes with the line end, and without it.
        var length: Int
        var content: Int
        var fault: RowFault?
    }

    /// - Throws: ``IntakeError``: `empty`, `encoding`, `limit`, `unreadable`.
    public init(
        input: any ByteSource, encoding: SourceEncoding, columns: [FixedWidthColumn],
        limits: IntakeLimits = .standard
    ) throws(IntakeError) {
        var window = ByteWindow(input, chunkBytes: limits.chunkBytes)
        let settled = try EncodingDetection.settle(encoding, in: &window)
        let width = columns.reduce(0) { $0 + $1.width }
        guard columns.count <= limits.cells, width > 0, width <= limits.rowBytes else { throw .tooManyColumns }
        try window.rewind()
        while window.count < max(4 * (width + 2), settled.markLength), !window.isLast { try window.fill() }
        window.consume(settled.markLength)
        end = window.withBytes { Self.end(of: $0.prefix(4 * (width + 2))) }
        firstRecord = settled.markLength
        var place = 0
        layout = RecordLayout(
            columns: columns.map { column in
                defer { place += column.width }
                return RecordLayout.Column(range: place..<place + column.width)
            }, encoding: settled.encoding)
        self.columns = columns.map(\.name)
        self.limits = limits
        self.width = width
        self.window = window
    }

    private static func end(of bytes: Slice<UnsafeBufferPointer<UInt8>>) -> RecordEnd {
        if bytes.contains(0x0A) { return .byte(0x0A) }
        return bytes.contains(0x0D) ? .byte(0x0D) : .none
    }

    public mutating func follow(_ plan: ReadingPlan) { layout.plan = plan }

    public mutating func verify() throws(IntakeError) {
        try start()
        var text = RowTally()
        var form = RowTally()
        while let record = try cut() {
            let (offset, layout) = (window.offset, layout)
            window.withBytes { bytes in
                let content = UnsafeBufferPointer(rebasing: bytes[..<min(record.content, bytes.count)])
                if layout.isBlank(content) { return }
                if case .recordLength(let found, let expected)? = record.fault {
                    form.disagree(.recordLength(found, expected, at: offset))
                } else if record.fault == nil {
                    form.agree()
                    layout.count(content, in: &text, base: offset)
                }
            }
            window.consume(record.length)
        }
        try form.judge()
        try text.judge()
        try start()
    }

    public mutating func next(into row: inout RowBuffer) throws(IntakeError) -> Bool {
        while let record = try cut() {
            defer { window.consume(record.length) }
            let isSkipped = window.withBytes { bytes in
                let content = UnsafeBufferPointer(rebasing: bytes[..<min(record.content, bytes.count)])
                return layout.isBlank(content) && record.fault.isAboutLength || layout.matchesSkip(content)
            }
            if isSkipped {
                skippedRows += 1
                continue
            }
            number += 1
            row.removeAll()
            row.number = number
            row.fault = record.fault
            window.withBytes { bytes in
                let content = UnsafeBufferPointer(rebasing: bytes[..<min(record.content, bytes.count)])
                layout.keepRaw(content, in: &row)
                if record.fault == nil { layout.load(content, into: &row) }
            }
            return true
        }
        return false
    }

    private mutating func start() throws(IntakeError) {
        try window.rewind()
        while window.count < firstRecord, !window.isLast { try window.fill() }
        window.consume(min(firstRecord, window.count))
    }

    /// Finds the next record and leaves it at the front of the window. Nil at the end of the file.
    private mutating func cut() throws(IntakeError) -> Cut? {
        while true {
            if window.count == 0, window.isLast { return nil }
            let (isLast, end, width) = (window.isLast, end, width)
            if let cut = window.withBytes({ Self.cut($0, end, width, isLast: isLast) }) { return cut }
            if window.count > limits.rowBytes { return try passOver() }
            try window.fill()
        }
    }

    private static func cut(_ bytes: UnsafeBufferPointer<UInt8>, _ end: RecordEnd, _ width: Int, isLast: Bool) -> Cut? {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return nil }
        guard case .byte(let end) = end else {
            if bytes.count < width, !isLast { return nil }
            return checked(bytes, length: min(width, bytes.count), content: min(width, bytes.count), width)
        }
        guard let found = memchr(base, Int32(end), bytes.count) else {
            return isLast ? checked(bytes, length: bytes.count, content: bytes.count, width) : nil
        }
        var content = UnsafeRawPointer(found) - UnsafeRawPointer(base)
        let length = content + 1
        while content > width, bytes[content - 1] == 0x0D { content -= 1 }
        return checked(bytes, length: length, content: content, width)
    }

    /// Blanks right of the columns are no part of the record.
    private static func checked(_ bytes: UnsafeBufferPointer<UInt8>, length: Int, content: Int, _ width: Int) -> Cut {
        if content == width { return Cut(length: length, content: content) }
        let extra = bytes[min(width, content)..<content]
        if content > width, extra.allSatisfy({ $0 == 0x20 || $0 == 0x00 || $0 == 0x09 }) {
            return Cut(length: length, content: width)
        }
        // A short line still has its CR.
        let hasReturn = content > 0 && content < width && bytes[content - 1] == 0x0D
        let found = hasReturn ? content - 1 : content
        return Cut(length: length, content: found, fault: .recordLength(found: found, expected: width))
    }

    /// A record beyond the limit: its bytes go by without being kept.
    private mutating func passOver() throws(IntakeError) -> Cut {
        guard case .byte(let end) = end else { throw .tooManyColumns }
        while !window.isLast || window.count > 0 {
            let found = window.withBytes { $0.firstIndex(of: end) }
            if let found {
                window.consume(found)
                break
            }
            window.consume(window.count)
            try window.fill()
        }
        return Cut(length: min(1, window.count), content: 0, fault: .rowTooLong(limit: limits.rowBytes))
    }
}

extension RowFault? {
    /// A row that has no more wrong with it than its length.
    fileprivate var isAboutLength: Bool {
        switch self {
        case nil, .recordLength?: true
        default: false
        }
    }
}

extension IntakeError {
    fileprivate static func recordLength(_ found: Int, _ expected: Int, at offset: Int) -> IntakeError {
        form(
            "most records have not the \(expected) bytes that the columns have together; here are \(found)",
            "多数记录的长度不是各列之和 \(expected) 字节，此处为 \(found) 字节", at: offset)
    }

    static var tooManyColumns: IntakeError {
        IntakeError(
            .limit, at: 0, "the columns are more or wider than the limits allow", "列数或列宽超出限制",
            remedy: "Check header in the mapping", chineseRemedy: "请检查映射中的 header")
    }
}
