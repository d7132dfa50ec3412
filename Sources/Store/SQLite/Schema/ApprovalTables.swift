extension Schema {
    static let approvals = """
        -- What two persons approved. A row ends when another takes its place; none is deleted.
        CREATE TABLE approval(
            id INTEGER PRIMARY KEY,
            subject TEXT NOT NULL,
            digest BLOB NOT NULL CHECK (length(digest) = 32),
            form TEXT NOT NULL,
            content BLOB NOT NULL,
            proposer TEXT,
            approver TEXT,
            at INTEGER NOT NULL,
            ended_at INTEGER,
            CHECK (approver IS NULL OR (proposer IS NOT NULL AND proposer <> approver))
        );
        CREATE UNIQUE INDEX approval_in_force ON approval(subject) WHERE ended_at IS NULL;
        -- What one person approved.
        CREATE TABLE proposal(
            digest BLOB PRIMARY KEY NOT NULL CHECK (length(digest) = 32),
            subject TEXT NOT NULL,
            proposer TEXT NOT NULL,
            at INTEGER NOT NULL
        ) WITHOUT ROWID;
        -- Keys that peers announced.
        CREATE TABLE pending_key(
            peer INTEGER NOT NULL,
            key TEXT NOT NULL,
            jwk TEXT NOT NULL,
            valid_from INTEGER NOT NULL,
            valid_until INTEGER,
            seen_at INTEGER NOT NULL,
            PRIMARY KEY (peer, key)
        ) WITHOUT ROWID;
        -- Which of our keys each peer lists, by thumbprint with blanks between.
        CREATE TABLE known_keys(
            peer INTEGER PRIMARY KEY,
            keys TEXT NOT NULL,
            at INTEGER NOT NULL
        );
        """
}
