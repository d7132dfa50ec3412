import AuditLog
import GRDB
import Interchange

extension SQLiteStore {
    public func accessLog(
        of subject: [UInt8], limit: Int, by actor: AuditActor, at now: Instant
    ) async throws -> AccessLog {
        try await writes.run { [keys] transaction in
            let subjects = Subjects(keys: keys)
            let pseudonym = try subjects.pseudonym(of: subject, in: transaction, at: now)
            var told = AccessHistory(at: now, limit: limit)
            try told.read(pseudonym, transaction.database)
            let entry = try transaction.tail.append(
                Act(
                    .accessAnswered, actor: actor, at: now, details: [.entries: "\(told.inquiries.count)"]),
                subject: pseudonym)
            return AccessLog(inquiries: told.inquiries, deferred: told.deferred, entry: entry)
        }
    }

    public func pseudonym(of subject: [UInt8], at now: Instant) async throws -> Digest256 {
        try await writes.run { [keys] transaction in
            let subjects = Subjects(keys: keys)
            return try subjects.pseudonym(of: subject, in: transaction, at: now)
        }
    }

    /// A question that went elsewhere has an entry before it and one after: both say that it is deferred, and it counts once.
    public func deferredInquiries(at now: Instant) async throws -> Int {
        try await read { database in
            let rows = try RawStatement(
                database,
                """
                SELECT NULL, sequence FROM audit_deferred WHERE until > ?1
                UNION ALL SELECT log, sequence FROM closed_deferred WHERE until > ?1
                """)
            rows.bind(1, now.milliseconds)
            var places: [(log: Int64?, sequence: UInt64)] = []
            try rows.forEachRow { places.append(($0.optionalInteger(0), UInt64($0.integer(1)))) }
            var queries: Set<String> = []
            var others = 0
            for (log, sequence) in places {
                let bytes = try AuditTables.entry(database, sequence, ofClosed: log)
                let query = try bytes.map { try AuditEntry(decoding: $0).details[.queryId] } ?? nil
                if let query { queries.insert(query) } else { others += 1 }
            }
            return queries.count + others
        }
    }
}

/// The inquiries about one person, and looks at what is kept of them, that the person may know of.
private struct AccessHistory {
    let now: Instant
    let limit: Int
    var inquiries: [AuditEntry] = []
    var deferred = 0
    /// Of inquiries that were met: a forwarded question has an entry before it and one after.
    private var queries: Set<String> = []

    init(at now: Instant, limit: Int) { (self.now, self.limit) = (now, limit) }

    mutating func read(_ pseudonym: Digest256, _ database: Database) throws {
        // Logs that were closed come after the one that grows, the last closed first.
        let rows = try RawStatement(
            database,
            """
            SELECT 0 AS age, NULL AS log, sequence FROM audit_asked WHERE subject = ?1
            UNION ALL SELECT 1, log, sequence FROM closed_asked WHERE subject = ?1
            ORDER BY age, log DESC, sequence DESC
            """)
        rows.bind(1, pseudonym.bytes)
        var places: [(log: Int64?, sequence: UInt64)] = []
        try rows.forEachRow { places.append(($0.optionalInteger(1), UInt64($0.integer(2)))) }
        for (log, sequence) in places where inquiries.count < limit {
            guard let bytes = try AuditTables.entry(database, sequence, ofClosed: log),
                let entry = try? AuditEntry(decoding: bytes), entry.subject == pseudonym
            else { continue }
            take(entry)
        }
    }

    private mutating func take(_ entry: AuditEntry) {
        let query = entry.details[.queryId]
        let isHidden = entry.deferredUntil.map { $0 > now } ?? false
        switch entry.event {
        case .questionForwarded, .questionAnswered, .questionRefused, .questionReported:
            if let query, !queries.insert(query).inserted { return }
            if isHidden { deferred += 1 } else { inquiries.append(entry) }
        case .quarantineViewed: inquiries.append(entry)
        default: break
        }
    }
}
