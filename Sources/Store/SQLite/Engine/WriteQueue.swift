import AuditLog
import Dispatch
import GRDB
import Interchange
import Synchronization

/// Group commit: verbs that arrive while a transaction is open share it, each in a savepoint of its own, so that one that fails takes none of
/// the others with it; and transactions that were committed while the disk was busy share one fsync (``LogSync``), for which the
/// next transaction does not wait.
///
/// Whoever asks a question waits for an answer: questions come first, and where one is, or waits, no more than one bulk of records
/// is in the transaction.
final class WriteQueue: Sendable {
    /// The most verbs that share a transaction.
    static let maximumGroup = 64
    /// The most of them that carry a bulk of records: what a transaction takes is what others wait for.
    static let maximumBulk = 4

    typealias Body = (borrowing Transaction) throws -> Void

    /// How long a verb takes, and who waits for it.
    enum Urgency: Sendable {
        /// Questions.
        case question
        case ordinary
        /// A thousand records at once.
        case bulk
    }

    private struct Job: Sendable {
        let urgency: Urgency
        let perform: @Sendable (borrowing Transaction) throws -> Void
        let finish: @Sendable (StoreError?) -> Void
    }

    /// What shares a transaction, as it grows.
    private struct Group: Sendable {
        var jobs: [Job] = []
        var errors: [StoreError?] = []
        private var bulk = 0
        private var hasQuestion = false

        mutating func add(_ job: Job) {
            jobs.append(job)
            errors.append(nil)
            if job.urgency == .bulk { bulk += 1 }
            if job.urgency == .question { hasQuestion = true }
        }

        func hasRoom(for job: Job) -> Bool {
            guard jobs.count < maximumGroup else { return false }
            return job.urgency != .bulk || bulk < (hasQuestion ? 1 : maximumBulk)
        }
    }

    private struct Pending: Sendable {
        private var questions: [Job] = []
        private var others: [Job] = []
        var isDraining = false
        /// Set by the first write that the disk failed under: nothing is written after it.
        var broken: StoreError?
        /// Told of that.
        var listeners: [@Sendable (StoreError) -> Void] = []

        var isEmpty: Bool { questions.isEmpty && others.isEmpty }

        mutating func add(_ job: Job) {
            if job.urgency == .question { questions.append(job) } else { others.append(job) }
        }

        /// The next that has room in the group. Others than questions stay in the order in which they came.
        mutating func next(for group: borrowing Group) -> Job? {
            if let first = questions.first { return group.hasRoom(for: first) ? questions.removeFirst() : nil }
            return others.first.flatMap { group.hasRoom(for: $0) ? others.removeFirst() : nil }
        }
    }

    private let pool: DatabasePool
    // Safe: handed over in `init`, and touched only by `drain`, which the pool runs on its one writer and never twice at once.
    private nonisolated(unsafe) let state: WriterState
    private let checkpointer: Checkpointer
    private let log: LogSync
    private let pending = Mutex(Pending())

