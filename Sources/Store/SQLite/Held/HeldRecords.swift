import GRDB
import Interchange

/// How many facts of each sender are held.
enum HeldRecords {
    static func add(_ count: Int, of sender: Province, in database: Database) throws {
        let add = try RawStatement(
            database,
            """
            INSERT INTO held(sender, records) VALUES (?1, ?2)
            ON CONFLICT DO UPDATE SET records = records + excluded.records
            """)
        add.bind(1, Int(sender.number))
        add.bind(2, count)
        try add.run()
    }
}
