import GRDB

extension Schema {
    /// Tables whose rows have a sealed body, with what their rows are known by.
    static let sealed = [
        ("segment_body", "id"), ("received_body", "id"), ("quarantine", "id"), ("batch_body", "batch"),
        ("exception", "envelope"),
    ]

    /// Data keys in a table of their own, what falls due when, and where former versions lie.
    static let atRest = """
        CREATE TABLE data_key(
            id INTEGER PRIMARY KEY,
            -- RFC 3394; zeros once the body that it opened is gone.
            wrapped BLOB NOT NULL CHECK (length(wrapped) = 40),
            -- Which key of the wrapping key file; 0 once it is erased.
            wrapping_key_id INTEGER NOT NULL,
            made_at INTEGER NOT NULL
        );
        -- The earliest day after which a line of a payload (1 segment, 2 received body) may no longer be kept.
        CREATE TABLE due(
            day INTEGER NOT NULL,
            source INTEGER NOT NULL CHECK (source IN (1, 2)),
            payload INTEGER NOT NULL,
            PRIMARY KEY (day, source, payload)
        ) WITHOUT ROWID;
        -- Where the lines of versions lie that are no longer the newest of their record.
        CREATE TABLE former_place(
            record BLOB NOT NULL CHECK (length(record) = 18),
            source INTEGER NOT NULL CHECK (source IN (1, 2)),
            payload INTEGER NOT NULL,
            place INTEGER NOT NULL,
            PRIMARY KEY (record, source, payload, place)
        ) WITHOUT ROWID;
        -- Whose lines a received body has: the batch is its identity.
        ALTER TABLE received_body ADD COLUMN sender INTEGER;
        ALTER TABLE received_body ADD COLUMN batch BLOB;
        WITH body AS (SELECT id, row_number() OVER (ORDER BY id) AS place FROM received_body),
            known AS (SELECT sender, batch, row_number() OVER (ORDER BY first_entry) AS place FROM received)
        UPDATE received_body SET sender = known.sender, batch = known.batch
        FROM body JOIN known ON known.place = body.place WHERE body.id = received_body.id;
        ALTER TABLE received_body DROP COLUMN identity;
        INSERT INTO due SELECT 0, 1, id FROM segment_body UNION ALL SELECT 0, 2, id FROM received_body;
        CREATE INDEX batch_part_segment ON batch_part(segment);
        CREATE INDEX exception_expired ON exception(peer) WHERE state = 'settled' AND reason = 'expired';
        """

    /// Whose rows lie in quarantine: look-up hashes, so that who looks at a row is entered with the person's pseudonym.
    static let personsOfRows = "ALTER TABLE quarantine ADD COLUMN person BLOB CHECK (length(person) = 16)"

    /// A key goes with the body that it opens.
    static func keyTriggers(of table: String) -> String {
        let erase = "UPDATE data_key SET wrapped = zeroblob(40), wrapping_key_id = 0 WHERE id = old.data_key;"
        return """
            CREATE TRIGGER \(table)_key_replaced AFTER UPDATE OF data_key ON \(table)
            WHEN old.data_key IS NOT NULL AND old.data_key IS NOT new.data_key BEGIN \(erase) END;
            CREATE TRIGGER \(table)_key_deleted AFTER DELETE ON \(table) WHEN old.data_key IS NOT NULL BEGIN \(erase) END;
            """
    }
}

/// Carries the data keys of earlier stores, which stood beside their bodies, into their own table.
enum MovedKeys {
    static func move(in database: Database) throws {
        try database.execute(sql: Schema.atRest)
        for (table, key) in Schema.sealed {
            try database.execute(sql: "ALTER TABLE \(table) ADD COLUMN data_key INTEGER")
            try move(table, key, in: database)
            try database.execute(sql: "ALTER TABLE \(table) DROP COLUMN wrapped_key")
            try database.execute(sql: Schema.keyTriggers(of: table))
        }
    }

    /// All of them are wrapped by the first wrapping key; when they were made is not known.
    private static func move(_ table: String, _ key: String, in database: Database) throws {
        let keys = try Row.fetchAll(
            database, sql: "SELECT \(key) AS own, wrapped_key FROM \(table) WHERE wrapped_key IS NOT NULL")
        for row in keys {
            try database.execute(
                sql: "INSERT INTO data_key(wrapped, wrapping_key_id, made_at) VALUES (?, 1, 0)",
                arguments: [row["wrapped_key"] as DatabaseValue])
            try database.execute(
                sql: "UPDATE \(table) SET data_key = ? WHERE \(key) = ?",
                arguments: [database.lastInsertedRowID, row["own"] as DatabaseValue])
        }
    }
}
