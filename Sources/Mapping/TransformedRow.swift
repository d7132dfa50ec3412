import Interchange

/// What became of one row.
public struct TransformedRow: Sendable {
    public enum Outcome: String, Sendable, Hashable {
        case accept, flag, quarantine
    }

    /// 1 is the first data row.
    public var row: Int
    public var outcome: Outcome
    public var violations: [RowViolation]
    /// The record; nil when the row is in quarantine.
    public var draft: Draft?
    /// The source's own bytes of a row in quarantine, or of a permit, which the store may still refuse, without the content of
    /// columns that the mapping does not use; empty for the others.
    public var raw: [UInt8]
    /// The cells that the mapping uses of a row in quarantine or of a permit, by column; empty for the others, and for a row so
    /// malformed that it has no cells.
    public var cells: [(column: String, value: [UInt8])] = []
    /// Of a row in quarantine whose person has a well-formed number: that number in the form that look-ups hash, as a record would
    /// have it.
    public var subject: [UInt8]?

    /// The codes of the violations, each once, in their order.
    public var codes: [ViolationCode] {
        var codes: [ViolationCode] = []
        for violation in violations where !codes.contains(violation.violation.code) {
            codes.append(violation.violation.code)
        }
        return codes
    }
}

/// A violation and where in the source it comes from.
public struct RowViolation: Sendable, Hashable {
    public var violation: Violation
    /// The column's name, several joined with `+`; nil when no column filled the target.
    public var column: String?

    public init(_ violation: Violation, column: String?) {
        self.violation = violation
        self.column = column
    }
}

/// What became of a file's rows. Rows read are those accepted, flagged, quarantined and skipped.
public struct RunCounts: Sendable, Hashable {
    public var accepted = 0
    public var flagged = 0
    public var quarantined = 0
    /// Blank rows and rows that `skipRowsWhere` matched.
    public var skipped = 0
    /// Rows that have a violation of the code. `FORBIDDEN_CONTENT` counts rows times forbidden columns.
    public var byCode: [ViolationCode: Int] = [:]
    /// Columns of the file that were dropped because of what they tell.
    public var forbiddenColumns: [String] = []
    /// Values that a step changed, by the step's name.
    public var normalised: [String: Int] = [:]

    public var read: Int { accepted + flagged + quarantined + skipped }

    public init() {}

    mutating func count(_ row: TransformedRow) {
        switch row.outcome {
        case .accept: accepted += 1
        case .flag: flagged += 1
        case .quarantine: quarantined += 1
        }
        if !row.violations.isEmpty { for code in row.codes { byCode[code, default: 0] += 1 } }
        if !forbiddenColumns.isEmpty { byCode[.forbiddenContent, default: 0] += forbiddenColumns.count }
    }
}
