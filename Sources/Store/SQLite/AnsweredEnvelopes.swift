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
    /// Whether ``held`` has all that the batch may ask for.
    private let isWhole: Bool
    private var held: [MessageID: Answer] = [:]
    private var added: [(id: MessageID, answer: Answer)] = []

    init() { (sender, isWhole) = (0, true) }

    init(of batch: IncomingBatch, in database: Database) throws {
        sender = Int(batch.from.number)
        let ids = batch.envelopes.lazy.map(\.id)
        guard let first = ids.min(), let last = ids.max() else {
            isWhole = true
            return
        }
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
        if let answer = held[id] { return answer }
        guard !isWhole else { return nil }
        let find = try RawStatement(
            database, "SELECT digest, outcome FROM answered WHERE sender = ?1 AND envelope = ?2")
        find.bind(1, sender)
        find.bind(2, id.bytes)
        return try find.first { Self.answer($0, from: 0) } ?? nil
    }

    mutating func add(_ envelope: IncomingEnvelope, _ outcome: Outcome.Earlier) {
        let answer = Answer(digest: envelope.digest, outcome: outcome)
        held[envelope.id] = answer
        added.append((envelope.id, answer))
    }

    /// Writes what was added, in order of id.
    func write(in database: Database) throws {
        guard !added.isEmpty else { return }
        let insert = try RawStatement(
            database, "INSERT INTO answered(sender, envelope, digest, outcome) VALUES (?1, ?2, ?3, ?4)")
        insert.bind(1, sender)
        for (id, answer) in added.sorted(by: { $0.id < $1.id }) {
            insert.bind(2, id.bytes)
            insert.bind(3, answer.digest.bytes)
            insert.bind(4, answer.outcome == .accepted ? 1 : 2)
            try insert.run()
        }
    }

    private static func answer(_ columns: borrowing RawStatement.Columns, from column: Int32) -> Answer? {
        Digest256(columns.bytes(column)).map {
            Answer(digest: $0, outcome: columns.integer(column + 1) == 1 ? .accepted : .stale)
        }
    }
}
