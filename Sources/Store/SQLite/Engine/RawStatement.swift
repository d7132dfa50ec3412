import AuditLog
import GRDB
import GRDBSQLite
import Interchange

/// A cached statement whose arguments are bound without boxing: the hot paths run a few hundred thousand of these a second.
struct RawStatement {
    private let handle: OpaquePointer
    private let statement: Statement

    init(_ database: Database, _ sql: String) throws {
        statement = try database.cachedStatement(sql: sql)
        handle = statement.sqliteStatement
    }

    func bind(_ position: Int32, _ value: Int64) { sqlite3_bind_int64(handle, position, value) }
    func bind(_ position: Int32, _ value: Int) { sqlite3_bind_int64(handle, position, Int64(value)) }
    func bindNull(_ position: Int32) { sqlite3_bind_null(handle, position) }

    func bind(_ position: Int32, _ bytes: [UInt8]?) {
        guard let bytes else { return bindNull(position) }
        // A zero-length blob needs a non-null pointer, else it is NULL.
        _ = bytes.withUnsafeBufferPointer {
            $0.isEmpty
                ? sqlite3_bind_zeroblob(handle, position, 0)
                : sqlite3_bind_blob64(handle, position, $0.baseAddress, UInt64($0.count), Self.transient)
        }
    }

    func bind(_ position: Int32, _ digest: Digest256) {
        withUnsafeBytes(of: digest) { bind(position, copying: $0) }
    }

    func bind(_ position: Int32, _ id: MessageID) {
        withUnsafeBytes(of: (id.high.bigEndian, id.low.bigEndian)) { bind(position, copying: $0) }
    }

    private func bind(_ position: Int32, copying bytes: UnsafeRawBufferPointer) {
        sqlite3_bind_blob64(handle, position, bytes.baseAddress, UInt64(bytes.count), Self.transient)
    }

    func bind(_ position: Int32, _ text: String) {
        var text = text
        _ = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                sqlite3_bind_text(handle, position, $0.baseAddress, Int32($0.count), Self.transient)
            }
        }
    }

    func bind(_ position: Int32, text: String?) {
        if let text { bind(position, text) } else { bindNull(position) }
    }

    /// Runs a statement that returns nothing, and makes it ready for the next arguments.
    func run() throws {
        let code = sqlite3_step(handle)
        sqlite3_reset(handle)
        guard code == SQLITE_DONE || code == SQLITE_ROW else { throw failure(code) }
    }

    /// As ``run()``, with bytes that SQLite reads where they lie: to copy what is large takes as long as to store it.
    func run(lending bytes: [UInt8], to position: Int32) throws {
        try lend(bytes, to: position) { try run() }
    }

    /// As ``run(lending:to:)``, with two.
    func run(lending first: [UInt8], to one: Int32, _ second: [UInt8], to other: Int32) throws {
        try lend(first, to: one) { try lend(second, to: other) { try run() } }
    }

    private func lend(_ bytes: [UInt8], to position: Int32, _ body: () throws -> Void) rethrows {
        try bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, !bytes.isEmpty else {
                sqlite3_bind_zeroblob(handle, position, 0)
                return try body()
            }
            sqlite3_bind_blob64(handle, position, base, UInt64(bytes.count), nil)
            // Nothing is left that points to bytes which may be gone.
            defer { sqlite3_bind_null(handle, position) }
            try body()
        }
    }

    /// Runs a query and hands each row to `body` until it returns false.
    func forEachRowWhile(_ body: (borrowing Columns) throws -> Bool) throws {
        defer { sqlite3_reset(handle) }
        while true {
            switch sqlite3_step(handle) {
            case SQLITE_ROW: guard try body(Columns(handle: handle)) else { return }
            case SQLITE_DONE: return
            case let code: throw failure(code)
            }
        }
    }

    /// Runs a query and hands each row to `body`; columns are valid only inside.
    func forEachRow(_ body: (borrowing Columns) throws -> Void) throws {
        defer { sqlite3_reset(handle) }
        while true {
            switch sqlite3_step(handle) {
            case SQLITE_ROW: try body(Columns(handle: handle))
            case SQLITE_DONE: return
            case let code: throw failure(code)
            }
        }
    }

    /// The first row, or nil.
    func first<Value>(_ body: (borrowing Columns) throws -> Value) throws -> Value? {
        defer { sqlite3_reset(handle) }
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return try body(Columns(handle: handle))
        case SQLITE_DONE: return nil
        case let code: throw failure(code)
        }
    }

    private func failure(_ code: Int32) -> DatabaseError {
        DatabaseError(resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errstr(code)))
    }

    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    /// The current row.
    struct Columns: ~Copyable {
        fileprivate let handle: OpaquePointer

        func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }
        func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }
        func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

        func bytes(_ column: Int32) -> [UInt8] {
            guard let start = sqlite3_column_blob(handle, column) else { return [] }
            return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
        }

        func optionalBytes(_ column: Int32) -> [UInt8]? { isNull(column) ? nil : bytes(column) }

        func text(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }
        func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }
    }
}
