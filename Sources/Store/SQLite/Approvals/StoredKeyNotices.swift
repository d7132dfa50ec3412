import Foundation
import GRDB
import Interchange

extension SQLiteReading {
    public func noticedKeys() async throws -> [NoticedKey] {
        try await read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM pending_key ORDER BY peer, seen_at, key").compactMap { row in
                Province(number: row["peer"]).map {
                    NoticedKey(
                        peer: $0, id: row["key"], jwk: row["jwk"], from: Instant(milliseconds: row["valid_from"]),
                        until: (row["valid_until"] as Int64?).map(Instant.init(milliseconds:)),
                        seenAt: Instant(milliseconds: row["seen_at"]))
                }
            }
        }
    }

    public func knownKeys() async throws -> [KnownKeys] {
        try await read { database in
            try Row.fetchAll(database, sql: "SELECT peer, keys, at FROM known_keys ORDER BY peer").compactMap { row in
                Province(number: row["peer"]).map {
                    KnownKeys(
                        peer: $0, ids: Set((row["keys"] as String).split(separator: " ").map(String.init)),
                        at: Instant(milliseconds: row["at"]))
                }
            }
        }
    }
}

extension SQLiteStore {
    public func noteKey(_ key: NoticedKey) async throws -> Bool {
        try await writes.run { transaction in
            let database = transaction.database
            let before = try Row.fetchOne(
                database, sql: "SELECT valid_from, valid_until FROM pending_key WHERE peer = ? AND key = ?",
                arguments: [Int(key.peer.number), key.id])
            if let before, before["valid_from"] == key.from.milliseconds,
                before["valid_until"] as Int64? == key.until?.milliseconds
            {
                return false
            }
            try database.execute(
                sql: """
                    INSERT INTO pending_key(peer, key, jwk, valid_from, valid_until, seen_at) VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET valid_from = excluded.valid_from, valid_until = excluded.valid_until
                    """,
                arguments: [
                    Int(key.peer.number), key.id, key.jwk, key.from.milliseconds, key.until?.milliseconds,
                    key.seenAt.milliseconds,
                ])
            try database.execute(
                sql: """
                    DELETE FROM pending_key WHERE peer = ?1 AND key NOT IN
                        (SELECT key FROM pending_key WHERE peer = ?1 ORDER BY seen_at DESC, key LIMIT ?2)
                    """, arguments: [Int(key.peer.number), StoreLimits.noticedKeysPerPeer])
            return before == nil
        }
    }

    public func noteKnownKeys(_ ids: [String], of peer: Province, at now: Instant) async throws {
        let known = Set(ids.filter { !$0.isEmpty && !$0.contains(" ") }).sorted()
            .prefix(StoreLimits.knownKeysPerPeer).joined(separator: " ")
        try await writes.run { transaction in
            try transaction.database.execute(
                sql: """
                    INSERT INTO known_keys(peer, keys, at) VALUES (?, ?, ?)
                    ON CONFLICT DO UPDATE SET keys = excluded.keys, at = excluded.at
                    """, arguments: [Int(peer.number), known, now.milliseconds])
        }
    }
}

extension Transaction {
    /// A closed peer's announcements are nothing to anybody.
    func forgetNotices(of peer: Province) throws {
        for table in ["pending_key", "known_keys"] {
            try database.execute(sql: "DELETE FROM \(table) WHERE peer = ?", arguments: [Int(peer.number)])
        }
    }
}
