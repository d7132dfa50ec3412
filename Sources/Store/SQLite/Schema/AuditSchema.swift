extension Schema {
    /// Witnesses, archives, and what evidence needs beside the log.
    static let evidence = """
        ALTER TABLE batch ADD COLUMN request_signature TEXT;
        -- The entry `receipt.received`.
        ALTER TABLE batch ADD COLUMN receipt_entry INTEGER;
        ALTER TABLE received ADD COLUMN request_signature TEXT;
        ALTER TABLE received ADD COLUMN receipt_signature TEXT;
        -- No size has two roots: what was signed stays as it is.
        CREATE TRIGGER checkpoint_stays BEFORE UPDATE ON checkpoint
        WHEN NEW.size <> OLD.size OR NEW.root <> OLD.root
        BEGIN SELECT RAISE(ABORT, 'a signed checkpoint does not change'); END;
        -- What witnesses said of our checkpoints.
        CREATE TABLE cosignature(
            size INTEGER NOT NULL REFERENCES checkpoint(size),
            witness TEXT NOT NULL,
            line TEXT NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (size, witness)
        ) WITHOUT ROWID;
        CREATE INDEX cosignature_witness ON cosignature(witness, size);
        -- The newest checkpoint of every other log that was cosigned here.
        CREATE TABLE witnessed(
            origin TEXT PRIMARY KEY NOT NULL,
            size INTEGER NOT NULL CHECK (size >= 0),
            root BLOB NOT NULL CHECK (length(root) = 32),
            note BLOB NOT NULL,
            at INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TRIGGER witnessed_grows BEFORE UPDATE ON witnessed
        WHEN NEW.size < OLD.size OR (NEW.size = OLD.size AND NEW.root <> OLD.root)
        BEGIN SELECT RAISE(ABORT, 'a witnessed log only grows'); END;
        CREATE TABLE divergence(
            digest BLOB PRIMARY KEY NOT NULL CHECK (length(digest) = 32),
            origin TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('forked', 'rewound', 'unproven')),
            held BLOB NOT NULL,
            shown BLOB NOT NULL,
            peer INTEGER NOT NULL,
            at INTEGER NOT NULL
        ) WITHOUT ROWID;
        -- Entries about questions, by the pseudonym of the person they are about.
        CREATE TABLE audit_asked(
            subject BLOB NOT NULL CHECK (length(subject) = 32),
            sequence INTEGER NOT NULL,
            PRIMARY KEY (subject, sequence)
        ) WITHOUT ROWID;
        CREATE TABLE audit_deferred(
            sequence INTEGER PRIMARY KEY,
            until INTEGER NOT NULL
        );
        CREATE INDEX audit_deferred_until ON audit_deferred(until);
        -- Entries about keys, peers and the log itself: few, and looked for by what they say.
        CREATE TABLE audit_administrative(
            sequence INTEGER PRIMARY KEY,
            event TEXT NOT NULL
        );
        CREATE INDEX audit_administrative_event ON audit_administrative(event, sequence);
        -- Ranges of entries that were written to archive files and removed.
        CREATE TABLE audit_archive(
            first INTEGER PRIMARY KEY,
            until INTEGER NOT NULL CHECK (until > first),
            digest BLOB NOT NULL CHECK (length(digest) = 32),
            at INTEGER NOT NULL
        );
        """
}
