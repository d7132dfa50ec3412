import GRDB
import Interchange

extension SQLiteReading {
    public func restoreMark() async throws -> RestoreMark? { try await read(RestoreMarks.find) }
}

extension SQLiteStore {
    public func markRestored(_ mark: RestoreMark, entry: Act) async throws {
        try await writes.run { transaction in
            try RestoreMarks.put(mark, in: transaction.database)
            try transaction.database.execute(
                sql: "UPDATE batch SET state = 'retryable', due_at = 0 WHERE state = 'leased'")
            try transaction.tail.append(entry, subject: nil)
        }
    }

    public func clearRestoreMark(of peer: Province) async throws {
        try await writes.run { try DemandedReconciliations.remove(peer, in: $0.database) }
        announce([peer])
    }
}

/// The mark as it lies among the facts of the store. The peers that it awaits are those with whom a reconciliation is demanded:
/// its statement ends both.
enum RestoreMarks {
    static func find(_ database: Database) throws -> RestoreMark? {
        guard let at = try Meta.text("restore.at", in: database).flatMap({ Int64($0) }) else { return nil }
        return RestoreMark(
            at: Instant(milliseconds: at), awaiting: try DemandedReconciliations.all(in: database))
    }

    static func put(_ mark: RestoreMark, in database: Database) throws {
        try Meta.set("restore.at", String(mark.at.milliseconds), in: database)
        for peer in mark.awaiting { try DemandedReconciliations.add(peer, at: mark.at, in: database) }
    }
}
