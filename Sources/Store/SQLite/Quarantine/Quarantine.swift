import AuditLog
import GRDB
import Interchange

extension SQLiteReading {
    public func quarantined(_ filter: QuarantineFilter, limit: Int) async throws -> [QuarantinedRow] {
        try await read { database in
            var found: [QuarantinedRow] = []
            try RawStatement(
                database,
                """
                SELECT quarantine.id, run, row, mapping, reasons, at FROM quarantine JOIN run ON run.id = quarantine.run
                WHERE state = 'open' AND quarantine.id > ?1 AND (?2 IS NULL OR mapping = ?2) AND (?3 IS NULL OR run = ?3)
                ORDER BY quarantine.id
                """
            ).forEachRow(filter: filter) { columns in
                let codes = RefusedRow.Reason.codes(inStored: columns.text(4))
                guard filter.code.map({ codes.contains($0.rawValue) }) ?? true else { return true }
                guard found.count < limit else { return false }
                found.append(
                    QuarantinedRow(
                        id: columns.integer(0), run: RunID(number: columns.integer(1)), row: Int(columns.integer(2)),
                        mapping: columns.text(3), codes: codes, at: Instant(milliseconds: columns.integer(5))))
                return found.count < limit
            }
            return found
        }
    }

    public func quarantineGroups() async throws -> [QuarantineGroup] {
        try await read { database in
            var groups: [String: QuarantineGroup] = [:]
            try RawStatement(
                database,
                """
                SELECT mapping, reasons, at FROM quarantine JOIN run ON run.id = quarantine.run WHERE state = 'open'
                """
            ).forEachRow { columns in
                let (mapping, at) = (columns.text(0), Instant(milliseconds: columns.integer(2)))
                for code in Set(RefusedRow.Reason.codes(inStored: columns.text(1))) {
                    var group =
                        groups["\(code) \(mapping)"]
                        ?? QuarantineGroup(code: code, mapping: mapping, rows: 0, oldest: at, newest: at)
                    group.rows += 1
                    group.oldest = min(group.oldest, at)
                    group.newest = max(group.newest, at)
                    groups["\(code) \(mapping)"] = group
                }
            }
            return groups.values.sorted { ($1.rows, $0.code, $0.mapping) < ($0.rows, $1.code, $1.mapping) }
        }
    }

    public func runAccounts(limit: Int) async throws -> [RunAccount] {
        try await read { database in
            let find = try RawStatement(
                database,
                """
                SELECT id, mapping, started_at, ended_at, rows, accepted, flagged, quarantined, skipped, unchanged,
                    (SELECT COUNT(*) FROM quarantine WHERE run = run.id AND state = 'open'),
                    (SELECT COUNT(*) FROM quarantine WHERE run = run.id AND state = 'passed'),
                    (SELECT COUNT(*) FROM quarantine WHERE run = run.id AND state = 'discarded')
                FROM run ORDER BY id DESC LIMIT ?1
                """)
            find.bind(1, limit)
            var found: [RunAccount] = []
            try find.forEachRow { found.append(RunAccount($0)) }
            return found
        }
    }
}

extension RawStatement {
    /// Binds the filter; rows come until `body` returns false.
    fileprivate func forEachRow(filter: QuarantineFilter, _ body: (borrowing Columns) throws -> Bool) throws {
        bind(1, filter.after)
        if let mapping = filter.mapping { bind(2, mapping) } else { bindNull(2) }
        if let run = filter.run { bind(3, run.number) } else { bindNull(3) }
        try forEachRowWhile(body)
    }
}

extension RunAccount {
    fileprivate init(_ columns: borrowing RawStatement.Columns) {
        run = RunID(number: columns.integer(0))
        mapping = columns.text(1)
        startedAt = Instant(milliseconds: columns.integer(2))
        (open, passed, discarded) = (
            Int(columns.integer(10)), Int(columns.integer(11)), Int(columns.integer(12))
        )
        outcome = nil
        guard !columns.isNull(3) else { return }
        var closed = RunOutcome()
        closed.rows = Int(columns.integer(4))
        closed.accepted = Int(columns.integer(5))
        closed.flagged = Int(columns.integer(6))
        closed.quarantined = Int(columns.integer(7))
        closed.skipped = Int(columns.integer(8))
        closed.unchanged = Int(columns.integer(9))
        outcome = closed
    }
}

extension SQLiteReading {
    /// How many facts of the sender are held, each in its newest version.
    public func recordsHeld(from sender: Province) async throws -> Int {
        try await read { database in
            try Int.fetchOne(
                database, sql: "SELECT records FROM held WHERE sender = ?", arguments: [Int(sender.number)]) ?? 0
        }
    }
}
