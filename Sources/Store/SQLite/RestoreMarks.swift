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
        try await writes.run { transaction in
            guard var mark = try RestoreMarks.find(transaction.database) else { return }
            mark.awaiting.remove(peer)
            try RestoreMarks.put(mark, in: transaction.database)
        }
        announce([peer])
    }

    /// Nothing is sent to a peer before the two have been reconciled after a restore.
    func mayGoOut(to peer: Province) async throws -> Bool {
        try await restoreMark()?.awaiting.contains(peer) != true
    }
}

/// The mark as it lies among the facts of the store.
enum RestoreMarks {
    static func find(_ database: Database) throws -> RestoreMark? {
        guard let at = try Meta.text("restore.at", in: database).flatMap({ Int64($0) }) else { return nil }
        let awaiting = try Meta.text("restore.awaiting", in: database) ?? ""
        return RestoreMark(
            at: Instant(milliseconds: at), awaiting: Set(awaiting.split(separator: " ").compactMap { Province($0) }))
    }

    static func put(_ mark: RestoreMark, in database: Database) throws {
        try Meta.set("restore.at", String(mark.at.milliseconds), in: database)
        let awaiting = mark.awaiting.sorted().map(\.description).joined(separator: " ")
        try Meta.set("restore.awaiting", awaiting, in: database)
    }
}
