/// CSV as RFC 4180 describes it, with quoted line ends, in memory that does not grow with the file.
public struct CSVReader: RowReader {
    public private(set) var columns: [String] = []
    public private(set) var columnOffsets: [Int] = []
    public private(set) var skippedRows = 0

    private let encoding: TextEncoding
    private let limits: IntakeLimits
    private let separator: CSVSeparator
    private var window: ByteWindow
    private var scan: CSVScan
    private var plan = ReadingPlan(decoded: [], withheld: [])
    private var number = 0
    private var firstRow = 0
    private var scratch: [UInt8] = []

    /// Reads the line that names the columns; with ``SourceEncoding/auto`` and no byte order mark, the whole file first.
    ///
    /// - Parameters:
    ///   - header: which line names the columns, from 1. The lines before it are passed over.
    ///   - headerLines: how many lines name the columns together, as ``HeaderNames`` joins them.
    /// - Throws: ``IntakeError``: `empty`, `encoding`, `truncated`, `columnRepeated`, `limit`, `unreadable`.
    public init(
        input: any ByteSource, encoding: SourceEncoding, header: Int = 1, headerLines: Int = 1,
        separator: CSVSeparator = .comma, limits: IntakeLimits = .standard
    ) throws(IntakeError) {
        self.limits = limits
        self.separator = separator
        let lines = try CarriageReturnSource.wrapping(input, limits: limits)
        window = ByteWindow(lines, chunkBytes: limits.chunkBytes)
        scan = CSVScan(separator: separator, limits: limits)
        let settled = try EncodingDetection.settle(encoding, in: &window)
        self.encoding = settled.encoding
        try window.rewind()
        while window.count < settled.markLength, !window.isLast { try window.fill() }
        window.consume(min(settled.markLength, window.count))
        for _ in 1..<max(1, header) { window.consume(try cut()?.length ?? 0) }
        var names = HeaderNames()
        for _ in 0..<max(1, headerLines) { try readHeader(into: &names) }
        (columns, columnOffsets) = try names.columns()
        firstRow = window.offset
    }

    public mutating func follow(_ plan: ReadingPlan) { self.plan = plan }

    public mutating func verify() throws(IntakeError) {
        try window.rewind()
        try FileCheck.run(over: &window, encoding: encoding, quotesFrom: firstRow, separator: separator)
        try window.rewind()
        while window.offset < firstRow {
            if window.count == 0 { try window.fill() }
            if window.count == 0 { return }
            window.consume(min(window.count, firstRow - window.offset))
        }
    }

    public mutating func next(into row: inout RowBuffer) throws(IntakeError) -> Bool {
        while let (length, contentEnd) = try cut() {
            defer { window.consume(length) }
            if matchesSkip() || isBlank(contentEnd) {
                skippedRows += 1
                continue
            }
            number += 1
            row.number = number
            load(&row, contentEnd: contentEnd)
            return true
        }
        return false
    }

    /// Finds the next row and leaves it at the front of the window. Nil at the end of the file.
    private mutating func cut() throws(IntakeError) -> (length: Int, contentEnd: Int)? {
        while true {
            if window.count == 0 {
                if window.isLast { return nil }
                try window.fill()
                continue
            }
            let isLast = window.isLast
            switch window.withBytes({ scan.row(in: $0, isLast: isLast) }) {
            case .row(let length, let contentEnd): return (length, contentEnd)
            case .openQuote(let at): throw .openQuote(at: window.offset + at)
            case .needsMore:
                if window.count > limits.rowBytes { return try passOver() }
                try window.fill()
            }
        }
    }
}

extension CSVReader {
    /// A row that is longer than the limit: its bytes go by without being kept.
    private mutating func passOver() throws(IntakeError) -> (length: Int, contentEnd: Int) {
        var tracker = QuoteTracker(offset: window.offset, separator: separator)
        while true {
            let (count, rowEnded) = window.withBytes { tracker.advance(over: $0, stopsAtRow: true) }
            if rowEnded {
                scan.giveUpRow()
                return (count, 0)
            }
            window.consume(count)
            if window.isLast {
                if tracker.isInside { throw .openQuote(at: tracker.opened) }
                scan.giveUpRow()
                return (0, 0)
            }
            try window.fill()
        }
    }

