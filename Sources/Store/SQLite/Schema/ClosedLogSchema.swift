import GRDB

extension Schema {
    /// Logs that were closed when entries were lost: the tables of a log, with the log's number before each row.
    static let closedLogs =
        """
        CREATE TABLE closed_log(
            id INTEGER PRIMARY KEY CHECK (id >= 1),
            origin TEXT NOT NULL UNIQUE,
            key TEXT NOT NULL,
            size INTEGER NOT NULL CHECK (size >= 0),
            root BLOB NOT NULL CHECK (length(root) = 32),
            holder TEXT NOT NULL,
            held BLOB NOT NULL,
            held_size INTEGER NOT NULL,
            held_root BLOB NOT NULL CHECK (length(held_root) = 32),
            opened TEXT NOT NULL UNIQUE,
            at INTEGER NOT NULL
        );
        -- Under the name of a closed log nothing is signed any more.
        CREATE TRIGGER checkpoint_is_not_of_a_closed_log BEFORE INSERT ON checkpoint
        WHEN EXISTS (
            SELECT 1 FROM closed_log
            WHERE substr(NEW.note, 1, length(closed_log.origin) + 1) = closed_log.origin || char(10))
        BEGIN SELECT RAISE(ABORT, 'this log was closed: name the new one in the configuration'); END;

        """ + closedTables.map(\.definition).joined()
            + """
            -- Nor does a log grow that lost entries to a restore, before another is opened.
            CREATE TRIGGER audit_waits_for_a_new_log BEFORE INSERT ON audit_entries
            WHEN (SELECT COUNT(*) FROM closed_log)
                <= (SELECT CAST(CAST(value AS TEXT) AS INTEGER) FROM meta WHERE name = 'restore.heldLogs')
            BEGIN SELECT RAISE(ABORT, 'entries of this log were lost: open a new one with `yizhan audit reopen`'); END;
            -- Whose log the entries are in that belong to a batch; NULL for the one that grows.
            ALTER TABLE batch ADD COLUMN closed_log INTEGER REFERENCES closed_log(id);
            ALTER TABLE received ADD COLUMN closed_log INTEGER REFERENCES closed_log(id);
            """

    /// A table of a log that can be closed: its name, its columns, and which of them tell rows apart.
    struct LogTable {
        let live, closed, columns, key: String

        init(_ live: String, _ closed: String, _ columns: String, key: String) {
            (self.live, self.closed, self.columns, self.key) = (live, closed, columns, key)
        }

        fileprivate var definition: String {
            """
            CREATE TABLE \(closed)(
                log INTEGER NOT NULL REFERENCES closed_log(id),
                \(columns.split(separator: ", ").map { "\($0) NOT NULL" }.joined(separator: ", ")),
                PRIMARY KEY (log, \(key))
            ) WITHOUT ROWID;
            CREATE TRIGGER \(closed)_stays BEFORE UPDATE ON \(closed)
            BEGIN SELECT RAISE(ABORT, 'a closed log does not change'); END;
            CREATE TRIGGER \(closed)_remains BEFORE DELETE ON \(closed)
            BEGIN SELECT RAISE(ABORT, 'a closed log does not change'); END;

            """
        }

        /// Moves every row.
        func close(as number: Int, in database: Database) throws {
            try database.execute(
                sql: "INSERT INTO \(closed)(log, \(columns)) SELECT ?, \(columns) FROM \(live)", arguments: [number])
            try database.execute(sql: "DELETE FROM \(live)")
        }

        /// Under the name of the table of the log that grows, the rows of a closed one: for this connection alone.
        func show(_ number: Int, in database: Database) throws {
            try database.execute(
                sql: "CREATE TEMP VIEW \(live) AS SELECT \(columns) FROM main.\(closed) WHERE log = \(number)")
        }
    }

    /// In an order in which rows can be deleted: those that refer to others first.
    static let closedTables = [
        LogTable("audit_entries", "closed_entries", "first, count, body, forms", key: "first"),
        LogTable("audit_tile", "closed_tile", "level, number, hashes", key: "level, number"),
        LogTable("cosignature", "closed_cosignature", "size, witness, line, at", key: "size, witness"),
        LogTable("checkpoint", "closed_checkpoint", "size, root, note, at", key: "size"),
        LogTable("audit_asked", "closed_asked", "subject, sequence", key: "subject, sequence"),
        LogTable("audit_deferred", "closed_deferred", "sequence, until", key: "sequence"),
        LogTable("audit_administrative", "closed_administrative", "sequence, event", key: "sequence"),
        LogTable("audit_archive", "closed_archive", "first, until, digest, at", key: "first"),
    ]
}
