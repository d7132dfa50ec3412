import GRDB

/// The tables, as migrations that are appended and never edited.
enum Schema {
    /// Provinces are their two digits; ids are 16 bytes; a record is 18 (home, register, 128 bits); times are milliseconds
    /// since 1970; days are days since 1970.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 the road") { database in
            try database.execute(sql: secrets + intake + sending + receiving + audit)
        }
        migrator.registerMigration("3 quarantine") { database in
            try database.execute(sql: quarantine)
        }
        migrator.registerMigration("5 sorted runs") { database in
            try database.execute(sql: runs)
        }
        migrator.registerMigration("8 approvals") { database in
            try database.execute(sql: approvals)
        }
        migrator.registerMigration("9 queue") { database in
            try database.execute(sql: queue)
        }
        migrator.registerMigration("10 at rest") { database in
            try MovedKeys.move(in: database)
        }
        migrator.registerMigration("11 reconciliation") { database in
            try database.execute(sql: reconciliation)
        }
        migrator.registerMigration("12 evidence") { database in
            try database.execute(sql: evidence)
            try AuditMarks.fill(in: database)
        }
        migrator.registerMigration("13 questions") { database in
            try database.execute(sql: questions + keyTriggers(of: "access_notice"))
        }
        migrator.registerMigration("15 closed logs") { database in
            try database.execute(sql: closedLogs)
        }
        migrator.registerMigration("16 persons of rows") { database in
            try database.execute(sql: personsOfRows)
        }
        migrator.registerMigration("17 states of batches") { database in
            // A row has its listing and its receipt beside its state: to count by state without this is to read through them all.
            try database.execute(sql: "CREATE INDEX batch_state ON batch(state, peer)")
        }
        migrator.registerMigration("18 large rows") { database in
            try LargeRows.rebuild(in: database)
        }
        return migrator
    }

    private static let secrets = """
        CREATE TABLE meta(
            name TEXT PRIMARY KEY NOT NULL,
            value BLOB NOT NULL
        ) WITHOUT ROWID;
        """

    private static let intake = """
        CREATE TABLE run(
            id INTEGER PRIMARY KEY,
            mapping TEXT NOT NULL,
            actor TEXT NOT NULL,
            started_at INTEGER NOT NULL,
            ended_at INTEGER,
            rows INTEGER, accepted INTEGER, flagged INTEGER, quarantined INTEGER, skipped INTEGER, unchanged INTEGER,
            CHECK (ended_at IS NULL OR rows = accepted + flagged + quarantined)
        );
        CREATE TABLE quarantine(
            id INTEGER PRIMARY KEY,
            run INTEGER NOT NULL REFERENCES run(id),
            row INTEGER NOT NULL CHECK (row >= 1),
            reasons TEXT NOT NULL,
            at INTEGER NOT NULL,
            wrapped_key BLOB,
            body BLOB NOT NULL
        );
        """

    private static let sending = """
        -- Envelopes accepted together for one peer, in order of acceptance.
        CREATE TABLE segment(
            id INTEGER PRIMARY KEY,
            peer INTEGER NOT NULL,
            envelopes INTEGER NOT NULL CHECK (envelopes >= 1),
            bytes INTEGER NOT NULL,
            accepted_at INTEGER NOT NULL,
            -- How many of them, from the first, went into batches.
            taken INTEGER NOT NULL DEFAULT 0 CHECK (taken BETWEEN 0 AND envelopes),
            -- Runs as in batch_hours; NULL of a segment that was made otherwise than by taking in.
            hours BLOB
        );
        CREATE INDEX segment_ready ON segment(peer, id) WHERE taken < envelopes;
        -- Their lines, encrypted; `listing` has 48 bytes an envelope: id, digest.
        CREATE TABLE segment_body(
            id INTEGER PRIMARY KEY REFERENCES segment(id),
            listing BLOB NOT NULL,
            wrapped_key BLOB,
            body BLOB NOT NULL
        );
        CREATE TABLE batch(
            id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
            peer INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('leased', 'retryable', 'delivered', 'deadLettered', 'closed')),
            envelopes INTEGER NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            accepted_at INTEGER NOT NULL,
            due_at INTEGER NOT NULL,
            blocked_on TEXT,
            blocked_since INTEGER,
            detail TEXT,
            encoding TEXT,
            digest BLOB NOT NULL CHECK (length(digest) = 32),
            listing BLOB NOT NULL,
            receipt BLOB,
            receipt_signature TEXT,
            settled_at INTEGER
        ) WITHOUT ROWID;
        -- Which envelopes of which segments a batch holds, in its order.
        CREATE TABLE batch_part(
            batch BLOB NOT NULL REFERENCES batch(id),
            segment INTEGER NOT NULL REFERENCES segment(id),
            first INTEGER NOT NULL,
            count INTEGER NOT NULL CHECK (count >= 1),
            PRIMARY KEY (batch, segment)
        ) WITHOUT ROWID;
        CREATE INDEX batch_due ON batch(peer, due_at) WHERE state = 'retryable';
        CREATE INDEX batch_leased ON batch(peer) WHERE state = 'leased';
        CREATE INDEX batch_dead ON batch(peer) WHERE state = 'deadLettered';
        -- The content as sent, until it is settled: a retry sends these bytes.
        CREATE TABLE batch_body(
            batch BLOB PRIMARY KEY NOT NULL REFERENCES batch(id),
            wrapped_key BLOB NOT NULL,
            body BLOB NOT NULL
        ) WITHOUT ROWID;
        -- Envelopes that need a row of their own: parked at the peer, or refused by it.
        CREATE TABLE exception(
            envelope BLOB PRIMARY KEY NOT NULL CHECK (length(envelope) = 16),
            peer INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('parked', 'offered', 'deadLettered', 'settled')),
            reason TEXT NOT NULL,
            codes TEXT NOT NULL,
            since INTEGER NOT NULL,
            due_at INTEGER NOT NULL,
            -- The most envelopes that share its next batch.
            together INTEGER NOT NULL DEFAULT 1000,
            wrapped_key BLOB,
            body BLOB NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX exception_due ON exception(peer, due_at) WHERE state = 'parked';
        CREATE INDEX exception_dead ON exception(peer) WHERE state = 'deadLettered';
        """

    private static let receiving = """
        CREATE TABLE received(
            sender INTEGER NOT NULL,
            batch BLOB NOT NULL CHECK (length(batch) = 16),
            digest BLOB NOT NULL CHECK (length(digest) = 32),
            received_at INTEGER NOT NULL,
            first_entry INTEGER NOT NULL,
            last_entry INTEGER NOT NULL,
            receipt BLOB NOT NULL,
            PRIMARY KEY (sender, batch)
        ) WITHOUT ROWID;
        CREATE TABLE received_body(
            id INTEGER PRIMARY KEY,
            wrapped_key BLOB,
            body BLOB NOT NULL
        );
        -- Every envelope that had an effect, for ever: its id is never answered twice as new.
        CREATE TABLE answered(
            sender INTEGER NOT NULL,
            envelope BLOB NOT NULL CHECK (length(envelope) = 16),
            digest BLOB NOT NULL CHECK (length(digest) = 32),
            outcome INTEGER NOT NULL CHECK (outcome IN (1, 2)),
            PRIMARY KEY (sender, envelope)
        ) WITHOUT ROWID;
        CREATE TABLE nonce(
            peer INTEGER NOT NULL,
            nonce TEXT NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (peer, nonce)
        ) WITHOUT ROWID;
        CREATE INDEX nonce_age ON nonce(at);
        """

    private static let audit = """
        -- Entries of one transaction and the forms that they were made with (PackedEntries).
        CREATE TABLE audit_entries(
            first INTEGER PRIMARY KEY,
            count INTEGER NOT NULL CHECK (count >= 1),
            body BLOB NOT NULL,
            forms BLOB NOT NULL
        );
        CREATE TABLE audit_tile(
            level INTEGER NOT NULL,
            number INTEGER NOT NULL,
            hashes BLOB NOT NULL CHECK (length(hashes) BETWEEN 32 AND 8192 AND length(hashes) % 32 = 0),
            PRIMARY KEY (level, number)
        ) WITHOUT ROWID;
        CREATE TABLE checkpoint(
            size INTEGER PRIMARY KEY,
            root BLOB NOT NULL CHECK (length(root) = 32),
            note TEXT NOT NULL,
            at INTEGER NOT NULL
        );
        """

    private static let quarantine = """
        ALTER TABLE quarantine ADD COLUMN state TEXT NOT NULL DEFAULT 'open'
            CHECK (state IN ('open', 'passed', 'discarded'));
        ALTER TABLE quarantine ADD COLUMN settled_at INTEGER;
        CREATE INDEX quarantine_open ON quarantine(id) WHERE state = 'open';
        CREATE INDEX quarantine_run ON quarantine(run, state);
        """

    private static let runs = """
        -- Indexes whose keys come in no order (SortedRuns): what each transaction put, and sorted runs of it. An index writes its log
        -- anew, row over row, each time what it holds has become a run; rows of an earlier epoch are not read.
        CREATE TABLE index_log(
            id INTEGER PRIMARY KEY,
            number INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            body BLOB NOT NULL
        );
        CREATE TABLE index_epoch(
            number INTEGER PRIMARY KEY,
            epoch INTEGER NOT NULL
        );
        CREATE TABLE index_run(
            id INTEGER PRIMARY KEY,
            number INTEGER NOT NULL,
            level INTEGER NOT NULL,
            entries INTEGER NOT NULL,
            pages INTEGER NOT NULL,
            state INTEGER NOT NULL CHECK (state IN (0, 1, 2)),
            fences BLOB NOT NULL,
            filter BLOB NOT NULL
        );
        CREATE TABLE index_page(
            id INTEGER PRIMARY KEY,
            body BLOB NOT NULL
        );
        -- How many facts of each sender are held.
        CREATE TABLE held(
            sender INTEGER PRIMARY KEY,
            records INTEGER NOT NULL
        );
        """
}
