import Foundation
import GRDB
import Testing

@testable import Store

/// A store of before becomes one whose large rows lie beside their keys.
@Suite struct LargeRowsTests {
    private static let before = "17 states of batches"

    @Test func everyRowAndAllThatHangsOnItsTableStay() throws {
        let queue = try DatabaseQueue()
        try Schema.migrator.migrate(queue, upTo: Self.before)
        let (rows, others) = try queue.write { database in
            try fill(database)
            return (try rows(database), try others(database))
        }
        #expect(rows["batch"]?.count == 300)
        #expect(rows["closed_tile"]?.count == 1)
        try Schema.migrator.migrate(queue)
        try queue.read { database in
            #expect(try self.rows(database) == rows)
            #expect(try self.others(database) == others)
            #expect(try Row.fetchAll(database, sql: "PRAGMA foreign_key_check").isEmpty)
            #expect(try String.fetchOne(database, sql: "PRAGMA integrity_check") == "ok")
        }
    }

    /// An index of the keys alone serves each look-up, so that no row is read but the one that is sought.
    @Test func noTableWithLargeRowsIsOrderedByTheRowsThemselves() throws {
        let queue = try DatabaseQueue()
        try Schema.migrator.migrate(queue)
        try queue.read { database in
            for table in LargeRows.tables {
                let definition = try String.fetchOne(
                    database, sql: "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", arguments: [table])
                #expect(definition?.contains("WITHOUT ROWID") == false, "\(table)")
            }
            for (table, keys) in [("batch", "id = x''"), ("received", "sender = 1 AND batch = x''")] {
                let plan = try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN SELECT 1 FROM \(table) WHERE \(keys)")
                let details = plan.map { $0["detail"] as String }
                #expect(details.allSatisfy { $0.contains("USING COVERING INDEX") }, "\(details)")
            }
        }
    }

    private func fill(_ database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO segment(id, peer, envelopes, taken, accepted_at) VALUES (1, 41, 1000, 1000, 5);
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
    private func rows(_ database: Database) throws -> [String: [Row]] {
        var found: [String: [Row]] = [:]
        for table in LargeRows.tables {
            found[table] = try Row.fetchAll(database, sql: "SELECT * FROM \(table) ORDER BY 1, 2, 3")
        }
        return found
    }

    /// Indexes and triggers, as they were written.
    private func others(_ database: Database) throws -> [Row] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT type, name, tbl_name, sql FROM sqlite_master WHERE type <> 'table' AND sql IS NOT NULL
                ORDER BY type, name
                """)
    }
}
