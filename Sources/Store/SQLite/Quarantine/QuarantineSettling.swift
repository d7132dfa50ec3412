import AuditLog
import GRDB
import Interchange

extension SQLiteStore {
    public func viewQuarantined(_ id: Int64, by actor: AuditActor, at now: Instant) async throws -> QuarantinedContent {
        let keys = keys
        return try await writes.run { transaction in
            guard let open = try OpenRow.find(id, in: transaction.database) else { throw OpenRow.missing(id) }
            let content = try open.content(keys, in: transaction.database)
            let person = try open.pseudonym(keys, in: transaction, at: now)
            try transaction.tail.append(
                Act(.quarantineViewed, actor: actor, at: now, object: open.object), subject: person)
            return content
        }
    }

    public func quarantinedContents(_ ids: [Int64]) async throws -> [QuarantinedContent] {
        let keys = keys
        return try await read { database in
            try ids.prefix(StoreLimits.rowsPerChunk).compactMap {
                try OpenRow.find($0, in: database)?.content(keys, in: database)
            }
        }
    }

    public func settleQuarantined(
        _ verdicts: [QuarantineVerdict], by actor: AuditActor, at now: Instant
    ) async throws -> Set<Int64> {
        guard verdicts.count <= StoreLimits.rowsPerChunk else {
            throw StoreError(
                .invalid, "more than \(StoreLimits.rowsPerChunk) rows at once", remedy: "settle fewer at a time")
        }
        let (settled, peers) = try await writes.run { [keys] transaction in
            var writer = QuarantineWriter(actor: actor, at: now, keys: keys)
            return try writer.settle(verdicts, in: transaction)
        }
        announce(peers)
        return settled
    }
}

/// An open row as it lies in its table.
struct OpenRow {
    var id: Int64
    var run: Int64
    var row: Int
    var mapping: String
    var reasons: String
    var at: Int64
    var sealed: StoredBody
    /// The look-up hash of the person whose row it is, as far as the row says.
    var person: ShortHash?

    static func find(_ id: Int64, in database: Database) throws -> OpenRow? {
        let find = try RawStatement(
            database,
            """
            SELECT run, row, mapping, reasons, at, data_key, body, person FROM quarantine JOIN run ON run.id = quarantine.run
            WHERE quarantine.id = ?1 AND state = 'open'
            """)
        find.bind(1, id)
        return try find.first { columns in
            OpenRow(
                id: id, run: columns.integer(0), row: Int(columns.integer(1)), mapping: columns.text(2),
                reasons: columns.text(3), at: columns.integer(4),
                sealed: StoredBody(key: columns.integer(5), body: columns.bytes(6)),
                person: columns.isNull(7) ? nil : ShortHash(columns.bytes(7)))
        }
    }

    static func missing(_ id: Int64) -> StoreError {
        StoreError(.notFound, "no row \(id) is open in quarantine", remedy: "see `yizhan quarantine list`")
    }

    /// What the log calls the row: of the encrypted bytes, since a digest of the row itself could be guessed.
    var object: Digest256 { Digest256(hashing: sealed.body) }

    /// The audit log's name for the person whose row it is; nil when the row does not say.
    func pseudonym(_ keys: StoreKeys, in transaction: borrowing Transaction, at now: Instant) throws -> Digest256? {
        guard let person else { return nil }
        return try Subjects(keys: keys).pseudonym(ofLookup: person, in: transaction, at: now)
    }

    func content(_ keys: StoreKeys, in database: Database) throws -> QuarantinedContent {
        let plain = try sealed.open(as: "quarantine \(run) \(row)", keys: keys, in: database)
        let (cells, raw) = try QuarantineBody.decode(plain)
        return QuarantinedContent(
            row: QuarantinedRow(
                id: id, run: RunID(number: run), row: row, mapping: mapping,
                codes: RefusedRow.Reason.codes(inStored: reasons), at: Instant(milliseconds: at)),
            reasons: RefusedRow.Reason.reasons(inStored: reasons), cells: cells, raw: raw)
    }
}

