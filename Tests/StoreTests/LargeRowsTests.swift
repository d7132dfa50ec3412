import Foundation
import GRDB
import Store
import Testing

/// A store of before becomes one whose large rows lie beside their keys.
@Suite struct LargeRowsTests {
    private static let tables = [
        "batch", "batch_body", "exception", "received", "audit_tile", "closed_entries", "closed_tile",
    ]

    @Test func everyRowAndAllThatHangsOnItsTableStay() async throws {
        let folder = try Folder()
        await (try SQLiteStore(path: folder.database, keys: testKeys())).close()
        let queue = try DatabaseQueue(path: folder.database)
        try await queue.write { try fill($0) }
        let before = try await queue.read { try self.rows($0) }
        let others = try await queue.read { try self.others($0) }
        #expect(before["batch"]?.count == 300)
        #expect(before["closed_tile"]?.count == 1)
        try await queue.writeWithoutTransaction { try orderByRows($0) }
        let former = try await queue.read { try (rows: self.rows($0), ordered: tablesOrderedByRows($0)) }
        #expect(former.rows == before)
        #expect(former.ordered == Self.tables)
        await (try SQLiteStore(path: folder.database, keys: testKeys())).close()
        let after = try await queue.read { try (rows: self.rows($0), ordered: tablesOrderedByRows($0)) }
        #expect(after.rows == before)
        #expect(after.ordered == [])
        let hanging = try await queue.read { try self.others($0) }
        #expect(hanging == others)
        let faults = try await queue.read { database in
            try String.fetchAll(database, sql: "PRAGMA integrity_check")
                + Row.fetchAll(database, sql: "PRAGMA foreign_key_check").map(\.description)
        }
        #expect(faults == ["ok"])
        try queue.close()
    }

    /// An index of the keys alone serves each look-up, so that no row is read but the one that is sought.
    @Test(arguments: [("batch", "id = x''"), ("received", "sender = 1 AND batch = x''")])
    func whatIsSoughtIsFoundByItsKeyAlone(_ table: String, _ key: String) async throws {
        let folder = try Folder()
        await (try SQLiteStore(path: folder.database, keys: testKeys())).close()
        let queue = try DatabaseQueue(path: folder.database)
        let details = try await queue.read { database in
            try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN SELECT 1 FROM \(table) WHERE \(key)").map {
                $0["detail"] as String
            }
        }
        #expect(details.count == 1 && details.allSatisfy { $0.contains("USING COVERING INDEX") }, "\(details)")
        try queue.close()
    }

    /// As the tables were until they were rebuilt.
    private func orderByRows(_ database: Database) throws {
        try database.execute(sql: "PRAGMA foreign_keys = OFF")
        for table in Self.tables {
            let definitions = try String.fetchAll(
                database,
                sql: """
                    SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type = 'table' DESC
                    """, arguments: [table])
            let columns = try #require(definitions.first.flatMap { sql in sql.firstIndex(of: "(").map { sql[$0...] } })
            try database.execute(sql: "CREATE TABLE former\(columns) WITHOUT ROWID")
            try database.execute(sql: "INSERT INTO former SELECT * FROM \(table)")
            try database.execute(sql: "DROP TABLE \(table)")
            try database.execute(sql: "ALTER TABLE former RENAME TO \(table)")
            for other in definitions.dropFirst() { try database.execute(sql: other) }
        }
        try database.execute(sql: "DELETE FROM grdb_migrations WHERE identifier = '18 large rows'")
    }

    private func tablesOrderedByRows(_ database: Database) throws -> [String] {
        try Self.tables.filter { table in
            try String.fetchOne(
                database, sql: "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", arguments: [table])?
                .contains("WITHOUT ROWID") == true
        }
    }

    private func fill(_ database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO segment(id, peer, envelopes, bytes, taken, accepted_at) VALUES (1, 41, 1000, 9, 1000, 5);
                INSERT INTO closed_log(id, origin, key, size, root, holder, held, held_size, held_root, opened, at)
                VALUES (1, 'a', 'k', 0, zeroblob(32), 'h', x'', 0, zeroblob(32), 'b', 1);
                INSERT INTO closed_tile VALUES (1, 0, 0, randomblob(8192));
                INSERT INTO closed_entries VALUES (1, 0, 1, randomblob(9000), randomblob(9));
                """)
        for number in 0..<300 {
            let id = Data(repeating: 0, count: 14) + [UInt8(number >> 8), UInt8(number & 0xFF)]
            try database.execute(
                sql: """
                    INSERT INTO batch(id, peer, state, envelopes, accepted_at, due_at, digest, listing, receipt)
                    VALUES (?1, 41, 'delivered', 3, 5, 6, randomblob(32), randomblob(144), randomblob(20000))
                    """, arguments: [id])
            try database.execute(sql: "INSERT INTO batch_part VALUES (?1, 1, ?2, 1)", arguments: [id, number])
            try database.execute(
                sql: "INSERT INTO batch_body(batch, body) VALUES (?1, randomblob(3000))", arguments: [id])
            try database.execute(
                sql: """
                    INSERT INTO received(sender, batch, digest, received_at, first_entry, last_entry, receipt)
                    VALUES (44, ?1, randomblob(32), 5, 0, 2, randomblob(20000))
                    """, arguments: [id])
            try database.execute(
                sql: """
                    INSERT INTO exception(envelope, peer, state, reason, codes, since, due_at, body)
                    VALUES (?1, 41, 'parked', 'parkedReference', '[]', 5, 6, randomblob(1500))
                    """, arguments: [id])
            try database.execute(sql: "INSERT INTO audit_tile VALUES (0, ?1, randomblob(8192))", arguments: [number])
        }
    }

    /// Each table's, in order of its keys.
    private func rows(_ database: Database) throws -> [String: [[DatabaseValue]]] {
        var found: [String: [[DatabaseValue]]] = [:]
        for table in Self.tables {
            found[table] = try Row.fetchAll(database, sql: "SELECT * FROM \(table) ORDER BY 1, 2, 3").map {
                Array($0.databaseValues)
            }
        }
        return found
    }

    /// Indexes and triggers, as they were written.
    private func others(_ database: Database) throws -> [[DatabaseValue]] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT type, name, tbl_name, sql FROM sqlite_master WHERE type <> 'table' AND sql IS NOT NULL
                ORDER BY type, name
                """
        ).map { Array($0.databaseValues) }
    }
}
