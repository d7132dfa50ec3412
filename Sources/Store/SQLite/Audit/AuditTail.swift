import AuditLog
import GRDB
import Interchange

/// The growing end of the audit log inside the writer: entries of the open transaction, and the tree's right edge.
///
/// Not Sendable: it belongs to the ``WriteQueue``, which touches it only on the store's one writer.
package final class AuditTail {
    /// Enough to undo every entry since it was taken.
    struct Mark {
        fileprivate let tree: TileAppender
        fileprivate let grown: Extent
        fileprivate let pending: PackedEntries.Mark
        fileprivate let count: Int
        fileprivate let marks: AuditMarks.Mark
    }

    /// How far something has come in the entries of this transaction.
    fileprivate struct Extent {
        var entries = 0
        var bytes = 0
    }

    /// Holds the leaves of all entries as far as ``grown``; its size is therefore not the log's.
    private var tree: TileAppender
    private var grown = Extent()
    /// Entries of this transaction.
    private var pending = PackedEntries()
    private var count = 0
    /// Leaves that are computed beside the writer, and where they end; the first begin where the tree ends.
    private var underWay: [(leaves: LeavesUnderWay, end: Extent)] = []
    private var generator: any RandomNumberGenerator & Sendable
    private var entry: [UInt8] = []
    private var marks = AuditMarks()

    package init(tree: TileAppender, generator: any RandomNumberGenerator & Sendable = BlockRandom()) {
        self.tree = tree
        self.generator = generator
    }

    /// The log's size, entries of the open transaction included.
    var size: UInt64 { tree.size + UInt64(count - grown.entries) }

    /// The root of the log with the entries of the open transaction.
    func root() -> Digest256 {
        grow()
        return tree.root
    }

    func random() -> UInt64 { generator.next() }

    func randomHash() -> ShortHash { ShortHash(random: (random(), random())) }

    func mark() -> Mark {
        Mark(tree: tree, grown: grown, pending: pending.mark(), count: count, marks: marks.mark())
    }

    func restore(_ mark: Mark) {
        (tree, grown) = (mark.tree, mark.grown)
        underWay.removeAll { $0.end.entries > mark.count }
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
        let sequence = size
        var made = AuditEntry(act)
        (made.sequence, made.subject) = (sequence, subject)
        made.nonce = AuditNonce(high: random(), low: random())
        // Before it is stored: what the log could not verify later must not get in.
        try made.validate()
        entry.removeAll(keepingCapacity: true)
        made.encode(into: &entry)
        try pending.append(entry)
        appended()
        marks.add(made)
        return sequence
    }

    /// One more entry, by itself. Alone its leaf is known at once; behind others it comes with them.
    private func appended() {
        count += 1
        guard grown.entries == count - 1 else { return }
        tree.append(Digest256.leaf(entry))
        grown = extent
    }

    /// Appends an answered question, which was checked and written out before.
    /// - Parameters:
    ///   - subject: a pseudonym.
    ///   - detail: of the detail that was left open.
    /// - Returns: the entry's sequence number.
    func append(
        _ question: PreparedQuestion, subject: Digest256, outcome: String, detail: String
    ) throws -> UInt64 {
        let sequence = size
        entry.removeAll(keepingCapacity: true)
        try question.entry.append(
            sequence: sequence, subject: subject, outcome: outcome, detail: detail,
            nonce: AuditNonce(high: random(), low: random()), to: &entry)
        try pending.append(entry)
        appended()
        marks.add(subject, sequence, deferredUntil: question.deferredUntil)
        return sequence
    }

    /// Appends one of many like it.
    /// - Parameters:
    ///   - form: of an event that nothing is marked of.
    ///   - nonce: random; nil to draw it here.
    package func append(
        _ form: EntryForm, subject: Digest256 = .zero, object: Digest256, nonce: AuditNonce? = nil
    ) throws {
        let nonce = nonce ?? AuditNonce(high: random(), low: random())
        try pending.append(form, sequence: size, subject: subject, object: object, nonce: nonce)
        count += 1
    }

    /// Has the leaves of what was appended computed beside the writer, who goes on: they are needed before the commit.
    func hashAhead() {
        let from = underWay.last?.end ?? grown
        guard count - from.entries >= Self.worthHandingOver else { return }
        let leaves = LeavesUnderWay(
            of: Array(pending.bytes[from.bytes...]), forms: pending.madeWith,
            from: tree.size + UInt64(from.entries - grown.entries))
        leaves.begin()
        underWay.append((leaves, extent))
    }

    /// Entries that take longer to hash than to hand over.
    private static let worthHandingOver = 128

    private var extent: Extent { Extent(entries: count, bytes: pending.bytes.count) }

    /// Puts the leaves of all entries into the tree.
    private func grow() {
        for (leaves, end) in underWay {
            tree.append(contentsOf: leaves.finish())
            grown = end
        }
        underWay.removeAll()
        guard grown.entries < count else { return }
        tree.append(
            contentsOf: PackedEntries.leaves(
                of: pending.bytes[grown.bytes...], forms: pending.madeWith, from: tree.size))
        grown = extent
    }

    /// Writes what the open transaction appended.
    package func write(to database: Database) throws {
        guard count > 0 else { return }
        grow()
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
            try put.run(lending: tile.bytes, to: 3)
        }
        try marks.write(to: database)
        pending.removeAll()
        (count, grown) = (0, Extent())
    }
}

/// The entry of a question as far as it can be made before the question is carried out.
package struct PreparedQuestion: Sendable {
    fileprivate let entry: OpenEntry
    fileprivate let deferredUntil: Instant?

    /// - Throws: ``AuditError`` when the act cannot be entered, or is no question.
    package init(_ act: Act) throws(AuditError) {
        guard act.event.marking == .question else {
            throw AuditError(.fieldUnexpected, "An entry \(act.event.rawValue) is made by itself.")
        }
        let made = AuditEntry(act)
        entry = try OpenEntry(made, open: .facts)
        deferredUntil = made.deferredUntil
    }
}

extension AuditEntry {
    /// Without sequence, subject and nonce.
    fileprivate init(_ act: Act) {
        self.init(
            time: act.at.milliseconds, event: act.event, actor: act.actor, purpose: act.purpose?.rawValue,
            caseReference: act.caseReference, object: act.object, batch: act.batch?.description, outcome: act.outcome,
            evidence: act.evidence, details: act.details)
    }
}
