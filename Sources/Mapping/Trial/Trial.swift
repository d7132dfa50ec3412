import Intake
import Interchange

/// What a mapping makes of a file, in counts: the account of a run that keeps nothing. It holds row numbers, codes, columns
/// and places in the record, never a value of a row.
public struct Trial: Sendable {
    /// One kind of thing that is wrong.
    public struct Problem: Sendable, Hashable {
        public var code: ViolationCode
        public var severity: Severity
        /// The column, or several joined with `+`; nil when no column filled the target.
        public var column: String?
        public var pointer: String
        public var remedy: Bilingual
        public var count: Int
        /// The first rows that have it, at most ``Trial/mostRows``.
        public var rows: [Int]
    }

    public private(set) var counts = RunCounts()
    private var found: [Key: Problem] = [:]

    private struct Key: Hashable {
        var code: ViolationCode
        var pointer: String
        var column: String?
    }

    /// Rows that are named of each problem.
    public static let mostRows = 5

    public init() {}

    /// Runs the whole input through.
    ///
    /// - Throws: ``IntakeError`` when the input is refused whole.
    public init(_ stream: RowStream) throws(IntakeError) {
        while let row = try stream.next() { add(row) }
        close(with: stream.counts)
    }

    mutating func add(_ row: TransformedRow) {
        for violation in row.violations {
            let key = Key(
                code: violation.violation.code, pointer: violation.violation.pointer, column: violation.column)
            var problem =
                found[key]
                ?? Problem(
                    code: key.code, severity: violation.violation.severity, column: key.column, pointer: key.pointer,
                    remedy: violation.violation.text.remedy, count: 0, rows: [])
            problem.count += 1
            if problem.rows.count < Self.mostRows { problem.rows.append(row.row) }
            found[key] = problem
        }
    }

    mutating func close(with counts: RunCounts) { self.counts = counts }

    /// The most frequent first.
    public var problems: [Problem] {
        found.values.sorted {
            ($1.count, $0.code.rawValue, $0.pointer, $0.column ?? "")
                < ($0.count, $1.code.rawValue, $1.pointer, $1.column ?? "")
        }
    }

    /// Rows that became records, flagged ones included.
    public var passed: Int { counts.accepted + counts.flagged }

    /// Rows that had to become records.
    public var rows: Int { passed + counts.quarantined }

    /// Of all rows, those that pass; nil when there is none.
    public var share: Double? { rows > 0 ? Double(passed) / Double(rows) : nil }
}
