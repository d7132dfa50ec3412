import GRDB
import Interchange

/// Where lines are kept together: a segment of ours, or the body of a batch that was received.
struct PayloadPlace: Sendable, Hashable {
    enum Source: Int, Sendable { case segment = 1, received = 2 }

    var source: Source
    var id: Int64

    init(_ source: Source, _ id: Int64) {
        self.source = source
        self.id = id
    }

    /// Where the newest line of the record lies; nil once it is erased.
    init?(_ entry: RecordEntry) {
        guard entry.payload > 0 else { return nil }
        // Only what we issued has a content hash.
        self.init(entry.content == nil ? .received : .segment, entry.payload)
    }

    var table: String { source == .segment ? "segment_body" : "received_body" }
}

/// What stands in the place of a line that was erased, so that the others keep their places. No envelope is that short.
enum ErasedLine {
    static let mark: [UInt8] = [0x2D]
}

/// The lines of one payload, opened.
struct PayloadLines {
    let place: PayloadPlace
    /// What is authenticated with the body.
    let identity: String
    /// When it was stored.
    let at: Instant
    /// By place; ``ErasedLine/mark`` for one that was erased.
    private(set) var lines: [[UInt8]]

    /// Nil when there is no such payload, or every line of it was erased.
    static func open(_ place: PayloadPlace, keys: StoreKeys, in database: Database) throws -> PayloadLines? {
        guard let found = try find(place, in: database) else { return nil }
        let text = try found.stored.open(as: found.identity, keys: keys, in: database)
        return PayloadLines(
            place: place, identity: found.identity, at: found.at,
            lines: NDJSONLines.spans(of: text).map { Array(text[$0]) })
    }

    private static func find(
        _ place: PayloadPlace, in database: Database
    ) throws -> (stored: StoredBody, identity: String, at: Instant)? {
        switch place.source {
        case .segment:
            let find = try RawStatement(
                database,
                """
                SELECT data_key, body, accepted_at FROM segment_body JOIN segment ON segment.id = segment_body.id
                WHERE segment_body.id = ?1 AND data_key IS NOT NULL
                """)
            find.bind(1, place.id)
            return try find.first { columns in
                (
                    StoredBody(key: columns.integer(0), body: columns.bytes(1)), "segment \(place.id)",
                    Instant(milliseconds: columns.integer(2))
                )
            }
        case .received:
            let find = try RawStatement(
                database,
                """
                SELECT data_key, body, received_body.sender, received_body.batch, COALESCE(received_at, 0)
                FROM received_body LEFT JOIN received ON received.sender = received_body.sender AND received.batch = received_body.batch
                WHERE id = ?1 AND data_key IS NOT NULL
                """)
            find.bind(1, place.id)
            return try find.first { columns in
                guard let from = Province(number: Int(columns.integer(2))),
                    let batch = MessageID(bytes: columns.bytes(3))
                else { return nil }
                return (
                    StoredBody(key: columns.integer(0), body: columns.bytes(1)), "received \(from) \(batch)",
                    Instant(milliseconds: columns.integer(4))
                )
            } ?? nil
        }
    }

    func isErased(_ index: Int) -> Bool { lines[index] == ErasedLine.mark }

    /// Rewrites the payload without the lines, under a new data key; the old one goes in the same transaction. A payload of
    /// which nothing is left loses its key and its body.
    mutating func erase(_ places: Set<Int>, keys: StoreKeys, at now: Instant, in database: Database) throws {
        for place in places where lines.indices.contains(place) { lines[place] = ErasedLine.mark }
        let write = try RawStatement(database, "UPDATE \(place.table) SET data_key = ?2, body = ?3 WHERE id = ?1")
        write.bind(1, place.id)
        if lines.indices.allSatisfy(isErased) {
            write.bindNull(2)
            write.bind(3, [] as [UInt8])
        } else {
            let sealed = try Sealed(Self.text(of: lines), as: identity, keys: keys)
            write.bind(2, try sealed.keep(in: database, at: now))
            write.bind(3, sealed.body)
        }
        try write.run()
    }
}

extension PayloadLines {
    /// The lines, each with a newline.
    static func text(of lines: [[UInt8]]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(lines.reduce(0) { $0 + $1.count + 1 })
        for line in lines {
            text.append(contentsOf: line)
            text.append(0x0A)
        }
        return text
    }

    /// A line that was received and had no effect is kept for as long as it could have been parked.
    static func lastDayWithoutEffect(receivedAt: Instant) -> Int32 {
        receivedAt.dayInShanghai.daysSince1970 + Int32(StoreLimits.parkedDays)
    }

    /// The last day on which the line is kept; nil of one that was erased.
    func lastDay(_ index: Int, _ head: EnvelopeHead?, in database: Database) throws -> Int32? {
        if isErased(index) { return nil }
        let until = head?.retainUntil.daysSince1970 ?? .max
        switch place.source {
        case .segment:
            return min(until, at.dayInShanghai.daysSince1970 + Int32(StoreLimits.longestRetentionDays))
        case .received:
            let hadEffect = try head.map { try isAnswered($0.id, in: database) } ?? false
            return hadEffect ? until : min(until, Self.lastDayWithoutEffect(receivedAt: at))
        }
    }

    private func isAnswered(_ id: MessageID, in database: Database) throws -> Bool {
        let find = try RawStatement(
            database,
            """
            SELECT 1 FROM answered JOIN received_body ON received_body.sender = answered.sender
            WHERE received_body.id = ?1 AND envelope = ?2
            """)
        find.bind(1, place.id)
        find.bind(2, id.bytes)
        return try find.first { _ in true } ?? false
    }
}
