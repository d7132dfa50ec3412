/// Rows of one file, in order. Each source format is one conforming type; all of them are told the same things before the
/// first row is read, and none of them knows the mapping.
public protocol RowReader {
    /// The columns' names in the order of the file, blanks around them removed.
    var columns: [String] { get }
    /// Where in the file each column's name begins.
    var columnOffsets: [Int] { get }
    /// Blank rows and rows that the plan's skip matched, so far.
    var skippedRows: Int { get }

    /// What to decode, withhold and skip. Call it before the first ``next(into:)``.
    mutating func follow(_ plan: ReadingPlan)
    /// Reads the file once to its end and goes back. After it, only a file that changes meanwhile can be refused.
    mutating func verify() throws(IntakeError)
    /// Fills `row` with the next row that is not skipped. False at the end.
    mutating func next(into row: inout RowBuffer) throws(IntakeError) -> Bool
}

/// What a reader does with each column.
public struct ReadingPlan: Sendable {
    /// Columns whose cells are decoded, by index.
    public var decoded: [Bool]
    /// Columns whose content must not be kept, not even in ``RowBuffer/raw``.
    public var withheld: [Bool]
    /// Rows where this column matches are skipped.
    public var skip: (column: Int, pattern: RowPattern)?

    public init(decoded: [Bool], withheld: [Bool], skip: (column: Int, pattern: RowPattern)? = nil) {
        self.decoded = decoded
        self.withheld = withheld
        self.skip = skip
    }
}
