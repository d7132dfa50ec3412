import Dispatch
import GRDB
import Synchronization

/// Group commit: verbs that arrive while a transaction is open share it, each in a savepoint of its own, so that one that fails takes none of
/// the others with it; and transactions that were committed while the disk was busy share one fsync (``LogSync``), for which the
/// next transaction does not wait.
///
/// Whoever asks a question waits for an answer: questions come first. No more than one bulk of records is in a transaction: those who
/// brought several would wait for the last, and come back with the next all at once, while the writer has nothing to do.
final class WriteQueue: Sendable {
    private let pool: DatabasePool
    // Safe: handed over in `init`, and touched only by `drain`, which the pool runs on its one writer and never twice at once.
    private nonisolated(unsafe) let state: WriterState
    private let checkpointer: Checkpointer
    private let log: LogSync
    private let pending = Mutex(PendingWrites())

    /// - Parameters:
    ///   - tail, indexes, checkpointer: owned by this queue from now on; touched only on the pool's writer.
    ///   - log: the one beside the pool's database.
    /// - Throws: `DatabaseError`.
    init(
        pool: DatabasePool, tail: sending AuditTail, indexes: sending StoreIndexes, checkpointer: Checkpointer,
        log: LogSync
    ) throws {
        self.pool = pool
        state = WriterState(tail: tail, indexes: indexes)
        self.checkpointer = checkpointer
        self.log = log
        try pool.writeWithoutTransaction { database in
            checkpointer.follow(database)
            // From now on the log is synced by ``LogSync``.
            try database.execute(sql: "PRAGMA synchronous = NORMAL")
        }
    }

    /// Ends the work beside the writer, before the pool closes.
    func end() {
        log.drain()
        checkpointer.close()
    }

    /// As ``LogSync/settle()``. Where nobody but readers waited for the disk, they are the first to know that it failed.
    func settle() async throws {
        do { try await log.settle() } catch let failure as StoreError {
            refuseAll(ifBroken: failure)
            throw failure
        }
    }

    /// Runs the body in a transaction and returns when that is durable.
    /// - Throws: ``StoreError``: the body's own, or what the commit failed with. Nothing of the body is then stored.
    func run<Value: Sendable>(
        _ urgency: WriteUrgency = .ordinary, _ body: @escaping @Sendable (borrowing Transaction) throws -> Value
    ) async throws -> Value {
        let slot = Mutex<Value?>(nil)
        let error: StoreError? = await withCheckedContinuation { continuation in
            let job = WriteJob(
                urgency: urgency,
                perform: { transaction in
                    let value = try body(transaction)
                    slot.withLock { $0 = value }
                },
                finish: { continuation.resume(returning: $0) })
            submit(job)
        }
        if let error { throw error }
        guard let value = slot.withLock({ $0 }) else { throw StoreError.withoutResult }
        return value
    }

    /// Whether the disk failed under a write.
    var isBroken: Bool { pending.withLock { $0.broken != nil } }

    /// Runs the body in a transaction, and calls `finish` when that is durable or nothing of it is stored: on the thread of the log or of the writer, so that
    /// it must not block.
    func run(
        _ urgency: WriteUrgency, _ body: @escaping @Sendable (borrowing Transaction) throws -> Void,
        finally finish: @escaping @Sendable (StoreError?) -> Void
    ) {
        submit(WriteJob(urgency: urgency, perform: body, finish: finish))
    }

    private func submit(_ job: WriteJob) {
        let (refusal, mustStart) = pending.withLock { state -> (StoreError?, Bool) in
            if let broken = state.broken { return (broken, false) }
            state.add(job)
            defer { state.isDraining = true }
            return (nil, !state.isDraining)
        }
        if let refusal { return job.finish(refusal) }
        if mustStart { pool.asyncWriteWithoutTransaction { self.drain($0) } }
    }

    private func drain(_ database: Database) {
        while true {
            let (first, broken) = pending.withLock { state -> (WriteJob?, StoreError?) in
                let first = state.next(for: WriteGroup())
                if first == nil { state.isDraining = false }
                return (first, state.broken)
            }
            guard let first else { return }
            if let broken { first.finish(broken) } else { commit(first, database) }
        }
    }

    /// A transaction of the job and of what has come by the time when it is done.
    private func commit(_ first: WriteJob, _ database: Database) {
        var group = WriteGroup()
        let before = state.mark()
        do {
            try RawStatement(database, "BEGIN IMMEDIATE").run()
            var next: WriteJob? = first
            while let job = next {
                group.add(job)
                group.note(try attempt(job, database))
                next = pending.withLock { $0.next(for: group) }
            }
            try state.write(to: database)
            log.willCommit()
            try RawStatement(database, "COMMIT").run()
            state.committed()
        } catch {
            log.didNotCommit()
            try? database.execute(sql: "ROLLBACK")
            state.restore(before)
            let failure = StoreError(database: error)
            refuseAll(ifBroken: failure)
            if group.isEmpty { group.add(first) }
            return group.finish(failure)
        }
        log.committed { [self, group] failure in
            if let failure { refuseAll(ifBroken: failure) }
            group.finish(failure)
        }
        checkpointer.committed(database)
        if state.indexes.needsUpkeep { maintain(database) }
    }

    /// One step of the indexes' upkeep, in a transaction of its own. What cannot be done now is tried again after the next.
    ///
    /// Nobody waits until it is durable: what a power cut takes of it is done again, and what is made durable after it makes it durable,
    /// too.
    private func maintain(_ database: Database) {
        let before = state.indexes.mark()
        do {
            try database.execute(sql: "BEGIN IMMEDIATE")
            try state.indexes.maintain(in: database)
            try database.execute(sql: "COMMIT")
            state.indexes.committed()
        } catch {
            try? database.execute(sql: "ROLLBACK")
            state.indexes.restore(before)
            refuseAll(ifBroken: StoreError(database: error))
        }
    }

    private func refuseAll(ifBroken failure: StoreError) {
        guard failure.code == .broken else { return }
        let listeners = pending.withLock { state in
            defer { state.listeners = [] }
            state.broken = state.broken ?? failure
            return state.listeners
        }
        for notify in listeners { notify(failure) }
    }

    /// Calls once when the disk has failed, or at once when it has failed already.
    func onBroken(_ notify: @Sendable @escaping (StoreError) -> Void) {
        let broken = pending.withLock { state in
            if state.broken == nil { state.listeners.append(notify) }
            return state.broken
        }
        if let broken { notify(broken) }
    }

    /// - Returns: the job's own failure, undone.
    /// - Throws: what dooms the whole group.
    private func attempt(_ job: WriteJob, _ database: Database) throws -> StoreError? {
        let before = state.mark()
        try RawStatement(database, "SAVEPOINT verb").run()
        do {
            try job.perform(Transaction(database: database, state: state))
            try RawStatement(database, "RELEASE verb").run()
            return nil
        } catch {
            let failure = StoreError(database: error)
            guard failure.code != .broken, failure.code != .full else { throw failure }
            try RawStatement(database, "ROLLBACK TO verb").run()
            try RawStatement(database, "RELEASE verb").run()
            state.restore(before)
            return failure
        }
    }
}