    private func isBlank(_ contentEnd: Int) -> Bool {
        guard scan.fault == nil else { return false }
        return window.withBytes { bytes in
            scan.cells.allSatisfy { cell in
                bytes[cell.start..<cell.end].allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x1A }
            }
        }
    }

    private mutating func matchesSkip() -> Bool {
        guard let (column, pattern) = plan.skip, scan.fault == nil, column < scan.cells.count else { return false }
        scratch.removeAll(keepingCapacity: true)
        _ = decodeWhole(scan.cells[column], into: &scratch)
        return pattern.matches(scratch)
    }

    private mutating func load(_ row: inout RowBuffer, contentEnd: Int) {
        row.removeAll()
        if scan.cells.count > columns.count { dropEmptyCells() }
        row.fault = scan.fault
        if row.fault == nil, scan.cells.count != columns.count {
            row.fault = .cellCount(found: scan.cells.count, expected: columns.count)
        }
        keepRaw(in: &row, contentEnd: contentEnd)
        guard row.fault == nil else { return }
        for (column, cell) in scan.cells.enumerated() {
            let start = row.bytes.count
            if column < plan.decoded.count, plan.decoded[column], !decodeWhole(cell, into: &row.bytes) {
                row.damaged.append(column)
            }
            row.bounds.append(start..<row.bytes.count)
        }
    }

    /// Spreadsheets write commas for the empty cells right of the table; nothing is lost with them.
    private mutating func dropEmptyCells() {
        let extra = scan.cells[columns.count...]
        let areEmpty = window.withBytes { bytes in
            extra.allSatisfy { cell in bytes[cell.start..<cell.end].allSatisfy { $0 == 0x20 || $0 == 0x09 } }
        }
        if areEmpty { scan.keepCells(columns.count) }
    }

    private func keepRaw(in row: inout RowBuffer, contentEnd: Int) {
        let withheld = plan.withheld
        if !withheld.contains(true) {
            window.withBytes { row.raw.append(contentsOf: $0[..<contentEnd]) }
            return
        }
        if row.fault != nil { return }
        window.withBytes { bytes in
            var position = 0
            for (column, cell) in scan.cells.enumerated() where withheld[column] {
                row.raw.append(contentsOf: bytes[position..<cell.start])
                position = cell.end
            }
            row.raw.append(contentsOf: bytes[position..<contentEnd])
        }
    }

    private func decode(_ cell: CellSpan, into out: inout [UInt8]) throws(TextEncoding.Fault) {
        let start = out.count
        try window.withBytes { bytes throws(TextEncoding.Fault) in
            try encoding.decode(UnsafeBufferPointer(rebasing: bytes[cell.start..<cell.end]), into: &out)
        }
        if cell.hasDoubledQuotes { Self.undouble(&out, from: start) }
    }

    /// False when some bytes are not text; U+FFFD stands for each.
    private func decodeWhole(_ cell: CellSpan, into out: inout [UInt8]) -> Bool {
        let start = out.count
        do throws(TextEncoding.Fault) {
            try decode(cell, into: &out)
            return true
        } catch {
            out.removeLast(out.count - start)
        }
        _ = window.withBytes {
            encoding.decodeReplacing(UnsafeBufferPointer(rebasing: $0[cell.start..<cell.end]), into: &out)
        }
        if cell.hasDoubledQuotes { Self.undouble(&out, from: start) }
        return false
    }

    private static func undouble(_ bytes: inout [UInt8], from start: Int) {
        var kept = start
        var position = start
        while position < bytes.count {
            bytes[kept] = bytes[position]
            position += bytes[position] == 0x22 ? 2 : 1
            kept += 1
        }
        bytes.removeLast(bytes.count - kept)
    }

    private mutating func readHeader(into names: inout HeaderNames) throws(IntakeError) {
        guard let (length, contentEnd) = try cut(), !isBlank(contentEnd) else { throw .empty(at: window.offset) }
        if scan.fault != nil { throw .headerMalformed(at: window.offset) }
        var line: [(name: String, offset: Int)] = []
        for cell in scan.cells {
            scratch.removeAll(keepingCapacity: true)
            do throws(TextEncoding.Fault) {
                try decode(cell, into: &scratch)
            } catch {
                throw .fault(error, base: window.offset + cell.start, encoding: encoding)
            }
            line.append((String(decoding: scratch, as: UTF8.self).trimmedOfBlanks, window.offset + cell.start))
        }
        names.add(line)
        window.consume(length)
    }
}
