import AuditLog
import Foundation
import GRDB
import Interchange
import Synchronization

/// The store on one SQLite file, through GRDB: nothing to install, one process that writes.
public final class SQLiteStore: Store, SQLiteReading {
    let pool: DatabasePool
    let writes: WriteQueue
    let questions: QuestionQueue
    let keys: StoreKeys
    let novelty = Novelty()
    /// Of the writer's connection, and of each reader's, in KiB.
    private static let (writerCache, readerCache) = (16_384, 4_096)
    private let isClosed = Atomic(false)
    private let listeners = Mutex<[@Sendable (Set<Province>) -> Void]>([])
    private let alertListeners = Mutex<[@Sendable ([Alert]) -> Void]>([])

    /// Opens the file, or makes it, and brings its tables up to date.
    /// - Parameters:
    ///   - maximumPages: the most pages of 4,096 bytes that the file may grow to; nil for no bound but the disk.
    /// - Throws: ``StoreError``: `unavailable`, `tooNew`, `corrupt`.
    public convenience init(path: String, keys: StoreKeys, maximumPages: Int? = nil) throws {
        try self.init(path: path, keys: keys, maximumPages: maximumPages, flush: LogSync.disk)
    }

    /// - Parameter flush: waits until the file is on the disk, and returns 0 or `errno`.
    package init(
        path: String, keys: StoreKeys, maximumPages: Int? = nil,
        flush: @escaping @Sendable (_ descriptor: Int32) -> Int32
    ) throws {
        self.keys = keys
        var configuration = Configuration()
        configuration.maximumReaderCount = 4
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            // A reader begins with an empty cache after each commit of the writer.
            let cache = database.configuration.readonly ? Self.readerCache : Self.writerCache
            try database.execute(
                sql: "PRAGMA cache_size = -\(cache); PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON")
            if let maximumPages { try database.execute(sql: "PRAGMA max_page_count = \(maximumPages)") }
        }
        Self.makePrivate(path)
        guard GatheringLayer.isInstalled else {
            throw StoreError(
                .unavailable, "SQLite does not take another layer over files", remedy: "report this as a defect")
        }
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
            if try pool.read({ try Schema.migrator.hasBeenSuperseded($0) }) {
                throw StoreError(
                    .tooNew, "a later version of yizhan wrote this store", remedy: "install that version or a later one"
                )
            }
            try Self.makeDurable(pool)
            try Schema.migrator.migrate(pool)
            writes = try WriteQueue(
                pool: pool, tail: AuditTail(tree: try pool.read(AuditTables.tree)),
                indexes: try pool.read(StoreIndexes.init), checkpointer: try Checkpointer(path: path),
                log: try LogSync(database: path, flush: flush))
            questions = QuestionQueue(writes, keys: keys)
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError(database: error)
        }
    }

    /// Before SQLite opens it: the files beside it, the log among them, get the permissions that the database has then.
    private static func makePrivate(_ path: String) {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if file >= 0 { Foundation.close(file) }
        chmod(path, 0o600)
    }

    /// GRDB leaves `synchronous` at NORMAL in WAL mode, with which a power cut loses what was acknowledged.
    private static func makeDurable(_ pool: DatabasePool) throws {
        try pool.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
            guard try Int.fetchOne(database, sql: "PRAGMA synchronous") == 2,
                try String.fetchOne(database, sql: "PRAGMA journal_mode") == "wal"
            else {
                throw StoreError(
                    .unavailable, "the database would not make every commit durable",
                    remedy: "put the store on a local file system that supports WAL")
            }
        }
    }

    /// Leaves one file that is whole by itself: what is in the log beside it is carried over, unless the disk has failed. Once: a
    /// store that is closed stays so.
    public func close() async {
        guard isClosed.exchange(true, ordering: .acquiringAndReleasing) == false else { return }
        writes.end()
        if !writes.isBroken {
            _ = try? await pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        }
        try? pool.close()
    }

    public func onWork(_ notify: @Sendable @escaping (Set<Province>) -> Void) {
        listeners.withLock { $0.append(notify) }
    }

    func announce(_ peers: Set<Province>) {
        guard !peers.isEmpty else { return }
        for notify in listeners.withLock({ $0 }) { notify(peers) }
    }

    public func onAlert(_ notify: @Sendable @escaping ([Alert]) -> Void) {
        alertListeners.withLock { $0.append(notify) }
    }

    public func onBroken(_ notify: @Sendable @escaping (StoreError) -> Void) { writes.onBroken(notify) }

    func announce(_ alerts: [Alert]) {
        guard !alerts.isEmpty else { return }
        for notify in alertListeners.withLock({ $0 }) { notify(alerts) }
    }

    /// Returns when what it read is durable.
    public func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            let value = try await pool.read(body)
            try await writes.settle()
            return value
        } catch { throw StoreError(database: error) }
    }

    public func record(_ acts: [Act]) async throws {
        try await writes.run { [keys] transaction in
            let subjects = Subjects(keys: keys)
            for act in acts {
                let pseudonym = try act.subject.map { try subjects.pseudonym(of: $0, in: transaction, at: act.at) }
                try transaction.tail.append(act, subject: pseudonym)
            }
        }
    }
}
