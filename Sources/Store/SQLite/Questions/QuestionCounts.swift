import GRDB
import Interchange

/// The counts that bound questions as the open transaction has them: read from their table when they are first asked for, changed
/// in memory, and written once a commit, so that what is durable is what was answered.
///
/// Not Sendable: it belongs to the ``WriteQueue``, which touches it only on the store's one writer.
final class QuestionCounts {
    /// The most counts that are held between commits; when there are more, all are forgotten, and read again when asked for.
    static let mostHeld = 1 << 14

    /// What is counted, and until when.
    struct Name: Hashable {
        /// Milliseconds since 1970.
        var until: Int64
        /// A keyed hash: nothing of a person or an officer.
        var of: ShortHash
    }

    /// What of a limit is counted; raw values go into the hash.
    enum Part: String {
        /// The count that is bounded.
        case count
        /// One number, and those like it.
        case number, like
        /// Whether somebody was told that it is exceeded.
        case alert
    }

    private struct Held {
        var count: Int64
        /// What the table has; 0 where it has no row.
        var stored: Int64 = 0
    }

    /// Enough to undo every change since it was taken.
    struct Mark {
        fileprivate let changes: Int
        fileprivate let now: Int64
    }

    private struct Known: Hashable {
        var counted: InquiryLimit.Counted
        var scope: String
        var part: Part
    }

    private var held: [Name: Held] = [:]
    /// The hashes of limits that were met before.
    private var hashes: [Known: ShortHash] = [:]
    /// What the open transaction changed, each as it was before.
    private var changes: [(name: Name, before: Held)] = []
    /// The newest time that a question of the open transaction was asked at; milliseconds since 1970.
    private var now = Int64.min
    /// No count ends before this; nil when it must be looked up.
    private var earliestEnd: Int64?

    func mark() -> Mark { Mark(changes: changes.count, now: now) }

    func restore(_ mark: Mark) {
        for change in changes[mark.changes...].reversed() { held[change.name] = change.before }
        changes.removeLast(changes.count - mark.changes)
        now = mark.now
        earliestEnd = nil
    }

    /// The name of a count of the limit's own.
    func name(of limit: InquiryLimit, _ part: Part, keys: StoreKeys) -> Name {
        let known = Known(counted: limit.counted, scope: limit.scope, part: part)
        if let hash = hashes[known] { return Name(until: limit.until.milliseconds, of: hash) }
        let name = Name(limit, part, keys: keys)
        hashes[known] = name.of
        return name
    }

    func count(of name: Name, in database: Database) throws -> Int64 { try value(of: name, in: database).count }

    /// - Returns: the count with what was added.
    @discardableResult
    func add(_ more: Int64, to name: Name, in database: Database) throws -> Int64 {
        var value = try value(of: name, in: database)
        guard more != 0 else { return value.count }
        changes.append((name, value))
        value.count += more
        held[name] = value
        earliestEnd = earliestEnd.map { min($0, name.until) }
        return value.count
    }

    private func value(of name: Name, in database: Database) throws -> Held {
        if let known = held[name] { return known }
        let find = try RawStatement(database, "SELECT count FROM question_count WHERE until = ?1 AND name = ?2")
        find.bind(1, name.until)
        find.bind(2, name.of.bytes)
        let stored = try find.first { $0.integer(0) } ?? 0
        let value = Held(count: stored, stored: stored)
        held[name] = value
        return value
    }

    /// Says when a question was asked: counts that ended by then are forgotten with the commit.
    func asked(at time: Instant) { now = max(now, time.milliseconds) }

    /// Writes what the open transaction changed.
    func write(to database: Database) throws {
        guard !changes.isEmpty else { return }
        let put = try RawStatement(
            database,
            """
            INSERT INTO question_count(until, name, count) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET count = excluded.count
            """)
        for (name, _) in changes {
            guard let value = held[name], value.count != value.stored else { continue }
            put.bind(1, name.until)
            put.bind(2, name.of.bytes)
            put.bind(3, value.count)
            try put.run()
            held[name] = Held(count: value.count, stored: value.count)
        }
        try forgetEnded(in: database)
    }

    private func forgetEnded(in database: Database) throws {
        guard try end(in: database) <= now else { return }
        let forget = try RawStatement(database, "DELETE FROM question_count WHERE until <= ?1")
        forget.bind(1, now)
        try forget.run()
        held = held.filter { $0.key.until > now }
        earliestEnd = nil
    }

    /// What was written is durable.
    func committed() {
        changes.removeAll(keepingCapacity: true)
        now = .min
        if held.count > Self.mostHeld { held.removeAll() }
        if hashes.count > Self.mostHeld { hashes.removeAll() }
    }

    /// The first time at which a count ends; all that changed is written by now.
    private func end(in database: Database) throws -> Int64 {
        if let earliestEnd { return earliestEnd }
        let find = try RawStatement(database, "SELECT min(until) FROM question_count")
        let end = try find.first { $0.optionalInteger(0) } ?? nil
        earliestEnd = end ?? .max
        return end ?? .max
    }
}

extension QuestionCounts.Name {
    /// - Parameter more: what is counted under the limit, for parts that there are several of.
    init(_ limit: InquiryLimit, _ part: QuestionCounts.Part, _ more: [UInt8] = [], keys: StoreKeys) {
        let hash = keys.countHash(part.rawValue, limit.counted.rawValue, limit.scope, more: more)
        self.init(until: limit.until.milliseconds, of: hash)
    }
}