/// Carries decisions on quarantined rows out, within one transaction.
struct QuarantineWriter {
    let actor: AuditActor
    let at: Instant
    let keys: StoreKeys

    mutating func settle(
        _ verdicts: [QuarantineVerdict], in transaction: borrowing Transaction
    ) throws -> (Set<Int64>, Set<Province>) {
        var settled: Set<Int64> = []
        var drafts: [Int64: [Draft]] = [:]
        for var verdict in verdicts where !settled.contains(verdict.id) {
            if case .passed(let draft) = verdict.decision,
                let objection = try StateRules.objection(to: draft, in: transaction)
            {
                verdict.decision = .refused([objection])
            }
            guard let open = try OpenRow.find(verdict.id, in: transaction.database) else { continue }
            settled.insert(verdict.id)
            try enter(verdict, open, in: transaction)
            switch verdict.decision {
            case .passed(let draft):
                drafts[open.run, default: []].append(draft)
                try close(open, as: "passed", in: transaction.database)
            // Values that were tried and did not pass are not kept, so the reasons stay those of the row as it is.
            case .refused(let reasons) where !verdict.isRepaired:
                try keep(open, reasons, in: transaction.database)
            case .refused: break
            case .discarded: try close(open, as: "discarded", in: transaction.database)
            }
        }
        var peers: Set<Province> = []
        for (run, drafts) in drafts.sorted(by: { $0.key < $1.key }) {
            var writer = AcceptanceWriter(
                chunk: IntakeChunk(run: RunID(number: run), actor: actor, drafts: drafts, refused: [], at: at),
                keys: keys)
            peers.formUnion(try writer.write(in: transaction).1)
        }
        return (settled, peers)
    }

    private func enter(_ verdict: QuarantineVerdict, _ open: OpenRow, in transaction: borrowing Transaction) throws {
        let person = try open.pseudonym(keys, in: transaction, at: at)
        if case .discarded(let reason) = verdict.decision {
            var act = Act(.quarantineDiscarded, actor: actor, at: at, object: open.object)
            act.details[.reason] = reason
            try transaction.tail.append(act, subject: person)
            return
        }
        if verdict.isRepaired {
            try transaction.tail.append(
                Act(.quarantineRepaired, actor: actor, at: at, object: open.object), subject: person)
        }
        var act = Act(.quarantineReplayed, actor: actor, at: at, object: open.object)
        act.outcome = "accepted"
        var found = person
        if case .passed(let draft) = verdict.decision, let subject = draft.subject {
            // Whose record it becomes: another's than the row was, when a number was repaired.
            found = try Subjects(keys: keys).pseudonym(of: subject, in: transaction, at: at)
        }
        if case .refused(let reasons) = verdict.decision {
            act.outcome = "quarantined"
            let codes = ViolationCode.list(reasons.map(\.code))
            if !codes.isEmpty { act.details[.codes] = codes }
        }
        try transaction.tail.append(act, subject: found)
    }

    /// The row stays as a line of the account; its content goes, and the key with which it could be read from old pages.
    private func close(_ open: OpenRow, as state: String, in database: Database) throws {
        let close = try RawStatement(
            database,
            """
            UPDATE quarantine SET state = ?2, settled_at = ?3, data_key = NULL, body = zeroblob(0), person = NULL
            WHERE id = ?1 AND state = 'open'
            """)
        close.bind(1, open.id)
        close.bind(2, state)
        close.bind(3, at.milliseconds)
        try close.run()
    }

    private func keep(_ open: OpenRow, _ reasons: [RefusedRow.Reason], in database: Database) throws {
        let keep = try RawStatement(database, "UPDATE quarantine SET reasons = ?2 WHERE id = ?1")
        keep.bind(1, open.id)
        keep.bind(2, RefusedRow.Reason.stored(reasons))
        try keep.run()
    }
}
