import AuditLog
import Foundation
import GRDB

extension SQLiteStore {
    public func copy(to path: String) async throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        // Made first, so that nobody else can read it at any moment: SQLite takes an empty file.
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
            throw StoreError(.unavailable, "\(path) cannot be written", remedy: "check the folder's owner and mode")
        }
        do {
            // A connection of its own: the pool's readers go on answering.
            let source = try DatabaseQueue(path: pool.path, configuration: configuration)
            try await source.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [path]) }
            try source.close()
            try await writes.settle()
            try Self.sync(path)
        } catch {
            try? FileManager.default.removeItem(atPath: path)
            throw StoreError(database: error)
        }
    }

    private static func sync(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        defer { if descriptor >= 0 { Foundation.close(descriptor) } }
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            throw StoreError(.unavailable, "the copy could not be made durable", remedy: "check the disk")
        }
    }
}

extension SQLiteReading {
    /// What SQLite's own check finds wrong with the file, at most ten findings; empty for a sound one.
    public func integrityFindings() async throws -> [String] {
        try await read { database in
            try String.fetchAll(database, sql: "PRAGMA integrity_check(10)").filter { $0 != "ok" }
        }
    }

    public func account() async throws -> StoreAccount {
        try await read { database in
            let tree = try AuditTables.tree(database)
            return StoreAccount(
                auditSize: tree.size, auditRoot: tree.root, checkpoint: try AuditTables.checkpoint(database),
                wrappingKeys: try Int64.fetchAll(
                    database,
                    sql: """
                        SELECT DISTINCT wrapping_key_id FROM data_key WHERE wrapping_key_id > 0
                        ORDER BY wrapping_key_id DESC
                        """))
        }
    }
}
