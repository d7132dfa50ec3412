import AuditLog
import GRDB
import Interchange

/// A batch id of a sender, under which something may have come before.
struct KnownBatch: Sendable {
    let from: Province
    let batch: MessageID

    func isHeld(in database: Database) throws -> Bool {
        let find = try RawStatement(database, "SELECT 1 FROM received WHERE sender = ?1 AND batch = ?2")
        find.bind(1, Int(from.number))
        find.bind(2, batch.bytes)
        return try find.first { _ in true } ?? false
    }

    /// - Returns: nil when nothing came.
    func reception(of digest: Digest256, in database: Database) throws -> Reception? {
        let find = try RawStatement(database, "SELECT digest, receipt FROM received WHERE sender = ?1 AND batch = ?2")
        find.bind(1, Int(from.number))
        find.bind(2, batch.bytes)
        return try find.first { $0.bytes(0) == digest.bytes ? .known(receipt: $0.bytes(1)) : .reused }
    }
}
