import Foundation
import GRDB
import Interchange

extension SQLiteReader {
    /// SQLite's own quick look at the file: its pages and their order, not every index.
    /// - Returns: what it found wrong; empty when nothing.
    public func quickCheck() async throws -> [String] {
        try await read { database in
            try String.fetchAll(database, sql: "PRAGMA quick_check(10)").filter { $0 != "ok" }
        }
    }

    /// When a batch of each peer came last.
    public func lastReceived() async throws -> [Province: Instant] {
        try await read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT sender, MAX(received_at) AS at FROM received GROUP BY sender")
            let pairs = rows.compactMap { row in
                Province(number: row["sender"]).map { ($0, Instant(milliseconds: row["at"])) }
            }
            return Dictionary(pairs, uniquingKeysWith: { $1 })
        }
    }
}
