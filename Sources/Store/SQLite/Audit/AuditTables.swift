import AuditLog
import GRDB
import Interchange

/// How the audit log lies in its tables.
enum AuditTables {
    /// How many entries there are, by the entries themselves.
    static func size(_ database: Database) throws -> UInt64 {
        let last = try RawStatement(database, "SELECT first + count FROM audit_entries ORDER BY first DESC LIMIT 1")
        return UInt64(try last.first { $0.integer(0) } ?? 0)
    }

    static func put(_ packed: PackedEntries, first: Int64, count: Int, in database: Database) throws {
        let insert = try RawStatement(
            database, "INSERT INTO audit_entries(first, count, body, forms) VALUES (?1, ?2, ?3, ?4)")
        insert.bind(1, first)
        insert.bind(2, count)
        insert.bind(4, packed.encodedForms)
        try insert.run(lending: packed.bytes, to: 3)
    }

    /// The entries of a row; of a damaged one as far as they go.
    /// - Parameter columns: `first`, `body`, `forms`.
    static func entries(_ columns: borrowing RawStatement.Columns) -> [[UInt8]] {
        PackedEntries.entries(columns.bytes(1), forms: columns.bytes(2), from: UInt64(columns.integer(0)))
    }

    static func tile(_ database: Database, level: Int, index: UInt64) throws -> [UInt8]? {
        let find = try RawStatement(database, "SELECT hashes FROM audit_tile WHERE level = ?1 AND number = ?2")
        find.bind(1, level)
        find.bind(2, Int64(index))
        return try find.first { $0.bytes(0) }
    }

    static func tree(_ database: Database) throws -> TileAppender {
        try TileAppender(size: size(database)) { try tile(database, level: $0, index: $1) }
    }

    /// The newest checkpoint that was signed.
    static func checkpoint(_ database: Database) throws -> SignedCheckpoint? {
        let last = try RawStatement(database, "SELECT size, root, note FROM checkpoint ORDER BY size DESC LIMIT 1")
        return try last.first { columns in
            guard let root = Digest256(columns.bytes(1)) else { return nil }
            return SignedCheckpoint(size: UInt64(columns.integer(0)), root: root, note: columns.text(2))
        } ?? nil
    }

    /// Keeps a checkpoint before it leaves. No size is ever kept with two roots.
    static func keep(_ checkpoint: SignedCheckpoint, at now: Instant, in database: Database) throws {
        let find = try RawStatement(database, "SELECT root FROM checkpoint WHERE size = ?1")
        find.bind(1, Int64(checkpoint.size))
        if let root = try find.first({ $0.bytes(0) }) {
            guard root == checkpoint.root.bytes else {
                throw StoreError(
                    .corrupt, "a checkpoint of \(checkpoint.size) entries was signed before with another root",
                    remedy: "stop the gateway and verify the audit log")
            }
            return
        }
        let insert = try RawStatement(database, "INSERT INTO checkpoint(size, root, note, at) VALUES (?1, ?2, ?3, ?4)")
        insert.bind(1, Int64(checkpoint.size))
        insert.bind(2, checkpoint.root.bytes)
        insert.bind(3, checkpoint.note)
        insert.bind(4, now.milliseconds)
        try insert.run()
    }
}

extension SQLiteStore {
    public func checkpoint(
        signedBy sign: @Sendable @escaping (_ size: UInt64, _ root: Digest256) throws -> String, at now: Instant
    ) async throws -> SignedCheckpoint {
        let signed = try await unkeptCheckpoint(signedBy: sign)
        if try await newestCheckpoint() != signed {
            try await writes.run { try AuditTables.keep(signed, at: now, in: $0.database) }
        }
        return signed
    }

    /// A checkpoint over everything that is durable, which may not leave before it is stored.
    private func unkeptCheckpoint(
        signedBy sign: @Sendable @escaping (_ size: UInt64, _ root: Digest256) throws -> String
    ) async throws -> SignedCheckpoint {
        // Sees only what is committed: the pool's readers never see an open transaction.
        let (held, size, root) = try await read { database in
            let tree = try AuditTables.tree(database)
            return (try AuditTables.checkpoint(database), tree.size, tree.root)
        }
        guard let held, held.size >= size else {
            return SignedCheckpoint(size: size, root: root, note: try sign(size, root))
        }
        guard held.size == size, held.root == root else {
            throw StoreError(
                .corrupt, "the audit log is not what the checkpoint of \(held.size) entries says",
                remedy: "stop the gateway and verify the audit log")
        }
        return held
    }
}
