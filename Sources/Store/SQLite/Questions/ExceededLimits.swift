import AuditLog
import GRDB
import Interchange

extension SQLiteReading {
    /// Limits that are used up at this time, the newest first; of the newest thousand that were.
    public func exceededLimits(at now: Instant) async throws -> [ExceededLimit] {
        try await read { database in
            let marks = try RawStatement(
                database,
                "SELECT sequence FROM audit_administrative WHERE event = ?1 ORDER BY sequence DESC LIMIT 1000")
            marks.bind(1, AuditEvent.questionLimitExceeded.rawValue)
            var sequences: [UInt64] = []
            try marks.forEachRow { sequences.append(UInt64($0.integer(0))) }
            return try sequences.compactMap { sequence in
                guard let bytes = try AuditTables.entry(database, sequence),
                    let limit = (try? AuditEntry(decoding: bytes)).flatMap(ExceededLimit.init), limit.until > now
                else { return nil }
                return limit
            }
        }
    }
}

extension ExceededLimit {
    fileprivate init?(_ entry: AuditEntry) {
        guard entry.event == .questionLimitExceeded, let reason = entry.details[.reason],
            let until = entry.details[.until].flatMap({ Instant($0) })
        else { return nil }
        let parts = entry.actor.organisation.split(separator: ":")
        self.init(
            asker: entry.actor.organisation + (entry.actor.person.map { "/\($0)" } ?? ""),
            province: parts.count > 3 ? Province(String(parts[3])) : nil, reason: reason,
            at: Instant(milliseconds: entry.time), until: until)
    }
}
