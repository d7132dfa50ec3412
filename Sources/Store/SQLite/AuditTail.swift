import AuditLog
import GRDB

/// The growing end of the audit log inside the writer: entries of the open transaction, and the tree's right edge.
///
/// Sendable because it is touched only on the store's one writer, by the ``WriteQueue`` that owns it.
final class AuditTail: @unchecked Sendable {
    /// Enough to undo every entry since it was taken.
    struct Mark {
        fileprivate let tree: TileAppender
        fileprivate let pending: Int
        fileprivate let count: Int
        fileprivate let marks: AuditMarks.Mark
    }

    private var tree: TileAppender
    /// Entries of this transaction, each with its length before it.
    private var pending: [UInt8] = []
    private var count = 0
    private var generator: any RandomNumberGenerator & Sendable
    private var entry: [UInt8] = []
    private var marks = AuditMarks()

    init(tree: TileAppender, generator: any RandomNumberGenerator & Sendable = BlockRandom()) {
        self.tree = tree
        self.generator = generator
    }

    /// The log's size, entries of the open transaction included.
    var size: UInt64 { tree.size }
    var root: Digest256 { tree.root }

    func random() -> UInt64 { generator.next() }

    func random16() -> [UInt8] {
        withUnsafeBytes(of: (random(), random())) { Array($0) }
    }

    func mark() -> Mark { Mark(tree: tree, pending: pending.count, count: count, marks: marks.mark()) }

    func restore(_ mark: Mark) {
        tree = mark.tree
        pending.removeLast(pending.count - mark.pending)
        count = mark.count
        marks.restore(mark.marks)
    }

    /// Begins another log, from its first entry; undone by ``restore(_:)`` like an entry.
    /// - Throws: ``StoreError`` `invalid` when the open transaction has entered something in this one.
    func beginAnew() throws {
        guard count == 0 else {
            throw StoreError(
                .invalid, "the log is being written", remedy: "stop whatever enters in it, and begin again")
        }
        tree = TileAppender()
    }

    /// - Parameter subject: a pseudonym.
    /// - Returns: the entry's sequence number.
    @discardableResult
    func append(_ act: Act, subject: Digest256?) throws -> UInt64 {
        let sequence = tree.size
        let made = AuditEntry(
            sequence: sequence, time: act.at.milliseconds, event: act.event, actor: act.actor,
            purpose: act.purpose?.rawValue, caseReference: act.caseReference, subject: subject, object: act.object,
            batch: act.batch?.description, outcome: act.outcome, evidence: act.evidence, details: act.details,
            nonce: AuditNonce(high: random(), low: random()))
        // Before it is stored: what the log could not verify later must not get in.
        try made.validate()
        entry.removeAll(keepingCapacity: true)
        made.encode(into: &entry)
        try EntryBundle.append(entry, to: &pending)
        tree.append(Digest256.leaf(entry))
        count += 1
        marks.add(made)
        return sequence
    }

    /// Writes what the open transaction appended.
    func write(to database: Database) throws {
        guard count > 0 else { return }
        let insert = try RawStatement(database, "INSERT INTO audit_entries(first, count, body) VALUES (?1, ?2, ?3)")
        insert.bind(1, Int64(tree.size) - Int64(count))
        insert.bind(2, count)
        insert.bind(3, pending)
        try insert.run()
        let put = try RawStatement(
            database,
            """
            INSERT INTO audit_tile(level, number, hashes) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET hashes = excluded.hashes
            """)
        for tile in tree.takeChangedTiles() {
            put.bind(1, tile.level)
            put.bind(2, Int64(tile.index))
            put.bind(3, tile.bytes)
            try put.run()
        }
        try marks.write(to: database)
        pending.removeAll(keepingCapacity: true)
        count = 0
    }
}
