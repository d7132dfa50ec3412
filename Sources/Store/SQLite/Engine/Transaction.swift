import GRDB
import Interchange

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
    private let state: WriterState

    init(database: Database, state: WriterState) { (self.database, self.state) = (database, state) }

    var tail: AuditTail { state.tail }
    var indexes: StoreIndexes { state.indexes }
    var counts: QuestionCounts { state.counts }

    /// The newest version of a fact.
    func record(_ record: RecordID) throws -> RecordEntry? { try indexes.records.value(of: record, in: database) }

    func put(_ entry: RecordEntry, as record: RecordID) { indexes.records.put(record, entry) }
}
