import GRDBSQLite
import Store
import Synchronization

/// SQLite's own layer over files, which counts writes and fails those that it is told to; and the store's layers over it.
enum FaultyLayer {
    static let logs = "faulty-logs"
    static let databases = "faulty-databases"
    /// SQLite's own, which gathers nothing.
    static let plain = "unix"

    private struct State {
        var writes = 0
        /// How many more writes succeed before one fails.
        var untilFailure: Int?
    }

    private static let state = Mutex(State())

    static var writes: Int { state.withLock { $0.writes } }

    /// Lets so many writes pass and fails the next one, as a disk that is full does.
    static func fail(after writes: Int) { state.withLock { $0.untilFailure = writes } }

    /// Whether the failure that was asked for has come.
    static var hasFailed: Bool { state.withLock { $0.untilFailure == nil } }

    private nonisolated(unsafe) static var system: UnsafeMutablePointer<sqlite3_vfs>?

    static let isInstalled: Bool = {
        guard let unix = sqlite3_vfs_find(plain) else { return false }
        system = unix
        let layer = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        layer.initialize(to: unix.pointee)
        layer.pointee.xOpen = { _, path, file, flags, outFlags in
            guard let system = FaultyLayer.system, let file else { return SQLITE_MISUSE }
            let code = system.pointee.xOpen(system, path, file, flags, outFlags)
            if let methods = file.pointee.pMethods { file.pointee.pMethods = FaultyLayer.faulty(methods) }
            return code
        }
        return GatheringLayer.add(logs, gathering: .logs, over: layer)
            && GatheringLayer.add(databases, gathering: .databases, over: layer)
    }()

    private static func faulty(_ methods: UnsafePointer<sqlite3_io_methods>) -> UnsafePointer<sqlite3_io_methods> {
        let copy = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        copy.initialize(to: methods.pointee)
        write.withLock { $0 = methods.pointee.xWrite }
        copy.pointee.xWrite = { file, data, count, offset in
            guard FaultyLayer.passes, let write = FaultyLayer.write.withLock({ $0 }) else { return SQLITE_FULL }
            return write(file, data, count, offset)
        }
        return UnsafePointer(copy)
    }

    /// What writes in SQLite's own layer: the same for all files.
    private static let write = Mutex<
        (@convention(c) (UnsafeMutablePointer<sqlite3_file>?, UnsafeRawPointer?, Int32, Int64) -> Int32)?
    >(nil)

    private static var passes: Bool {
        state.withLock { state in
            state.writes += 1
            guard let left = state.untilFailure else { return true }
            state.untilFailure = left > 0 ? left - 1 : nil
            return left > 0
        }
    }
}

/// A connection of SQLite's own interface.
final class BareConnection {
    private var handle: OpaquePointer?

    /// - Parameter layer: by its name.
    init?(_ path: String, layer: String) {
        guard sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, layer) == SQLITE_OK else {
            return nil
        }
    }

    deinit { sqlite3_close_v2(handle) }

    /// - Returns: SQLite's code.
    @discardableResult
    func run(_ sql: String) -> Int32 { sqlite3_exec(handle, sql, nil, nil, nil) }

    /// The first column of the first row.
    func text(_ sql: String) -> String? {
        var statement: OpaquePointer?
        defer { sqlite3_finalize(statement) }
        guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK,
            sqlite3_step(statement) == SQLITE_ROW
        else { return nil }
        return sqlite3_column_text(statement, 0).map { String(cString: $0) }
    }

    /// - Returns: SQLite's code.
    func checkpoint() -> Int32 {
        sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
    }
}
