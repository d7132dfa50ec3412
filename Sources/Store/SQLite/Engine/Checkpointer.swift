import Dispatch
import GRDB
import GRDBSQLite
import Synchronization

/// Carries what is in the write-ahead log into the database while the writer goes on, on a connection of its own. SQLite would
/// have the writer do it, and every verb wait.
///
/// It never lets the log begin anew by itself while commits follow each other: once the log is long the writer carries over what
/// is left, which is then little.
///
/// Sendable because it owns the handle, which is touched only on its queue; the counts of frames only on the writer.
final class Checkpointer: @unchecked Sendable {
    /// Frames of the log, of 4 KiB, that are carried over together beside the writer: of a page that is among them more than once only
    /// the last.
    static let startFrames: Int32 = 4_000
    /// Frames of the log from which it is to begin anew: then less and less is carried over beside the writer at a time.
    static let mostFrames: Int32 = 16_000
    /// Frames that the writer carries over itself, so that the log begins anew.
    static let lastFrames: Int32 = 1_000
    /// Frames of the log from which the writer does, however many are left.
    static let utmostFrames: Int32 = 32_000

    private let queue = DispatchQueue(label: "checkpoint")
    private let isBusy = Atomic<Bool>(false)
    private var handle: OpaquePointer?
    /// Frames in the log after the writer's last commit. Touched only on the writer.
    private var frames: Int32 = 0
    /// How many of them were there when they were last carried over. Touched only on the writer.
    private var carried: Int32 = 0

    /// - Parameter path: of a database that is open and in WAL mode.
    /// - Throws: `DatabaseError`.
    init(path: String) throws {
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX
        let code = sqlite3_open_v2(path, &handle, flags, GatheringLayer.checkpoints)
        guard code == SQLITE_OK, sqlite3_exec(handle, "PRAGMA synchronous = FULL", nil, nil, nil) == SQLITE_OK else {
            sqlite3_close_v2(handle)
            throw DatabaseError(resultCode: ResultCode(rawValue: code))
        }
    }

    deinit { sqlite3_close_v2(handle) }

    /// Takes the place of SQLite's own checkpoints on the writer's connection. The checkpointer must live as long as that.
    func follow(_ writer: Database) {
        sqlite3_wal_hook(
            writer.sqliteConnection,
            { context, _, _, frames in
                guard let context else { return SQLITE_OK }
                Unmanaged<Checkpointer>.fromOpaque(context).takeUnretainedValue().frames = frames
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Call it on the writer after a commit.
    func committed(_ writer: Database) {
        // It began anew.
        if frames < carried { carried = 0 }
        let isLong = frames >= Self.mostFrames
        guard frames - carried >= (isLong ? 1 : Self.startFrames) else { return }
        // Busy means that it is being done; a disk that failed is found by the next commit.
        guard isBusy.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged else {
            return
        }
        let isWritersTurn = isLong && (frames - carried <= Self.lastFrames || frames >= Self.utmostFrames)
        carried = frames
        if isWritersTurn {
            _ = sqlite3_wal_checkpoint_v2(writer.sqliteConnection, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
            isBusy.store(false, ordering: .releasing)
        } else {
            queue.async { [self] in
                carry(andSync: isLong)
                isBusy.store(false, ordering: .releasing)
            }
        }
    }

    /// - Parameter mustSync: whether the database is synced, so that when the log begins anew, for which it must be, the writer waits for
    ///   little.
    private func carry(andSync mustSync: Bool) {
        guard let handle else { return }
        _ = sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
        var file: UnsafeMutablePointer<sqlite3_file>?
        guard mustSync, sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK, let file
        else { return }
        // A disk that failed is found when the log begins anew.
        _ = file.pointee.pMethods.pointee.xSync(file, SQLITE_SYNC_NORMAL)
    }

    /// How long closing waits for what is under way.
    private static let closeSeconds = 10.0

    /// Ends what is under way and closes the connection. A checkpoint that waits for room on the disk is left to the end of the process: of what it
    /// does nothing is lost.
    func close() {
        let isClosed = DispatchSemaphore(value: 0)
        queue.async { [self] in
            sqlite3_close_v2(handle)
            handle = nil
            isClosed.signal()
        }
        _ = isClosed.wait(timeout: .now() + Self.closeSeconds)
    }
}
