import GRDB
import Interchange

/// Carries over what earlier stores kept in trees with random keys.
enum MovedTables {
    static func move(in database: Database) throws {
        let storage = SQLiteRunStorage(database: database)
        try moveRecords(in: database, to: storage)
        try moveRows(
            "SELECT lookup, salt, last_act FROM person", in: database, to: storage, as: StoreIndexes.shapes[1].index
        ) { ($0.bytes(0), PersonEntry(salt: $0.bytes(1), lastAct: Int32($0.integer(2))).encoded) }
        try moveRows(
            "SELECT subject, record, province, division, since, until FROM registration", in: database, to: storage,
            as: StoreIndexes.formerRegistrations.index
        ) { columns in
            let entry = RegistrationEntry(
                province: UInt8(columns.integer(2)), division: columns.optionalInteger(3).map { UInt32($0) },
                since: columns.optionalInteger(4).map { Int32($0) }, until: columns.optionalInteger(5).map { Int32($0) }
            )
            return (columns.bytes(0) + columns.bytes(1), entry.encodedFormer)
        }
        try database.execute(sql: "DROP TABLE record; DROP TABLE person; DROP TABLE registration")
    }

    private static func moveRecords(in database: Database, to storage: SQLiteRunStorage) throws {
        try database.execute(sql: "INSERT INTO held SELECT sender, COUNT(*) FROM record GROUP BY sender")
        let columns = "id, sender, kind, version, envelope, digest, content, payload, place, retain_until, subject"
        try moveRows(
            "SELECT \(columns) FROM record", in: database, to: storage, as: StoreIndexes.shapes[0].index
        ) { row in
            let entry = RecordEntry(
                sender: UInt8(row.integer(1)), kind: Kind(rawValue: row.text(2)) ?? .arrival,
                version: UInt32(row.integer(3)), envelope: row.bytes(4), digest: row.bytes(5),
                content: row.optionalBytes(6), payload: row.integer(7), place: UInt32(row.integer(8)),
                retainUntil: Int32(row.integer(9)), subject: row.bytes(10))
            return (row.bytes(0), entry.encoded)
        }
    }

    /// Each row's key and value, as one log of the index.
    private static func moveRows(
        _ query: String, in database: Database, to storage: SQLiteRunStorage, as index: Int,
        _ entry: (borrowing RawStatement.Columns) throws -> (key: [UInt8], value: [UInt8])
    ) throws {
        var log: [UInt8] = []
        try RawStatement(database, query).forEachRow { columns in
            let (key, value) = try entry(columns)
            log += key + [1] + value
            guard log.count > 1 << 20 else { return }
            try storage.appendLog(of: index, log)
            log = []
        }
        if !log.isEmpty { try storage.appendLog(of: index, log) }
    }
}
