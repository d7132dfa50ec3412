extension Schema {
    static let queue = """
        ALTER TABLE exception ADD COLUMN digest BLOB CHECK (digest IS NULL OR length(digest) = 32);
        -- Where in the envelope each of `codes` holds, as JSON Pointers in the same order, a line each.
        ALTER TABLE exception ADD COLUMN places TEXT NOT NULL DEFAULT '';
        -- The record that the peer has not seen: when that is delivered, this is offered again at once.
        ALTER TABLE exception ADD COLUMN reference BLOB CHECK (reference IS NULL OR length(reference) = 18);
        ALTER TABLE exception ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
        -- How one that is settled ended without being delivered.
        ALTER TABLE exception ADD COLUMN withdrawn TEXT CHECK (withdrawn IN ('cancelled', 'discarded', 'superseded'));
        CREATE INDEX exception_reference ON exception(peer) WHERE state = 'parked' AND reference IS NOT NULL;
        -- 1 when its body did not open: it is passed over until an operator has it tried again.
        ALTER TABLE segment ADD COLUMN unreadable INTEGER NOT NULL DEFAULT 0 CHECK (unreadable IN (0, 1));
        -- What its bytes are sealed as, for sealing them again without a line.
        ALTER TABLE received_body ADD COLUMN identity TEXT;
        -- Since when each envelope of a peer waits here for what it refers to; gone when it is applied or refused.
        CREATE TABLE parked(
            sender INTEGER NOT NULL,
            envelope BLOB NOT NULL CHECK (length(envelope) = 16),
            since INTEGER NOT NULL,
            PRIMARY KEY (sender, envelope)
        ) WITHOUT ROWID;
        -- Lanes whose circuit is open: the daemon has it in memory, others read it here.
        CREATE TABLE lane(
            peer INTEGER PRIMARY KEY,
            blocked_on TEXT NOT NULL,
            since INTEGER NOT NULL,
            until INTEGER NOT NULL,
            detail TEXT NOT NULL
        );
        CREATE TABLE alert(
            id INTEGER PRIMARY KEY,
            kind TEXT NOT NULL CHECK (kind IN ('circuitOpen', 'identityRefused', 'deadLetters', 'backlogOld', 'batchRefused')),
            peer INTEGER NOT NULL,
            since INTEGER NOT NULL,
            until INTEGER
        );
        CREATE UNIQUE INDEX alert_open ON alert(kind, peer) WHERE until IS NULL;
        """
}
