/// How long a verb takes, and who waits for it.
enum WriteUrgency: Sendable {
    /// Questions.
    case question
    case ordinary
    /// A thousand records at once.
    case bulk
}

/// A verb on its way to the writer.
struct WriteJob: Sendable {
    let urgency: WriteUrgency
    let perform: @Sendable (borrowing Transaction) throws -> Void
    let finish: @Sendable (StoreError?) -> Void
}

/// What shares a transaction, as it grows.
struct WriteGroup: Sendable {
    /// The most verbs that share a transaction.
    static let maximum = 64
    /// The most of them that carry a bulk of records: what a transaction takes is what others wait for, and transactions share their
    /// fsync (``LogSync``) without sharing more.
    static let maximumBulk = 1

    private var jobs: [WriteJob] = []
    /// Why each was undone; nil of one that was not.
    private var errors: [StoreError?] = []
    private var bulk = 0

    var isEmpty: Bool { jobs.isEmpty }

    mutating func add(_ job: WriteJob) {
        jobs.append(job)
        errors.append(nil)
        if job.urgency == .bulk { bulk += 1 }
    }

    /// Why the newest was undone.
    mutating func note(_ error: StoreError?) { errors[errors.count - 1] = error }

    func hasRoom(for job: WriteJob) -> Bool {
        guard jobs.count < Self.maximum else { return false }
        return job.urgency != .bulk || bulk < Self.maximumBulk
    }

    /// Tells each how it ended.
    /// - Parameter failure: of the whole transaction.
    func finish(_ failure: StoreError?) {
        for (job, error) in zip(jobs, errors) { job.finish(failure ?? error) }
    }
}

/// Verbs that wait for the writer.
struct PendingWrites: Sendable {
    private var questions: [WriteJob] = []
    private var others: [WriteJob] = []
    var isDraining = false
    /// Set by the first write that the disk failed under: nothing is written after it.
    var broken: StoreError?
    /// Told of that.
    var listeners: [@Sendable (StoreError) -> Void] = []

    mutating func add(_ job: WriteJob) {
        if job.urgency == .question { questions.append(job) } else { others.append(job) }
    }

    /// The next that has room in the group. Others than questions stay in the order in which they came.
    mutating func next(for group: borrowing WriteGroup) -> WriteJob? {
        if let first = questions.first { return group.hasRoom(for: first) ? questions.removeFirst() : nil }
        return others.first.flatMap { group.hasRoom(for: $0) ? others.removeFirst() : nil }
    }
}
