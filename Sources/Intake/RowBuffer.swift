/// Storage of one row, reused from row to row.
public struct RowBuffer: Sendable {
    /// 1 is the first data row. Rows that are skipped have no number.
    public var number = 0
    /// UTF-8 of the cells that the reader was told to decode, one after the other.
    public var bytes: [UInt8] = []
    /// Where in `bytes` each column's cell is; empty for a column that is not decoded.
    public var bounds: [Range<Int>] = []
    /// The row as it stands in the file, without its line end and without the content of the withheld columns. Empty when
    /// the row is so malformed that its cells cannot be told apart while some column must be withheld.
    public var raw: [UInt8] = []
    /// Set when the row is malformed; then `bounds` says nothing.
    public var fault: RowFault?
    /// Columns whose cells could not be read whole, in ascending order. Each byte that is not text of the encoding is
    /// U+FFFD in `bytes`; a memo whose file is not there is empty.
    public var damaged: [Int] = []

    public init() {}

    /// A row made by hand, as repair from quarantine makes it.
    public init(number: Int, cells: [String]) {
        self.number = number
        for cell in cells {
            let start = bytes.count
            bytes.append(contentsOf: cell.utf8)
            bounds.append(start..<bytes.count)
        }
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        bounds.removeAll(keepingCapacity: true)
        raw.removeAll(keepingCapacity: true)
        if !damaged.isEmpty { damaged.removeAll(keepingCapacity: true) }
    }
}

/// What is wrong with the form of one row. It spoils this row only.
public enum RowFault: Sendable, Hashable {
    /// Another number of cells than the header has.
    case cellCount(found: Int, expected: Int)
    /// Text between the quote that ends a field and the next comma (RFC 4180 section 2.5).
    case textAfterQuote
    /// More than ``IntakeLimits/rowBytes``, ``IntakeLimits/cells`` or ``IntakeLimits/cellBytes``.
    case rowTooLong(limit: Int)
    case tooManyCells(limit: Int)
    case cellTooLong(limit: Int)
    /// A record of fixed width that is longer or shorter than its columns together, in bytes.
    case recordLength(found: Int, expected: Int)
    /// XML that is not well-formed within the row's element (XML 1.0, fifth edition).
    case notWellFormed
    /// JSON that RFC 8259 does not allow, or a name twice in an object.
    case notJSON
    /// A JSON value that is no object.
    case notAnObject
    /// The row has two elements for one column.
    case columnTwice
    /// More than ``IntakeLimits/depth`` levels.
    case tooDeep(limit: Int)
}
