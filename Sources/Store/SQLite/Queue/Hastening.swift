import GRDB
import Interchange

extension SQLiteStore {
    public func hasten(_ peer: Province, at now: Instant, leasesUntil lease: Instant) async throws {
        let limits: [(table: String, state: String, due: Instant)] = [
            ("batch", "retryable", now), ("batch", "leased", lease),
            ("exception", "parked", now.adding(milliseconds: StoreLimits.parkedRetryMilliseconds)),
        ]
        try await writes.run { transaction in
            for limit in limits {
                let update = try RawStatement(
                    transaction.database,
                    "UPDATE \(limit.table) SET due_at = ?2 WHERE peer = ?1 AND state = '\(limit.state)' AND due_at > ?2"
                )
                update.bind(1, Int(peer.number))
                update.bind(2, limit.due.milliseconds)
                try update.run()
            }
        }
    }
}