    /// - Parameters:
    ///   - tail, indexes, checkpointer: owned by this queue from now on; touched only on the pool's writer.
    /// - Throws: ``StoreError``, `DatabaseError`.
    init(
        pool: DatabasePool, tail: sending AuditTail, indexes: sending StoreIndexes, checkpointer: Checkpointer
    ) throws {
        self.pool = pool
        state = WriterState(tail: tail, indexes: indexes)
        self.checkpointer = checkpointer
        log = try LogSync(database: pool.path)
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
        _ urgency: Urgency = .ordinary, _ body: @escaping @Sendable (borrowing Transaction) throws -> Value
    ) async throws -> Value {
        let slot = Mutex<Value?>(nil)
        let error: StoreError? = await withCheckedContinuation { continuation in
            let job = Job(
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

    /// Runs the body in a transaction, and calls `finish` on the writer when that is durable or nothing of it is stored.
    func run(
        _ urgency: Urgency, _ body: @escaping @Sendable (borrowing Transaction) throws -> Void,
        finally finish: @escaping @Sendable (StoreError?) -> Void
    ) {
        submit(Job(urgency: urgency, perform: body, finish: finish))
    }

    private func submit(_ job: Job) {
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
            let (first, broken) = pending.withLock { state -> (Job?, StoreError?) in
                let first = state.next(for: Group())
                if first == nil { state.isDraining = false }
                return (first, state.broken)
            }
            guard let first else { return }
            if let broken { first.finish(broken) } else { commit(first, database) }
        }
    }

    /// A transaction of the job and of what has come by the time when it is done.
    private func commit(_ first: Job, _ database: Database) {
        var group = Group()
        let before = state.mark()
        do {
            try RawStatement(database, "BEGIN IMMEDIATE").run()
            var next: Job? = first
            while let job = next {
                group.add(job)
                group.errors[group.jobs.count - 1] = try attempt(job, database)
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
            if group.jobs.isEmpty { group.add(first) }
            for job in group.jobs { job.finish(failure) }
            return
        }
        log.committed { [self, group] failure in
            if let failure { refuseAll(ifBroken: failure) }
            for (job, error) in zip(group.jobs, group.errors) { job.finish(failure ?? error) }
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
    private func attempt(_ job: Job, _ database: Database) throws -> StoreError? {
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

/// What the writer holds of the store in memory: changed by the verbs of a transaction, written before its commit, and put back
/// when something fails.
///
/// Not Sendable: it belongs to the ``WriteQueue``, which touches it only on the store's one writer.
final class WriterState {
    let tail: AuditTail
    let indexes: StoreIndexes
    let counts = QuestionCounts()

    init(tail: AuditTail, indexes: StoreIndexes) {
        self.tail = tail
        self.indexes = indexes
    }

    struct Mark {
        fileprivate let tail: AuditTail.Mark
        fileprivate let indexes: StoreIndexes.Mark
        fileprivate let counts: QuestionCounts.Mark
    }

    func mark() -> Mark { Mark(tail: tail.mark(), indexes: indexes.mark(), counts: counts.mark()) }

    func restore(_ mark: Mark) {
        tail.restore(mark.tail)
        indexes.restore(mark.indexes)
        counts.restore(mark.counts)
    }

    func write(to database: Database) throws {
        try tail.write(to: database)
        try indexes.write(to: database)
        try counts.write(to: database)
    }

    func committed() {
        indexes.committed()
        counts.committed()
    }
}

/// What a verb works on: valid only while it runs.
struct Transaction: ~Copyable {
    let database: Database
    fileprivate let state: WriterState

    var tail: AuditTail { state.tail }
    var indexes: StoreIndexes { state.indexes }
    var counts: QuestionCounts { state.counts }

    /// The newest version of a fact.
    func record(_ record: RecordID) throws -> RecordEntry? { try indexes.records.value(of: record, in: database) }

    func put(_ entry: RecordEntry, as record: RecordID) { indexes.records.put(record, entry) }
}

extension StoreError {
    static let withoutResult = StoreError(
        .corrupt, "a transaction ended without a result", remedy: "report this as a defect")

    /// What an error of the engine means to the gateway.
    init(database error: any Error) {
        if let own = error as? StoreError {
            self = own
            return
        }
        if let error = error as? AuditError,
            [.fieldMissing, .fieldUnexpected, .fieldForm, .entryTooLong].contains(error.code)
        {
            self.init(
                .invalid, "the act cannot be entered in the audit log: \(error.message)",
                remedy: "report this as a defect")
            return
        }
        guard let error = error as? DatabaseError else {
            self.init(.corrupt, "the store failed: \(error)", remedy: "run `yizhan doctor`, then restore from backup")
            return
        }
        switch error.resultCode {
        case .SQLITE_FULL:
            self.init(.full, "the disk or the database's page limit is full", remedy: "make room; nothing was lost")
        case .SQLITE_IOERR, .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(
                .broken, "the disk failed under the store (\(error.extendedResultCode))",
                remedy: "check the disk, then start again: the store is verified at start")
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM:
            self.init(
                .unavailable, "the store cannot be used (\(error.extendedResultCode))",
                remedy: "check that no other gateway runs on it and that its folder is writable")
        default:
            // The engine's message names tables and constraints, never a value.
            self.init(
                .corrupt, "the store refused a statement: \(error.message ?? "\(error.extendedResultCode)")",
                remedy: "report this as a defect")
        }
    }
}
