import GRDB
import Interchange

/// The counts that bound one question, in their table. Only keyed hashes are stored: of scopes, and of numbers and of what
/// similar numbers have in common.
struct InquiryCounts {
    let limits: [InquiryLimit]
    let keys: StoreKeys
    let at: Instant

    /// How many characters at a number's end tell similar ones apart: of a citizen's number the sequence and the check character,
    /// which leaves county and birth date.
    static let tail = 4

    /// The first limit that is used up.
    func exceeded(in database: Database) throws -> InquiryLimit? {
        let find = try RawStatement(database, "SELECT count FROM question_count WHERE until = ?1 AND name = ?2")
        var exceeded: InquiryLimit?
        for limit in limits {
            find.bind(1, limit.until.milliseconds)
            find.bind(2, name(limit, "count"))
            let count = try find.first { $0.integer(0) } ?? 0
            let most = limit.counted == .similar ? 1 : Int64(limit.most)
            if exceeded == nil, count >= most { exceeded = limit }
        }
        return exceeded
    }

    /// Counts the question.
    /// - Returns: the limit on similar numbers that it goes beyond; later questions find it exceeded.
    func add(isMiss: Bool, number: [UInt8], lookup: ShortHash, in database: Database) throws -> InquiryLimit? {
        let forget = try RawStatement(database, "DELETE FROM question_count WHERE until <= ?1")
        forget.bind(1, at.milliseconds)
        try forget.run()
        var run: InquiryLimit?
        for limit in limits {
            switch limit.counted {
            case .questions: try add(1, to: name(limit, "count"), limit, in: database)
            case .misses: try add(isMiss ? 1 : 0, to: name(limit, "count"), limit, in: database)
            case .similar:
                let isRun = try countSimilar(number, lookup, limit, in: database)
                try add(isRun ? 1 : 0, to: name(limit, "count"), limit, in: database)
                if isRun { run = limit }
            }
        }
        return run
    }

    /// Counts a miss of a question that was counted before its answer was known.
    func addMiss(in database: Database) throws {
        for limit in limits where limit.counted == .misses { try add(1, to: name(limit, "count"), limit, in: database) }
    }

    /// Counts a number once among those like it.
    /// - Returns: whether there are more of them than the limit lets through.
    private func countSimilar(
        _ number: [UInt8], _ lookup: ShortHash, _ limit: InquiryLimit, in database: Database
    ) throws -> Bool {
        let seen = name(limit, "number", lookup.bytes)
        let like = name(limit, "like", Array(number.dropLast(Self.tail)))
        try add(1, to: seen, limit, in: database)
        let isNew = try count(of: seen, limit, in: database) == 1
        try add(isNew ? 1 : 0, to: like, limit, in: database)
        return try count(of: like, limit, in: database) > Int64(limit.most) && isNew
    }

    /// Whether the limit is exceeded for the first time since it began.
    func isFirstAlert(of limit: InquiryLimit, in database: Database) throws -> Bool {
        let name = name(limit, "alert")
        try add(1, to: name, limit, in: database)
        return try count(of: name, limit, in: database) == 1
    }

    private func count(of name: [UInt8], _ limit: InquiryLimit, in database: Database) throws -> Int64 {
        let find = try RawStatement(database, "SELECT count FROM question_count WHERE until = ?1 AND name = ?2")
        find.bind(1, limit.until.milliseconds)
        find.bind(2, name)
        return try find.first { $0.integer(0) } ?? 0
    }

    private func add(_ more: Int, to name: [UInt8], _ limit: InquiryLimit, in database: Database) throws {
        let add = try RawStatement(
            database,
            """
            INSERT INTO question_count(until, name, count) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET count = count + excluded.count
            """)
        add.bind(1, limit.until.milliseconds)
        add.bind(2, name)
        add.bind(3, more)
        try add.run()
    }

    private func name(_ limit: InquiryLimit, _ part: String, _ of: [UInt8] = []) -> [UInt8] {
        keys.lookupHash([0x03] + Array("\(part)\n\(limit.counted.rawValue)\n\(limit.scope)\n".utf8) + of).bytes
    }
}
