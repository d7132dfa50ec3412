import JSONTape

/// Rows that are JSON objects: the elements of one array (RFC 8259), or one on each line (NDJSON). A number keeps the digits
/// that it is written with. An object that is not JSON spoils itself only, as long as it can be told where it ends.
public struct JSONReader: RowReader {
    /// Where the rows are.
    public enum Layout: Sendable, Hashable {
        /// The array at a JSON Pointer (RFC 6901); the tokens are unescaped, none stand for the whole document.
        case array([String])
        case lines
    }

    public var columns: [String] { members.found.names }
    public var columnOffsets: [Int] { members.found.offsets }
    public private(set) var skippedRows = 0

    private let encoding: TextEncoding
    private let limits: IntakeLimits
    private let members: JSONColumns
    private let parser: JSONParser
    private var rows: JSONRows
    private var plan = ReadingPlan(decoded: [], withheld: [])
    private var number = 0
    private var text: [UInt8] = []

    /// Reads the whole file: what its columns are is known only then.
    ///
    /// - Throws: ``IntakeError``: `empty`, `encoding`, `form`, `truncated`, `columnMissing`, `limit`, `unreadable`.
    public init(
        input: any ByteSource, encoding: SourceEncoding, layout: Layout, naming named: NamedColumns,
        limits: IntakeLimits = .standard
    ) throws(IntakeError) {
        var window = ByteWindow(input, chunkBytes: limits.chunkBytes)
        let settled = try EncodingDetection.settle(encoding, in: &window, mark: 0x22)
        self.encoding = settled.encoding
        self.limits = limits
        members = JSONColumns(named, limits: limits)
        // The row's own object is a level.
        parser = JSONParser(maximumDepth: limits.depth + 1, maximumNodes: 2 * limits.rowBytes)
        rows = JSONRows(window, settled, layout, limits: limits)
        try readThrough()
        try rows.restart()
    }

    public mutating func follow(_ plan: ReadingPlan) { self.plan = plan }

    /// The whole file was read for its columns.
    public mutating func verify() throws(IntakeError) {}

    public mutating func next(into row: inout RowBuffer) throws(IntakeError) -> Bool {
        while let found = try rows.next() {
            if rows.isBlank(found) {
                rows.pass(found.length)
                skippedRows += 1
                continue
            }
            row.removeAll()
            row.fault = found.fault
            let isWhole = found.fault == nil ? decode(found.length) : true
            var isEmpty = false
            if row.fault == nil {
                if let fault = parse({ view in isEmpty = load(view, into: &row) }) { row.fault = fault }
                if !isWhole { noteReplacements(in: &row) }
            }
            rows.pass(found.length)
            if isEmpty || row.fault == nil && matchesSkip(row) {
                skippedRows += 1
                continue
            }
            number += 1
            row.number = number
            return true
        }
        return false
    }

    private mutating func readThrough() throws(IntakeError) {
        var encodings = RowTally()
        var forms = RowTally()
        var firstRow: Int?
        while let found = try rows.next() {
            let offset = rows.offset
            firstRow = firstRow ?? offset
            if found.fault == nil, !rows.isBlank(found) {
                rows.withBytes(found.length) { encodings.count(text: $0, as: encoding, base: offset) }
                _ = decode(found.length)
                var failure: IntakeError?
                let fault = parse { view in
                    do throws(IntakeError) { try members.learn(view, at: offset) } catch { failure = error }
                }
                if let failure { throw failure }
                if fault == nil { forms.agree() } else { forms.disagree(.rowsNotObjects(at: offset)) }
            }
            rows.pass(found.length)
        }
        try encodings.judge()
        try forms.judge()
        try members.finish(firstRow: firstRow)
    }

    /// Puts the row's text into `text`. False when some bytes were not text.
    private mutating func decode(_ length: Int) -> Bool {
        text.removeAll(keepingCapacity: true)
        let isWhole = rows.withBytes(length) { encoding.decodeReplacing($0, into: &text) }
        while let last = text.last, last == 0x0A || last == 0x0D { text.removeLast() }
        return isWhole
    }

    /// What is wrong with the object in `text`; nil when `body` was called with it.
    private func parse(_ body: (JSONView) -> Void) -> RowFault? {
        do {
            return try parser.parse(text) { view in
                guard view.kind == .object else { return .notAnObject }
                body(view)
                return nil
            }
        } catch let error as JSONSyntaxError {
            return error.reason == .tooDeep ? .tooDeep(limit: limits.depth) : .notJSON
        } catch {
            return .notJSON
        }
    }

    /// True when the row has nothing in it.
    private func load(_ view: JSONView, into row: inout RowBuffer) -> Bool {
        row.bounds.append(contentsOf: repeatElement(0..<0, count: columns.count))
        var isEmpty = true
        var withheld: [Range<Int>] = []
        members.each(view) { node, value in
            guard let column = node.column, let value else { return }
            if value.kind != .string || !value.rawString.isEmpty { isEmpty = false }
            if column < plan.withheld.count, plan.withheld[column] { withheld.append(value.span) }
            guard column < plan.decoded.count, plan.decoded[column] || column == plan.skip?.column else { return }
            let start = row.bytes.count
            if value.withUTF8({ row.bytes.append(contentsOf: $0) }) == nil {
                row.bytes.append(contentsOf: text[value.span])
            }
            row.bounds[column] = start..<row.bytes.count
            if row.bytes.count - start > limits.cellBytes { row.fault = .cellTooLong(limit: limits.cellBytes) }
        }
        keepRaw(without: withheld, in: &row)
        return isEmpty
    }

    /// The object in UTF-8, `null` in place of what is withheld. A row that is not JSON keeps nothing: it could name what no
    /// other row names.
    private func keepRaw(without withheld: [Range<Int>], in row: inout RowBuffer) {
        var place = 0
        for span in withheld.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            row.raw.append(contentsOf: text[place..<span.lowerBound])
            row.raw.append(contentsOf: "null".utf8)
            place = span.upperBound
        }
        row.raw.append(contentsOf: text[place...])
    }

    private func noteReplacements(in row: inout RowBuffer) {
        let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]
        for column in row.bounds.indices {
            let cell = row.bytes[row.bounds[column]]
            if cell.indices.contains(where: { cell[$0...].starts(with: replacement) }) { row.damaged.append(column) }
        }
    }

    private func matchesSkip(_ row: RowBuffer) -> Bool {
        guard let (column, pattern) = plan.skip, column < row.bounds.count else { return false }
        return pattern.matches(row.bytes[row.bounds[column]])
    }
}

extension IntakeError {
    fileprivate static func rowsNotObjects(at offset: Int) -> IntakeError {
        form("most rows are no JSON objects; this is the first", "多数行不是 JSON 对象，此处为第一个", at: offset)
    }
}
