import AuditLog
import GRDB

/// The growing end of the audit log inside the writer: entries of the open transaction, and the tree's right edge.
///
/// Not Sendable: it belongs to the ``WriteQueue``, which touches it only on the store's one writer.
package final class AuditTail {
    /// Enough to undo every entry since it was taken.
    struct Mark {
        fileprivate let tree: TileAppender
        fileprivate let pending: PackedEntries.Mark
        fileprivate let count: Int
        fileprivate let marks: AuditMarks.Mark
    }

    private var tree: TileAppender
    /// Entries of this transaction.
    private var pending = PackedEntries()
    private var count = 0
    private var generator: any RandomNumberGenerator & Sendable
    private var entry: [UInt8] = []
    private var marks = AuditMarks()

    package init(tree: TileAppender, generator: any RandomNumberGenerator & Sendable = BlockRandom()) {
        self.tree = tree
        self.generator = generator
    }

    /// The log's size, entries of the open transaction included.
    var size: UInt64 { tree.size }
    var root: Digest256 { tree.root }

    func random() -> UInt64 { generator.next() }

    func randomHash() -> ShortHash { ShortHash(random: (random(), random())) }

    func mark() -> Mark { Mark(tree: tree, pending: pending.mark(), count: count, marks: marks.mark()) }

    func restore(_ mark: Mark) {
        tree = mark.tree
        pending.restore(mark.pending)
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
    package func append(_ act: Act, subject: Digest256?) throws -> UInt64 {
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
        try pending.append(entry)
        appendLeaf()
        marks.add(made)
        return sequence
    }

    /// Appends one of many like it.
    /// - Parameter form: of an event that nothing is marked of.
    package func append(_ form: EntryForm, subject: Digest256 = .zero, object: Digest256) throws {
        let nonce = AuditNonce(high: random(), low: random())
        entry.removeAll(keepingCapacity: true)
        form.append(sequence: tree.size, subject: subject, object: object, nonce: nonce, to: &entry)
        try pending.append(form, subject: subject, object: object, nonce: nonce, as: entry)
        appendLeaf()
    }

    private func appendLeaf() {
        tree.append(Digest256.leaf(entry))
        count += 1
    }

    /// Writes what the open transaction appended.
    package func write(to database: Database) throws {
        guard count > 0 else { return }
        try AuditTables.put(pending, first: Int64(tree.size) - Int64(count), count: count, in: database)
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
        pending.removeAll()
        count = 0
    }
}
