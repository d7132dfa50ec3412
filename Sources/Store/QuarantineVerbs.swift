import AuditLog
import Interchange

/// One cell of a source's row.
public struct SourceCell: Sendable, Hashable {
    public var column: String
    public var value: [UInt8]

    public init(column: String, value: [UInt8]) {
        self.column = column
        self.value = value
    }
}

/// Which rows of the quarantine are meant. What is nil does not restrict.
public struct QuarantineFilter: Sendable, Hashable {
    public var code: ViolationCode?
    public var mapping: String?
    public var run: RunID?
    /// Rows after this one, for paging.
    public var after: Int64 = 0

    public init(code: ViolationCode? = nil, mapping: String? = nil, run: RunID? = nil, after: Int64 = 0) {
        self.code = code
        self.mapping = mapping
        self.run = run
        self.after = after
    }
}

/// Open rows that have one reason in common.
public struct QuarantineGroup: Sendable, Hashable {
    public var code: String
    public var mapping: String
    public var rows: Int
    public var oldest: Instant
    public var newest: Instant
}

/// A quarantined row with its content, opened.
public struct QuarantinedContent: Sendable {
    public var row: QuarantinedRow
    public var reasons: [RefusedRow.Reason]
    /// Empty of a row so malformed that it has none.
    public var cells: [SourceCell]
    /// The source's own bytes of what the mapping uses.
    public var raw: [UInt8]
}

/// What was decided on one open row.
public struct QuarantineVerdict: Sendable {
    public enum Decision: Sendable {
        /// It passes: the draft becomes a record in the same transaction, and the row's content is erased.
        case passed(Draft)
        /// It was judged again and stays, for these reasons.
        case refused([RefusedRow.Reason])
        /// It is given up: its content is erased.
        case discarded(reason: String)
    }

    public var id: Int64
    public var decision: Decision
    /// Whether a person changed values.
    public var isRepaired: Bool

    public init(id: Int64, decision: Decision, isRepaired: Bool = false) {
        self.id = id
        self.decision = decision
        self.isRepaired = isRepaired
    }
}

/// The account of one run as it stands: rows = accepted + flagged + quarantined, and of the quarantined each is open, passed
/// later, or discarded.
public struct RunAccount: Sendable, Hashable {
    public var run: RunID
    public var mapping: String
    public var startedAt: Instant
    /// Nil of a run that was cut off: what it stored stands, and the same file can be given again.
    public var outcome: RunOutcome?
    public var open: Int
    public var passed: Int
    public var discarded: Int
}

/// Reading the quarantine without its content.
public protocol QuarantineReading: Sendable {
    func quarantined(_ filter: QuarantineFilter, limit: Int) async throws -> [QuarantinedRow]
    /// Largest first. A row with two reasons is in two groups.
    func quarantineGroups() async throws -> [QuarantineGroup]
    /// Newest first.
    func runAccounts(limit: Int) async throws -> [RunAccount]
}

extension QuarantineReading {
    public func quarantined(limit: Int) async throws -> [QuarantinedRow] {
        try await quarantined(QuarantineFilter(), limit: limit)
    }
}

/// Rows that intake must not pass: looked at, mended, judged again, given up.
public protocol Quarantine: QuarantineReading {
    /// A person looks at a row: the entry that says so is durable before the content is returned.
    /// - Throws: ``StoreError`` `notFound` when there is no such open row.
    func viewQuarantined(_ id: Int64, by actor: AuditActor, at now: Instant) async throws -> QuarantinedContent
    /// The content of open rows for judging them again; those that are not open are left out.
    /// - Parameter ids: at most ``StoreLimits/rowsPerChunk``.
    func quarantinedContents(_ ids: [Int64]) async throws -> [QuarantinedContent]
    /// Carries decisions out, all in one transaction with their entries. A row that is no longer open is left alone, so that
    /// nothing passes twice.
    /// - Returns: the ids that were still open.
    func settleQuarantined(_ verdicts: [QuarantineVerdict], by actor: AuditActor, at now: Instant) async throws
        -> Set<Int64>
}
