import GRDBSQLite
import Gateway

/// The store's floor: one table and one prepared statement, by SQLite's own functions, with the store's durability.
final class RawTable {
    private var database: OpaquePointer?
    private var statement: OpaquePointer?

    init(path: String) throws {
        // By its own layer over files, not the store's.
        try check(sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "unix"))
        try execute(
            """
            PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;
            PRAGMA cache_size = -65536; CREATE TABLE envelope(id BLOB PRIMARY KEY, line BLOB)
            """)
        try check(
            sqlite3_prepare_v2(database, "INSERT INTO envelope(id, line) VALUES (?1, ?2)", -1, &statement, nil))
    }

    deinit {
        sqlite3_finalize(statement)
        sqlite3_close_v2(database)
    }

    /// One transaction.
    func insert(_ envelopes: ArraySlice<MadeEnvelope>) throws {
        try execute("BEGIN IMMEDIATE")
        for envelope in envelopes { try put(envelope) }
        try execute("COMMIT")
    }

    private func put(_ envelope: MadeEnvelope) throws {
        // Bound without a copy: the bytes outlive the step.
        let code = envelope.id.withUnsafeBytes { id in
            envelope.line.withUnsafeBytes { line in
                sqlite3_bind_blob64(statement, 1, id.baseAddress, UInt64(id.count), nil)
                sqlite3_bind_blob64(statement, 2, line.baseAddress, UInt64(line.count), nil)
                return sqlite3_step(statement)
            }
        }
        sqlite3_reset(statement)
        try check(code == SQLITE_DONE ? SQLITE_OK : code)
    }

    private func execute(_ sql: String) throws { try check(sqlite3_exec(database, sql, nil, nil, nil)) }

    private func check(_ code: Int32) throws {
        guard code == SQLITE_OK else {
            throw GatewayError(
                .file, "SQLite failed: \(String(cString: sqlite3_errstr(code)))", remedy: "make room in the folder")
        }
    }
}
