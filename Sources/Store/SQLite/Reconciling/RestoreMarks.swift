import GRDB
import Interchange

extension SQLiteReading {
    public func restoreMark() async throws -> RestoreMark? { try await read(RestoreMarks.find) }

    public func heldRestore() async throws -> HeldRestore? { try await read(RestoreMarks.held) }
}

extension SQLiteStore {
    public func markRestored(_ mark: RestoreMark, entries: [Act]) async throws {
        try await writes.run { transaction in
            try RestoreMarks.put(mark, in: transaction.database)
            for fact in RestoreMarks.heldFacts { try Meta.remove(fact, in: transaction.database) }
            try transaction.database.execute(
                sql: "UPDATE batch SET state = 'retryable', due_at = 0 WHERE state = 'leased'")
            for entry in entries { try transaction.tail.append(entry, subject: nil) }
        }
    }

    public func holdRestore(_ note: [UInt8]) async throws {
        try await writes.run { try RestoreMarks.hold(note, in: $0.database) }
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

    /// The note, and how many logs had been closed when it was kept. A trigger on the audit log goes by the second.
    static let heldFacts = ["restore.held", "restore.heldLogs"]

    static func hold(_ note: [UInt8], in database: Database) throws {
        try Meta.set(heldFacts[0], String(decoding: note, as: UTF8.self), in: database)
        try Meta.set(heldFacts[1], String(try closedLogs(database)), in: database)
    }

    static func held(_ database: Database) throws -> HeldRestore? {
        guard let note = try Meta.text(heldFacts[0], in: database),
            let closed = try Meta.text(heldFacts[1], in: database).flatMap({ Int64($0) })
        else { return nil }
        return HeldRestore(note: Array(note.utf8), isLogOpen: try closedLogs(database) > closed)
    }

    private static func closedLogs(_ database: Database) throws -> Int64 {
        try RawStatement(database, "SELECT COUNT(*) FROM closed_log").first { $0.integer(0) } ?? 0
    }

    static func put(_ mark: RestoreMark, in database: Database) throws {
        try Meta.set("restore.at", String(mark.at.milliseconds), in: database)
        for peer in mark.awaiting { try DemandedReconciliations.add(peer, at: mark.at, in: database) }
    }
}
