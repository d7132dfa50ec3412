import AuditLog
import GRDB
import Interchange

/// What can be read from a store's file without writing to it: by the daemon, and by commands beside a running daemon.
public protocol SQLiteReading:
    AuditReading, AuditProving, QuarantineReading, SampleReading, ApprovalReading, KeyNoticeReading, QueueReading,
    ClosedLogReading
{
    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value
}

/// A store's file, opened to be looked at. It may be damaged: nothing is assumed of what is in it.
public final class SQLiteReader: SQLiteReading {
    private let queue: DatabaseQueue

    /// - Throws: ``StoreError`` `unavailable`.
    public init(path: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            let code = (error as? DatabaseError).map { " (SQLite's code \($0.extendedResultCode.rawValue))" } ?? ""
            throw StoreError(
                .unavailable, "the store \(path) cannot be opened\(code)",
                remedy: "check `store.path`, or run `yizhan serve` once")
        }
    }

    public func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do { return try await queue.read(body) } catch { throw StoreError(database: error) }
    }
}

extension SQLiteReading {
    public func auditSize() async throws -> UInt64 { try await read(AuditTables.size) }

    public func auditTile(level: Int, index: UInt64) async throws -> [UInt8]? {
        try await read { try AuditTables.tile($0, level: level, index: index) }
    }

    public func auditEntries(from first: UInt64, limit: Int) async throws -> [StoredEntry] {
        try await read { database in
            let rows = try RawStatement(
                database,
                """
                SELECT first, body, forms FROM audit_entries
                WHERE first >= COALESCE((SELECT MAX(first) FROM audit_entries WHERE first <= ?1), 0)
                ORDER BY first LIMIT ?2
                """)
            rows.bind(1, Int64(first))
            rows.bind(2, limit)
            var found: [StoredEntry] = []
            try rows.forEachRow { columns in
                guard found.count < limit else { return }
                var sequence = UInt64(columns.integer(0))
                for entry in AuditTables.entries(columns) {
                    if sequence >= first, found.count < limit {
                        found.append(StoredEntry(sequence: sequence, bytes: entry))
                    }
                    sequence += 1
                }
            }
            return found
        }
    }

    public func newestCheckpoint() async throws -> SignedCheckpoint? { try await read(AuditTables.checkpoint) }

    /// Verifies the whole log against its stored tiles, the store's newest checkpoint, and checkpoints kept elsewhere.
    public func verifyAudit(
        checkpoints kept: [KeptCheckpoint], keys: [NoteVerifierKey], origin: String
    ) async throws -> AuditReport {
        try await read { database in
            var checkpoints = kept
            if let own = try AuditTables.checkpoint(database) {
                checkpoints.append(KeptCheckpoint(holder: "this store", note: Array(own.note.utf8)))
            }
            let firstKept = try AuditTables.firstKept(database)
            var verifier = AuditVerifier(
                size: try AuditTables.size(database), firstKept: firstKept, checkpoints: checkpoints, keys: keys,
                origin: origin
            ) { try AuditTables.tile(database, level: $0, index: $1) }
            let rows = try RawStatement(database, "SELECT first, body, forms FROM audit_entries ORDER BY first")
            try rows.forEachRow { columns in
                var sequence = UInt64(columns.integer(0))
                for entry in AuditTables.entries(columns) {
                    try verifier.take(sequence, entry)
                    sequence += 1
                }
            }
            var report = try verifier.finish()
            // The table alone proves nothing: whoever removes entries could write it. The log must say so too.
            if firstKept > 0, try !AuditTables.announcesArchive(before: firstKept, database) {
                report.addUnannouncedArchive(before: firstKept)
            }
            return report
        }
    }
}
