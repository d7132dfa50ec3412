import AuditLog
import Intake
import Interchange
import JSONTape
import Mapping
import Store

/// Takes one file through mapping and validation into the store, in chunks that overlap: while one is made durable the next
/// is prepared, and one more is transformed. Memory does not grow with the file.
public struct IntakeRunner: Sendable {
    /// Rows that are made durable together.
    static let rowsPerChunk = 4_000

    private let store: any Store
    private let context: TransformContext
    private let clock: WallClock
    private let pressure: IntakePressure?

    /// - Parameter pressure: slows the intake down, or ends it; nil for none.
    public init(
        store: any Store, context: TransformContext, clock: @escaping WallClock, pressure: IntakePressure? = nil
    ) {
        self.store = store
        self.context = context
        self.clock = clock
        self.pressure = pressure
    }

    /// - Parameter report: called for each row, in order.
    /// - Throws: `IntakeError` when the file is refused whole; ``StoreError``, after which the same file can be given again:
    ///   rows that were stored are then `unchanged`.
    public func run(
        _ mapping: CompiledMapping, _ source: any ByteSource, actor: AuditActor, report: (TransformedRow) throws -> Void
    ) async throws -> IntakeAccount {
        let stream: RowStream
        do {
            stream = try Transformer(mapping, context: context).open(source)
        } catch {
            try await store.record([
                Act(
                    .intakeRefused, actor: actor, at: clock(),
                    details: [.mapping: mapping.name, .code: error.code.rawValue])
            ])
            throw error
        }
        let run = try await store.openRun(RunDescription(mapping: mapping.name, actor: actor, startedAt: clock()))
        var account = IntakeAccount()
        var line = IntakeLine(store)
        do {
            try await take(stream, of: run, actor, along: &line, &account, report)
        } catch {
            await line.end()
            throw error
        }
        account.close(with: stream.counts)
        try await store.closeRun(run, outcome: account.outcome)
        try await store.record([account.entry(mapping: mapping.name, actor: actor, at: clock())])
        return account
    }

    private func take(
        _ stream: RowStream, of run: RunID, _ actor: AuditActor, along line: inout IntakeLine,
        _ account: inout IntakeAccount, _ report: (TransformedRow) throws -> Void
    ) async throws {
        var chunk = IntakeChunk(run: run, actor: actor, drafts: [], refused: [], at: clock())
        while let row = try stream.next() {
            try report(row)
            chunk.add(row)
            guard chunk.drafts.count + chunk.refused.count == Self.rowsPerChunk else { continue }
            try await pressure?.ease()
            if let acceptance = try await line.add(chunk) { account.add(acceptance) }
            chunk = IntakeChunk(run: run, actor: actor, drafts: [], refused: [], at: clock())
        }
        if let acceptance = try await line.add(chunk) { account.add(acceptance) }
        while let acceptance = try await line.next() { account.add(acceptance) }
    }
}

extension IntakeChunk {
    fileprivate mutating func add(_ row: TransformedRow) {
        if let draft = row.draft {
            drafts.append(draft)
            origins.append(
                RefusedRow(
                    row: row.row, reasons: [], raw: row.raw,
                    cells: row.cells.map { SourceCell(column: $0.column, value: $0.value) }))
            return
        }
        let reasons = row.violations.map {
            RefusedRow.Reason(code: $0.violation.code, pointer: $0.violation.pointer, column: $0.column)
        }
        refused.append(
            RefusedRow(
                row: row.row, reasons: reasons, raw: row.raw,
                cells: row.cells.map { SourceCell(column: $0.column, value: $0.value) }, subject: row.subject))
    }
}

/// The account of one file: rows = accepted + flagged + quarantined, and skipped beside them.
public struct IntakeAccount: Sendable {
    public private(set) var outcome = RunOutcome()
    /// Envelopes made.
    public private(set) var new = 0
    public private(set) var byCode: [(code: String, rows: Int)] = []
    public private(set) var forbiddenColumns: [String] = []
    private var barred: [Acceptance.Barred] = []

    init() {}

    mutating func add(_ acceptance: Acceptance) {
        new += acceptance.new
        outcome.unchanged += acceptance.unchanged
        barred += acceptance.barred
    }

    mutating func close(with counts: RunCounts) {
        outcome.rows = counts.accepted + counts.flagged + counts.quarantined
        outcome.accepted = counts.accepted
        outcome.flagged = counts.flagged
        outcome.quarantined = counts.quarantined
        outcome.skipped = counts.skipped
        var rows = counts.byCode
        for row in barred {
            if row.isFlagged { outcome.flagged -= 1 } else { outcome.accepted -= 1 }
            outcome.quarantined += 1
            rows[row.code, default: 0] += 1
        }
        byCode = rows.map { ($0.key.rawValue, $0.value) }.sorted { ($1.rows, $0.code) < ($0.rows, $1.code) }
        forbiddenColumns = counts.forbiddenColumns
    }

    func entry(mapping: String, actor: AuditActor, at now: Instant) -> Act {
        Act(
            .intakeCompleted, actor: actor, at: now,
            details: [
                .mapping: mapping, .read: "\(outcome.rows + outcome.skipped)", .accepted: "\(outcome.accepted)",
                .flagged: "\(outcome.flagged)", .quarantined: "\(outcome.quarantined)", .skipped: "\(outcome.skipped)",
                .dropped: "\(forbiddenColumns.count)", .unchanged: "\(outcome.unchanged)",
            ])
    }

    /// One JSON object: counts only.
    public func json(mapping: String) -> [UInt8] {
        var out = Array(#"{"mapping":"#.utf8)
        out.append(jsonString: mapping)
        for (name, count) in [
            ("read", outcome.rows + outcome.skipped), ("accepted", outcome.accepted), ("flagged", outcome.flagged),
            ("quarantined", outcome.quarantined), ("skipped", outcome.skipped), ("unchanged", outcome.unchanged),
            ("new", new),
        ] {
            out.append(text: ",\"\(name)\":\(count)")
        }
        out.append(text: #","codes":{"#)
        for (place, entry) in byCode.enumerated() {
            out.append(text: "\(place == 0 ? "" : ",")\"\(entry.code)\":\(entry.rows)")
        }
        out.append(text: "}}")
        return out
    }
}
