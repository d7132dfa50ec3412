import Dispatch
import Foundation
import Synchronization

/// Waits for the disk beside the writer, which goes on meanwhile: whoever committed is told when what was committed is durable.
///
/// SQLite with `synchronous=FULL` waits for the disk within each commit, and every verb behind it waits, too. Here a commit only writes
/// to the log beside the database (`synchronous=NORMAL`), and this syncs the log once for all that came since it last did. The log is
/// written in order, and the checksum of each frame covers what is before it, so that after a power cut a commit is there only if all
/// before it are (SQLite, "Database File Format", section 4.2), and none that was acknowledged is missing.
final class LogSync: Sendable {
    typealias Finish = @Sendable (StoreError?) -> Void
    /// Makes what was written to a file durable.
    /// - Returns: 0, or `errno`.
    typealias Flush = @Sendable (_ descriptor: Int32) -> Int32

    static let disk: Flush = { descriptor in
        while fdatasync(descriptor) != 0 { if errno != EINTR { return errno } }
        return 0
    }

    private struct State: Sendable {
        /// Called when what was committed before they came is durable.
        var waiting: [Finish] = []
        /// Whether the log is being synced, or is about to be.
        var isBusy = false
        /// Whether the writer is in a commit: others may see it before it is said.
        var isCommitting = false
        var failure: StoreError?

        /// - Returns: whether syncing must be started.
        mutating func wait(_ finish: @escaping Finish) -> Bool {
            waiting.append(finish)
            defer { isBusy = true }
            return !isBusy
        }
    }

    private let descriptor: Int32
    private let flush: Flush
    private let queue = DispatchQueue(label: "log sync", qos: .userInitiated)
    private let state = Mutex(State())

    /// - Parameter path: of a database that is open and in WAL mode, so that its log is there.
    /// - Throws: ``StoreError`` `unavailable`.
    init(database path: String, flush: @escaping Flush) throws {
        self.flush = flush
        descriptor = open(path + "-wal", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw StoreError(
                .unavailable, "the log beside the database cannot be opened",
                remedy: "put the store on a local file system that supports WAL")
        }
    }

    deinit { close(descriptor) }

    /// Call it on the writer before a commit.
    func willCommit() { state.withLock { $0.isCommitting = true } }

    /// Call it on the writer when a commit failed.
    func didNotCommit() { state.withLock { $0.isCommitting = false } }

    /// Call it on the writer after a commit.
    /// - Parameter finish: told on another thread, in the order of the calls; with `broken` when the disk failed, after which nothing is
    ///   made durable any more.
    func committed(_ finish: @escaping Finish) {
        let mustStart = state.withLock { state in
            state.isCommitting = false
            return state.wait(finish)
        }
        if mustStart { queue.async { self.sync() } }
    }

    /// Waits until all that can be read now is durable: what is told to others must not be lost after it.
    /// - Throws: ``StoreError`` `broken`.
    func settle() async throws {
        let failure = await withCheckedContinuation { (continuation: CheckedContinuation<StoreError?, Never>) in
            let (isDurable, mustStart, known) = state.withLock { state in
                guard state.failure == nil, state.isBusy || state.isCommitting else {
                    return (true, false, state.failure)
                }
                return (false, state.wait { continuation.resume(returning: $0) }, nil)
            }
            if isDurable { continuation.resume(returning: known) }
            if mustStart { queue.async { self.sync() } }
        }
        if let failure { throw failure }
    }

    /// Waits for what is under way.
    func drain() { queue.sync {} }

    private func sync() {
        while true {
            let (waiting, known) = state.withLock { state in
                let waiting = state.waiting
                state.waiting = []
                if waiting.isEmpty { state.isBusy = false }
                return (waiting, state.failure)
            }
            if waiting.isEmpty { return }
            let failure = known ?? syncLog()
            if let failure { state.withLock { $0.failure = failure } }
            for finish in waiting { finish(failure) }
        }
    }

    private func syncLog() -> StoreError? {
        let code = flush(descriptor)
        // Not again: a second try would find nothing to write and say that all is well.
        return code == 0
            ? nil
            : StoreError(
                .broken, "the disk failed under the store (errno \(code))",
                remedy: "check the disk, then start again: the store is verified at start")
    }
}
