/// Rows that are elements of one name. XML 1.0 without document types: no entities but XML's own, nothing is fetched. A row that
/// is not well-formed spoils itself only, as long as it can be told where the next one begins.
public struct XMLReader: RowReader {
    public var columns: [String] { tree.found.names }
    public var columnOffsets: [Int] { tree.found.offsets }
    public private(set) var skippedRows = 0

    private let encoding: TextEncoding
    private let tree: ColumnTree
    private var rows: XMLRows
    private var plan = ReadingPlan(decoded: [], withheld: [])
    private var number = 0

    /// Reads the whole file: what its columns are is known only then.
    ///
    /// - Parameters:
    ///   - row: the name of the element that is repeated, with or without its namespace's prefix.
    /// - Throws: ``IntakeError``: `empty`, `encoding`, `form`, `truncated`, `columnMissing`, `limit`, `unreadable`.
    public init(
        input: any ByteSource, encoding: SourceEncoding, row: String, naming named: NamedColumns,
        limits: IntakeLimits = .standard
    ) throws(IntakeError) {
        var window = ByteWindow(input, chunkBytes: limits.chunkBytes)
        let settled = try EncodingDetection.settle(encoding, in: &window, mark: 0x3C)
        self.encoding = settled.encoding
        tree = XMLRowScan.tree(named, encoding: settled.encoding, limits: limits)
        let scan = XMLRowScan(tree, encoding: settled.encoding, limits: limits)
        rows = XMLRows(window, settled, row: row, scan: scan, limits: limits)
        try readThrough(row)
        try rows.restart()
    }

    public mutating func follow(_ plan: ReadingPlan) { self.plan = plan }

    /// The whole file was read for its columns.
    public mutating func verify() throws(IntakeError) {}

    public mutating func next(into row: inout RowBuffer) throws(IntakeError) -> Bool {
        while let found = try rows.next() {
            row.removeAll()
            switch found {
            case .malformed(let fault, _): row.fault = fault
            case .whole(let length):
                row.fault = nil
                load(length, into: &row)
                let isBlank = rows.scan.cells.allSatisfy(\.span.isEmpty)
                rows.pass(length)
                if isBlank || row.fault == nil && matchesSkip(row) {
                    skippedRows += 1
                    continue
                }
            }
            number += 1
            row.number = number
            return true
        }
        return false
    }

    private mutating func readThrough(_ rowName: String) throws(IntakeError) {
        var encodings = RowTally()
        var forms = RowTally()
        var firstRow: Int?
        while let found = try rows.next() {
            switch found {
            case .malformed(_, let offset):
                firstRow = firstRow ?? offset
                forms.disagree(.rowsNotWellFormed(at: offset))
            case .whole(let length):
                let offset = rows.offset
                firstRow = firstRow ?? offset
                forms.agree()
                for cell in rows.scan.cells {
                    if cell.span.isEmpty {
                        tree.learnEmpty(cell.node, at: offset)
                    } else {
                        try tree.learn(cell.node, at: offset + cell.span.lowerBound)
                    }
                }
                rows.withBytes { bytes in
                    encodings.count(
                        text: UnsafeBufferPointer(rebasing: bytes[..<length]), as: encoding, base: offset)
                }
                rows.pass(length)
            }
        }
        if firstRow == nil, let other = rows.firstOther { throw .noRow(rowName, at: other) }
        try encodings.judge()
        try forms.judge()
        try tree.finish(firstRow: firstRow)
    }

    private func load(_ length: Int, into row: inout RowBuffer) {
        row.bounds.append(contentsOf: repeatElement(0..<0, count: columns.count))
        let (text, cells, plan) = (XMLText(encoding: encoding), rows.scan.cells, plan)
        rows.withBytes { bytes in
            var position = 0
            for cell in cells {
                guard let column = cell.node.column, column < plan.decoded.count, !cell.span.isEmpty else { continue }
                if column < plan.withheld.count, plan.withheld[column], cell.span.lowerBound >= position {
                    row.raw.append(contentsOf: bytes[position..<cell.span.lowerBound])
                    position = cell.span.upperBound
                }
                guard plan.decoded[column] || column == plan.skip?.column else { continue }
                if !row.bounds[column].isEmpty { row.fault = .columnTwice }
                let start = row.bytes.count
                let content = UnsafeBufferPointer(rebasing: bytes[cell.span])
                let isWhole =
                    cell.isPlain
                    ? text.encoding.decodeReplacing(content, into: &row.bytes) : text.append(content, to: &row.bytes)
                if !isWhole, row.damaged.last != column { row.damaged.append(column) }
                row.bounds[column] = start..<row.bytes.count
            }
            row.raw.append(contentsOf: bytes[position..<length])
        }
    }

    private func matchesSkip(_ row: RowBuffer) -> Bool {
        guard let (column, pattern) = plan.skip, column < row.bounds.count else { return false }
        return pattern.matches(row.bytes[row.bounds[column]])
    }
}

extension IntakeError {
    fileprivate static func noRow(_ name: String, at offset: Int) -> IntakeError {
        IntakeError(
            .form, at: offset, "the document has no element \(name)", "文档中没有元素 \(name)",
            remedy: "Write the name of the element that is repeated as header in the mapping",
            chineseRemedy: "请在映射的 header 中写明重复元素的名称")
    }

    fileprivate static func rowsNotWellFormed(at offset: Int) -> IntakeError {
        form("most rows are not well-formed XML; this is the first", "多数行不是格式正确的 XML，此处为第一个", at: offset)
    }
}
