extension Schema {
    /// What status questions leave behind beside their entries.
    static let questions = """
        -- Counts that bound questions, by the time at which they begin anew and a keyed hash of what is counted.
        CREATE TABLE question_count(
            until INTEGER NOT NULL,
            name BLOB NOT NULL CHECK (length(name) = 16),
            count INTEGER NOT NULL CHECK (count >= 0),
            PRIMARY KEY (until, name)
        ) WITHOUT ROWID;
        -- Questions drawn for a supervisor to justify. They do not name the person.
        CREATE TABLE question_sample(
            id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
            at INTEGER NOT NULL,
            organisation TEXT NOT NULL,
            officer TEXT,
            question TEXT NOT NULL,
            purpose TEXT NOT NULL,
            case_reference TEXT,
            legal_basis TEXT NOT NULL,
            justified INTEGER CHECK (justified IN (0, 1)),
            judged_at INTEGER,
            CHECK ((justified IS NULL) = (judged_at IS NULL))
        ) WITHOUT ROWID;
        CREATE INDEX question_sample_waiting ON question_sample(at) WHERE justified IS NULL;
        -- Questions of other provinces, until their answers are no longer valid.
        CREATE TABLE peer_question(
            peer INTEGER NOT NULL,
            id BLOB NOT NULL CHECK (length(id) = 16),
            digest BLOB NOT NULL CHECK (length(digest) = 32),
            answer TEXT NOT NULL CHECK (answer IN ('yes', 'no', 'unknown', 'refused')),
            reason TEXT,
            rule TEXT,
            as_of INTEGER NOT NULL,
            valid_until INTEGER NOT NULL,
            PRIMARY KEY (peer, id)
        ) WITHOUT ROWID;
        CREATE INDEX peer_question_age ON peer_question(valid_until);
        -- What home provinces are still to be told of, encrypted.
        CREATE TABLE access_notice(
            id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
            due_at INTEGER NOT NULL,
            data_key INTEGER NOT NULL,
            body BLOB NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX access_notice_due ON access_notice(due_at);
        """
}
