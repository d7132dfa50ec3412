import Intake
import Interchange

/// Runs one mapping over files.
public final class Transformer {
    public let mapping: CompiledMapping
    private let context: TransformContext

    public init(_ mapping: CompiledMapping, context: TransformContext) {
        self.mapping = mapping
        self.context = context
    }

    /// Reads the whole input once to see that it is what the mapping says, and stands before its first row.
    ///
    /// - Throws: ``IntakeError`` when the input is refused whole: nothing of it was transformed.
    public func open(_ input: any ByteSource, limits: IntakeLimits = .standard) throws(IntakeError) -> RowStream {
        var reader = try mapping.reader(of: input, limits: limits)
        let binding = try ColumnBinding(mapping, columns: reader.columns, offsets: reader.columnOffsets)
        reader.follow(binding.plan)
        try reader.verify()
        let rows = RowTransformer(mapping, context: context, index: binding.index)
        return RowStream(
            reader: reader, rows: rows, forbiddenColumns: binding.forbidden,
            used: binding.plan.decoded.indices.filter { binding.plan.decoded[$0] })
    }

    /// For rows that do not come from a file: repaired and replayed ones.
    ///
    /// - Parameter columns: the columns of the rows' cells, in order.
    /// - Throws: ``IntakeError/Code/columnMissing``, ``IntakeError/Code/columnUnknown``.
    public func rows(of columns: [String]) throws(IntakeError) -> RowTransformer {
        let binding = try ColumnBinding(mapping, columns: columns, offsets: [])
        return RowTransformer(mapping, context: context, index: binding.index)
    }
}

/// The rows of one input, one after the other, and their counts so far.
public final class RowStream {
    private let reader: OpenReader
    private let rows: RowTransformer
    private var row = RowBuffer()
    private var counted = RunCounts()
    /// Columns that the mapping uses, by index.
    private let used: [Int]

    init(reader: any RowReader, rows: RowTransformer, forbiddenColumns: [String], used: [Int]) {
        self.used = used
        columns = reader.columns
        self.reader = OpenReader.holding(reader)
        self.rows = rows
        counted.forbiddenColumns = forbiddenColumns
    }

    /// The input's columns, in order.
    public let columns: [String]

    public var counts: RunCounts {
        var counts = counted
        counts.skipped = reader.skippedRows
        counts.normalised = rows.normalised
        return counts
    }

    /// The next row; nil at the end.
    ///
    /// - Throws: ``IntakeError`` only when the input changed since it was opened; then discard what came of it.
    public func next() throws(IntakeError) -> TransformedRow? {
        guard try reader.next(into: &row) else { return nil }
        var transformed = rows.transform(row)
        if !row.damaged.isEmpty { transformed.quarantine(row, columns: columns) }
        if transformed.draft == nil || transformed.isJudgedByState { transformed.keep(row, cells) }
        counted.count(transformed)
        return transformed
    }
}

extension RowStream {
    /// The current row's cells, of the columns that are read.
    private var cells: [(column: String, value: [UInt8])] {
        guard row.fault == nil, row.bounds.count == columns.count else { return [] }
        return used.map { (columns[$0], Array(row.bytes[row.bounds[$0]])) }
    }
}

extension TransformedRow {
    /// Whether the store may still refuse it for what it holds: then the row must be there to be kept in quarantine.
    fileprivate var isJudgedByState: Bool { draft?.kind == .permit }

    fileprivate mutating func keep(_ row: borrowing RowBuffer, _ cells: [(column: String, value: [UInt8])]) {
        self.cells = cells
        if raw.isEmpty { raw = row.raw }
    }

    /// A value of which bytes could not be read passes in no field, whatever the rules make of U+FFFD.
    fileprivate mutating func quarantine(_ row: borrowing RowBuffer, columns: [String]) {
        for column in row.damaged { violations.append(RowViolation(ViolationWords.damaged, column: columns[column])) }
        outcome = .quarantine
        draft = nil
        raw = row.raw
    }
}
