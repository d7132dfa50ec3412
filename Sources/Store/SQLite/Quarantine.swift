import GRDB
import Interchange

extension SQLiteReading {
    public func quarantined(limit: Int) async throws -> [QuarantinedRow] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT quarantine.id, run, row, mapping, reasons, at FROM quarantine JOIN run ON run.id = quarantine.run
                    ORDER BY quarantine.id LIMIT ?
                    """, arguments: [limit]
            ).map { row in
                QuarantinedRow(
                    id: row[0], run: RunID(number: row[1]), row: row[2], mapping: row[3],
                    codes: RefusedRow.Reason.codes(inStored: row[4]), at: Instant(milliseconds: row[5]))
            }
        }
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
