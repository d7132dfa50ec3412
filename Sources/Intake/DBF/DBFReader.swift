/// Tables of dBASE III to V, FoxPro and Visual FoxPro. Deleted records are skipped; the table is read to the number of records
/// that its head states, neither less nor more.
///
/// The language driver in the head is so often wrong or missing that it is not looked at: the encoding is the mapping's, or
/// with ``SourceEncoding/auto`` the one that the cells are in. A memo is read from the file beside the table.
public struct DBFReader: RowReader {
    public private(set) var columns: [String] = []
    public private(set) var columnOffsets: [Int] = []
    public private(set) var skippedRows = 0

    private let header: DBFHeader
    private var layout: RecordLayout
    private var window: ByteWindow
    /// Records cut so far, deleted ones included.
    private var passed = 0
    private var number = 0

    private static let kept = UInt8(ascii: " ")
    private static let deleted = UInt8(ascii: "*")

    /// - Parameters:
    ///   - driver: what the head ought to say of the language; nil when nothing is known.
    /// - Throws: ``IntakeError``: `empty`, `form`, `truncated`, `encoding`, `columnRepeated`, `limit`, `unreadable`.
    public init(
        input: any ByteSource, encoding: SourceEncoding, driver: LanguageDriver? = nil,
        limits: IntakeLimits = .standard
    ) throws(IntakeError) {
        window = ByteWindow(input, chunkBytes: max(limits.chunkBytes, 64), dropsEndMark: false)
        try window.rewind()
        while window.count < DBFHeader.prefixBytes, !window.isLast { try window.fill() }
        if window.count == 0 { throw .noBytes(at: 0) }
        guard let length = window.withBytes(DBFHeader.length) else { throw .noDBF(at: 0) }
        while window.count < length, !window.isLast { try window.fill() }
        let header = try window.withBytes { bytes throws(IntakeError) in try DBFHeader(bytes, limits: limits) }
        self.header = header
        layout = RecordLayout(columns: header.fields.map(\.column), encoding: driver?.encoding ?? .gb18030)
        layout.nullFlags = header.nullFlags
        if header.fields.contains(where: { $0.column.form == .memo }), let path = input.path {
            layout.memo = try MemoFile(beside: path, of: header.dialect, limits: limits)
        }
        switch encoding {
        case .utf8: layout.encoding = .utf8
        case .gb18030: layout.encoding = .gb18030
        case .auto: if driver == nil { layout.encoding = try detect() }
        }
        try nameColumns()
        try start()
    }

    public mutating func follow(_ plan: ReadingPlan) { layout.plan = plan }

    public mutating func verify() throws(IntakeError) {
        try start()
        var text = RowTally()
        while let mark = try cut() {
            let (offset, layout, length) = (window.offset, layout, header.recordLength)
            if mark != Self.deleted {
                window.withBytes {
                    layout.count(UnsafeBufferPointer(rebasing: $0[..<length]), in: &text, base: offset)
                }
            }
            window.consume(length)
        }
        try checkEnd()
        try text.judge()
        try start()
    }

    public mutating func next(into row: inout RowBuffer) throws(IntakeError) -> Bool {
        while let mark = try cut() {
            let length = header.recordLength
            defer { window.consume(length) }
            let isSkipped = window.withBytes { bytes in
                let record = UnsafeBufferPointer(rebasing: bytes[..<length])
                return mark == Self.deleted || layout.isBlank(record) || layout.matchesSkip(record)
            }
            if isSkipped {
                skippedRows += 1
                continue
            }
            number += 1
            row.removeAll()
            row.number = number
            row.fault = nil
            window.withBytes { bytes in
                let record = UnsafeBufferPointer(rebasing: bytes[..<length])
                layout.keepRaw(record, in: &row)
                layout.load(record, into: &row)
            }
            return true
        }
        return false
    }

    private mutating func start() throws(IntakeError) {
        try window.rewind()
        passed = 0
        while window.count < header.length, !window.isLast { try window.fill() }
        window.consume(min(header.length, window.count))
    }

    /// Brings the next record to the front of the window. Returns its mark of deletion, nil after the last record.
    private mutating func cut() throws(IntakeError) -> UInt8? {
        guard passed < header.records else { return nil }
        while window.count < header.recordLength, !window.isLast { try window.fill() }
        guard window.count >= header.recordLength else { throw .cutDBF(at: window.offset) }
        let mark = window.withBytes { $0[0] }
        guard mark == Self.kept || mark == Self.deleted || mark == 0 else { throw .recordMark(at: window.offset) }
        passed += 1
        return mark
    }

    /// After the last record is the end of the file, or the mark of it.
    private mutating func checkEnd() throws(IntakeError) {
        if window.count == 0 { try window.fill() }
        if let next = window.withBytes(\.first), next != 0x1A, next != 0 { throw .moreRecords(at: window.offset) }
    }

    /// UTF-8 when every text of the table is.
    private mutating func detect() throws(IntakeError) -> TextEncoding {
        try start()
        let length = header.recordLength
        while try cut() != nil {
            let isText = window.withBytes { bytes in
                layout.columns.allSatisfy { column in
                    guard column.form == .text else { return true }
                    return TextEncoding.utf8.isText(UnsafeBufferPointer(rebasing: bytes[column.range]))
                }
            }
            if !isText { return .gb18030 }
            window.consume(length)
        }
        return .utf8
    }

    private mutating func nameColumns() throws(IntakeError) {
        for (index, field) in header.fields.enumerated() {
            let offset = DBFHeader.prefixBytes + DBFHeader.descriptorBytes * index
            var text: [UInt8] = []
            _ = field.name.withUnsafeBufferPointer { layout.encoding.decodeReplacing($0, into: &text) }
            let name = String(decoding: text, as: UTF8.self).trimmedOfBlanks
            if columns.contains(name) { throw .columnRepeated(name, at: offset) }
            columns.append(name)
            columnOffsets.append(offset)
        }
    }
}

/// The language of a table's text as the byte 29 of its head states it.
public enum LanguageDriver: UInt8, Sendable, Hashable, CaseIterable {
    /// Simplified Chinese, Windows code page 936.
    case chineseGBK = 0x4D
    /// The same in Visual FoxPro.
    case chineseVisualFoxPro = 0x7A

    var encoding: TextEncoding { .gb18030 }
}

extension TextEncoding {
    fileprivate func isText(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        do throws(Fault) {
            try check(bytes)
            return true
        } catch {
            return false
        }
    }
}
