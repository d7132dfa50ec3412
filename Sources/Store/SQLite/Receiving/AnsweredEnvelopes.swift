import AuditLog
import GRDB
import Interchange

/// Envelopes of one sender that had an effect, as far as one batch asks: read at once for all of its ids, which lie together
/// because they begin with their time, and written at once.
struct AnsweredEnvelopes {
    struct Answer {
        var digest: Digest256
        var outcome: Outcome.Earlier
    }

    /// More than so many between a batch's lowest and highest id are not read at once.
    private static let mostAtOnce = 4_000

    private let sender: Int
    private let order: EnvelopeOrder
    /// Whether ``held`` has all that the batch may ask for.
    private let isWhole: Bool
    private var held: [MessageID: Answer] = [:]
    /// By the envelope's place in the batch.
    private var added: [Outcome.Earlier?]

    init() { (sender, isWhole, order, added) = (0, true, EnvelopeOrder([]), []) }

    init(of batch: IncomingBatch, _ order: EnvelopeOrder, in database: Database) throws {
        sender = Int(batch.from.number)
        self.order = order
        added = Array(repeating: nil, count: batch.envelopes.count)
        guard let lowest = order.places.first, let highest = order.places.last else {
            isWhole = true
            return
        }
        let (first, last) = (batch.envelopes[lowest].id, batch.envelopes[highest].id)
        let find = try RawStatement(
            database,
            """
            SELECT envelope, digest, outcome FROM answered WHERE sender = ?1 AND envelope BETWEEN ?2 AND ?3 LIMIT ?4
            """)
        find.bind(1, sender)
        find.bind(2, first.bytes)
        find.bind(3, last.bytes)
        find.bind(4, Self.mostAtOnce + 1)
        var found: [MessageID: Answer] = [:]
        try find.forEachRow { columns in
            if let id = MessageID(bytes: columns.bytes(0)) { found[id] = Self.answer(columns, from: 1) }
        }
        isWhole = found.count <= Self.mostAtOnce
        held = found
    }

    /// How the id was answered before.
    func find(_ id: MessageID, in database: Database) throws -> Answer? {
        if !held.isEmpty, let answer = held[id] { return answer }
        guard !isWhole else { return nil }
        let find = try RawStatement(
            database, "SELECT digest, outcome FROM answered WHERE sender = ?1 AND envelope = ?2")
        find.bind(1, sender)
        find.bind(2, id.bytes)
        return try find.first { Self.answer($0, from: 0) } ?? nil
    }

    /// - Parameter place: of the envelope in the batch.
    mutating func add(_ envelope: IncomingEnvelope, at place: Int, _ outcome: Outcome.Earlier) {
        added[place] = outcome
        if order.hasTwins { held[envelope.id] = Answer(digest: envelope.digest, outcome: outcome) }
    }

    /// Writes what was added, in order of id: all of it by one statement, which stays where it is in the table.
    func write(of batch: IncomingBatch, in database: Database) throws {
        var rows: [UInt8] = []
        rows.reserveCapacity(order.places.count * Leaf.bytes)
        for place in order.places {
            guard let outcome = added[place] else { continue }
            rows.append(id: batch.envelopes[place].id, digest: batch.envelopes[place].digest)
            rows.append(outcome.final.rawValue)
        }
        guard !rows.isEmpty else { return }
        // The rows lie one after the other as leaves do: id, digest, outcome.
        let insert = try RawStatement(
            database,
            """
            WITH RECURSIVE row(start) AS (
                SELECT 1 UNION ALL SELECT start + ?3 FROM row WHERE start + ?3 < length(?2))
            INSERT INTO answered(sender, envelope, digest, outcome)
            SELECT ?1, substr(?2, start, 16), substr(?2, start + 16, 32),
                CASE substr(?2, start + 48, 1) WHEN x'01' THEN 1 ELSE 2 END
            FROM row
            """)
        insert.bind(1, sender)
        insert.bind(3, Leaf.bytes)
        try insert.run(lending: rows, to: 2)
    }

    private static func answer(_ columns: borrowing RawStatement.Columns, from column: Int32) -> Answer? {
        Digest256(columns.bytes(column)).map {
            Answer(digest: $0, outcome: columns.integer(column + 1) == 1 ? .accepted : .stale)
        }
    }
}
