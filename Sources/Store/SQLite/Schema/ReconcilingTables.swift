extension Schema {
    static let reconciliation = """
        -- Envelopes with a final outcome, as they came: a row for each batch and hour of `issuedAt`; 49 bytes an envelope, in
        -- order of id: id, digest, outcome (1 accepted, 2 stale, 0 taken back). Of rows that speak of one envelope the newest
        -- is right. A row counts while the batch that it came with is there; without a batch, always.
        CREATE TABLE leaf(
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            peer INTEGER NOT NULL,
            direction INTEGER NOT NULL CHECK (direction IN (1, 2)),
            hour INTEGER NOT NULL,
            first BLOB NOT NULL CHECK (length(first) = 16),
            last BLOB NOT NULL CHECK (length(last) = 16),
            batch BLOB CHECK (batch IS NULL OR length(batch) = 16),
            leaves INTEGER NOT NULL CHECK (leaves >= 1),
            -- Which received body has the lines.
            payload INTEGER,
            body BLOB NOT NULL CHECK (length(body) = leaves * 49)
        );
        CREATE INDEX leaf_order ON leaf(peer, direction, hour, first, last, batch);
        -- Roots, right as long as a window has this many rows and this newest one.
        CREATE TABLE leaf_window(
            peer INTEGER NOT NULL,
            direction INTEGER NOT NULL,
            hour INTEGER NOT NULL,
            rows INTEGER NOT NULL,
            newest INTEGER NOT NULL,
            leaves INTEGER NOT NULL,
            root BLOB NOT NULL CHECK (length(root) = 32),
            PRIMARY KEY (peer, direction, hour)
        ) WITHOUT ROWID;
        -- Answered envelopes of each sender that have no leaf: from before there were leaves, or swept.
        CREATE TABLE leaf_base(
            sender INTEGER PRIMARY KEY,
            answered INTEGER NOT NULL
        );
        INSERT INTO leaf_base SELECT sender, COUNT(*) FROM answered GROUP BY sender;
        -- The hours of the envelopes of a batch that is not settled, as runs in its order: hour and count, 4 bytes each.
        CREATE TABLE batch_hours(
            batch BLOB PRIMARY KEY NOT NULL CHECK (length(batch) = 16),
            hours BLOB NOT NULL
        ) WITHOUT ROWID;
        -- The last statement with each peer.
        CREATE TABLE reconciliation(
            peer INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            until INTEGER NOT NULL,
            equal INTEGER NOT NULL CHECK (equal IN (0, 1)),
            missing INTEGER NOT NULL CHECK (missing >= 0),
            content BLOB NOT NULL
        );
        -- Peers with whom nothing is exchanged before the next statement: the store was restored.
        CREATE TABLE reconciliation_due(
            peer INTEGER PRIMARY KEY,
            since INTEGER NOT NULL
        );
        """
}
