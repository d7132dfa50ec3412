import AuditLog
import GRDB
import Interchange

/// An envelope that has a row of its own: parked at the peer, refused by it, or taken out of its batch.
struct ExceptionRow {
    enum State: String { case parked, offered, deadLettered, settled }
    /// How one that is settled ended without being delivered.
    enum Withdrawal: String { case cancelled, discarded, superseded }
    /// Why a row that is `parked` is there; only the first waits for the peer.
    enum Wait: String { case parkedReference, split, replayed }

    /// Why one is settled that was erased before it was delivered.
    static let expired = "expired"

    var envelope: MessageID
    var peer: Province
    var state: State
    var reason: String
    var withdrawn: Withdrawal?
    private var digest: Digest256?
    private var stored: StoredBody?

    static func find(_ envelope: MessageID, in database: Database) throws -> ExceptionRow? {
        let find = try RawStatement(
            database,
            "SELECT peer, state, reason, withdrawn, digest, data_key, body FROM exception WHERE envelope = ?1")
        find.bind(1, envelope.bytes)
        return try find.first { columns in
            guard let peer = Province(number: Int(columns.integer(0))), let state = State(rawValue: columns.text(1))
            else { return nil }
            return ExceptionRow(
                envelope: envelope, peer: peer, state: state, reason: columns.text(2),
                withdrawn: columns.optionalText(3).flatMap(Withdrawal.init(rawValue:)),
                digest: columns.optionalBytes(4).flatMap { Digest256($0) },
                stored: columns.optionalInteger(5).map { StoredBody(key: $0, body: columns.bytes(6)) })
        } ?? nil
    }

    /// The peer's dead letters.
    static func dead(of peer: Province, in database: Database) throws -> [MessageID] {
        let find = try RawStatement(
            database, "SELECT envelope FROM exception WHERE peer = ?1 AND state = 'deadLettered'")
        find.bind(1, Int(peer.number))
        var ids: [MessageID] = []
        try find.forEachRow { if let id = MessageID(bytes: $0.bytes(0)) { ids.append(id) } }
        return ids
    }

    /// - Throws: ``StoreError`` `invalid` when the content was erased.
    func line(_ keys: StoreKeys, in database: Database) throws -> [UInt8] {
        guard let stored else {
            throw StoreError(
                .invalid, "the content of envelope \(envelope) was erased",
                remedy: "discard it with `yizhan queue discard`")
        }
        return try stored.open(as: "exception \(envelope)", keys: keys, in: database)
    }

    /// What the audit log calls it: rows of earlier versions keep no digest, so it is taken of the line.
    func object(_ keys: StoreKeys, in database: Database) -> Digest256 {
        digest ?? (try? line(keys, in: database)).map { Digest256(hashing: $0) } ?? Digest256(hashing: envelope.bytes)
    }

    /// Ends it without delivery; its content goes, and the key with which it could be read from old pages.
    func withdraw(as withdrawal: Withdrawal, in database: Database) throws {
        let end = try RawStatement(
            database,
            """
            UPDATE exception SET state = 'settled', withdrawn = ?2, data_key = NULL, body = zeroblob(0)
            WHERE envelope = ?1
            """)
        end.bind(1, envelope.bytes)
        end.bind(2, withdrawal.rawValue)
        try end.run()
    }

    /// Lets a dead letter be offered again; its age begins anew.
    func replay(at now: Instant, in database: Database) throws {
        let free = try RawStatement(
            database,
            """
            UPDATE exception SET state = 'parked', reason = 'replayed', codes = '', places = '', since = ?2, due_at = ?2
            WHERE envelope = ?1 AND state = 'deadLettered'
            """)
        free.bind(1, envelope.bytes)
        free.bind(2, now.milliseconds)
        try free.run()
    }
}

/// A row to be made, or to be changed where the envelope has one that is not settled.
struct NewException {
    var envelope: EnvelopeReference
    var peer: Province
    var state: ExceptionRow.State
    var reason: String
    var findings: [PeerFinding] = []
    var reference: RecordID?
    var since: Instant
    var due: Instant
    /// The most envelopes that share its next batch.
    var together = 1_000
    var withdrawn: ExceptionRow.Withdrawal?
    /// Nil where nothing is left to send.
    var line: [UInt8]?

    /// - Returns: false when the envelope was settled before: then nothing is changed.
    @discardableResult
    func put(in database: Database, keys: StoreKeys, at now: Instant) throws -> Bool {
        let sealed = try line.map { try Sealed($0, as: "exception \(envelope.id)", keys: keys) }
        let put = try RawStatement(
            database,
            """
            INSERT INTO exception(envelope, peer, state, reason, codes, places, reference, since, due_at, together,
                withdrawn, data_key, body, digest)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
            ON CONFLICT(envelope) DO UPDATE SET state = excluded.state, reason = excluded.reason, codes = excluded.codes,
                places = excluded.places, reference = COALESCE(excluded.reference, reference), due_at = excluded.due_at,
                together = excluded.together, withdrawn = excluded.withdrawn, digest = excluded.digest,
                data_key = excluded.data_key, body = excluded.body,
                since = CASE excluded.reason WHEN 'split' THEN excluded.since ELSE since END WHERE state <> 'settled'
            """)
        put.bind(1, envelope.id.bytes)
        put.bind(2, Int(peer.number))
        put.bind(3, state.rawValue)
        put.bind(4, reason)
        put.bind(5, findings.map(\.code).joined(separator: " "))
        put.bind(6, findings.map(\.pointer).joined(separator: "\n"))
        put.bind(7, reference?.key)
        put.bind(8, since.milliseconds)
        put.bind(9, due.milliseconds)
        put.bind(10, together)
        if let withdrawn { put.bind(11, withdrawn.rawValue) } else { put.bindNull(11) }
        let key = try sealed?.keep(in: database, at: now)
        if let key { put.bind(12, key) } else { put.bindNull(12) }
        put.bind(13, sealed?.body ?? [])
        put.bind(14, envelope.digest.bytes)
        try put.run()
        guard database.changesCount == 0 else { return true }
        if let key { try WrappedKey.erase(key, in: database) }
        return false
    }
}
