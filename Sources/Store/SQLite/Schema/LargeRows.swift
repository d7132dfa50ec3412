import Foundation
import GRDB

/// Tables whose rows are large, which are not ordered by their keys themselves.
///
/// In a table `WITHOUT ROWID` the row is the key: where it is longer than about a quarter of a page, SQLite reads all of it, a
/// receipt of 1,000 envelopes, for each of the dozen comparisons of a look-up ("Clustered Indexes and the WITHOUT ROWID Optimization",
/// section 4: rows should be shorter than a twentieth of a page or so). An ordinary table has an index of the keys alone.
enum LargeRows {
    static let tables = [
        "batch", "batch_body", "exception", "received", "audit_tile", "closed_entries", "closed_tile",
    ]

    /// Makes them ordinary tables, with all that they hold. It takes room for each of them once more.
    static func rebuild(in database: Database) throws {
        for table in tables { try rebuild(table, in: database) }
    }

    private static func rebuild(_ table: String, in database: Database) throws {
        let definitions = try String.fetchAll(
            database,
            sql: """
                SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type = 'table' DESC
                """,
            arguments: [table])
        guard let whole = definitions.first, let columns = whole.firstIndex(of: "("),
            let suffix = whole.range(of: "WITHOUT ROWID", options: .backwards)
        else { return }
        let rebuilt = "rebuilt_\(table)"
        // https://www.sqlite.org/lang_altertable.html, section 7: in this order, so that what refers to the table goes on to.
        try database.execute(sql: "CREATE TABLE \(rebuilt)\(whole[columns..<suffix.lowerBound])")
        try database.execute(sql: "INSERT INTO \(rebuilt) SELECT * FROM \(table)")
        try database.execute(sql: "DROP TABLE \(table)")
        try database.execute(sql: "ALTER TABLE \(rebuilt) RENAME TO \(table)")
        for other in definitions.dropFirst() { try database.execute(sql: other) }
    }
}
