import AuditLog
import GRDB
import Interchange

/// A formed batch as it lies in its table.
struct HeldBatch {
    enum State: String { case leased, retryable, delivered, deadLettered, closed }

    var id: MessageID
    var peer: Province
    var state: State
    var listing: [UInt8]
    var digest: Digest256?
    var attempts: Int
    var acceptedAt: Instant
    var due: Instant
    var blockedOn: String?

    var envelopes: [EnvelopeReference] { EnvelopeReference.list(listing) }

    static let columns = "id, peer, state, listing, digest, attempts, accepted_at, due_at, blocked_on"

    static func find(_ id: MessageID, in database: Database) throws -> HeldBatch? {
        let find = try RawStatement(database, "SELECT \(columns) FROM batch WHERE id = ?1")
        find.bind(1, id.bytes)
        return try find.first(HeldBatch.init) ?? nil
    }

    static func all(
        of peer: Province, in state: State, _ database: Database
    ) throws -> [HeldBatch] {
        // The state is written out so that its partial index is used.
        let find = try RawStatement(
            database, "SELECT \(columns) FROM batch WHERE peer = ?1 AND state = '\(state.rawValue)' ORDER BY id")
        find.bind(1, Int(peer.number))
        var found: [HeldBatch] = []
        try find.forEachRow { if let batch = HeldBatch($0) { found.append(batch) } }
        return found
    }

    /// The batch, not yet delivered or closed, that has the envelope.
    static func open(holding envelope: MessageID, in database: Database) throws -> HeldBatch? {
        var found: HeldBatch?
        for state in [State.retryable, .leased, .deadLettered] where found == nil {
            let find = try RawStatement(
                database, "SELECT \(columns) FROM batch WHERE state = '\(state.rawValue)'")
            try find.forEachRowWhile { columns in
                if let batch = HeldBatch(columns), batch.envelopes.contains(where: { $0.id == envelope }) {
                    found = batch
                }
                return found == nil
            }
        }
        return found
    }

    init?(_ columns: borrowing RawStatement.Columns) {
        guard let id = MessageID(bytes: columns.bytes(0)), let peer = Province(number: Int(columns.integer(1))),
            let state = State(rawValue: columns.text(2))
        else { return nil }
        self.id = id
        self.peer = peer
        self.state = state
        listing = columns.bytes(3)
        digest = Digest256(columns.bytes(4))
        attempts = Int(columns.integer(5))
        acceptedAt = Instant(milliseconds: columns.integer(6))
        due = Instant(milliseconds: columns.integer(7))
        blockedOn = columns.optionalText(8)
    }

    /// What becomes of an envelope whose batch is closed.
    enum Fate {
        /// It goes out again, in a batch of at most so many.
        case again(together: Int)
        case dead(reason: String)
        case withdrawn(ExceptionRow.Withdrawal)
        /// Its payload is erased: it was kept for as long as it may be, or withdrawn by its originator.
        case expired
    }

    /// Closes the batch: it is not sent again as it is, and each of its envelopes goes its own way. What a late receipt says
    /// of them still holds.
    func close(
        at now: Instant, in database: Database, keys: StoreKeys, fate: (EnvelopeReference) -> Fate
    ) throws {
        var lines = BatchLines()
        for (place, envelope) in envelopes.enumerated() {
            var row = NewException(
                envelope: envelope, peer: peer, state: .parked, reason: ExceptionRow.Wait.split.rawValue,
                since: acceptedAt, due: now)
            switch fate(envelope) {
            case .again(let together): row.together = max(1, together)
            case .dead(let reason): (row.state, row.reason) = (.deadLettered, reason)
            case .withdrawn(let withdrawal): (row.state, row.withdrawn) = (.settled, withdrawal)
            case .expired: (row.state, row.reason) = (.settled, ExceptionRow.expired)
            }
            if row.state != .settled {
                let line = try lines.line(place, of: id, in: database, keys: keys)
                // It ended when it was erased.
                guard line != ErasedLine.mark else { continue }
                row.line = line
            }
            try row.put(in: database, keys: keys, at: now)
        }
        let erase = try RawStatement(database, "DELETE FROM batch_body WHERE batch = ?1")
        erase.bind(1, id.bytes)
        try erase.run()
        let close = try RawStatement(
            database, "UPDATE batch SET state = 'closed', blocked_on = NULL, blocked_since = NULL WHERE id = ?1")
        close.bind(1, id.bytes)
        try close.run()
    }
}

/// Envelopes of a segment that are in no batch yet.
struct SegmentRest {
    var segment: Int64
    var taken: Int

    /// The segment that has the envelope, by the time that its id states, and where in it: the newest, which what was moved out of
    /// another lies in.
    static func place(of envelope: MessageID, in database: Database) throws -> (rest: SegmentRest, place: Int)? {
        let find = try RawStatement(
            database,
            """
            SELECT segment.id, taken, listing FROM segment JOIN segment_body ON segment_body.id = segment.id
            WHERE accepted_at = ?1 ORDER BY segment.id DESC
            """)
        find.bind(1, Int64(envelope.high >> 16))
        var found: (SegmentRest, Int)?
        try find.forEachRowWhile { columns in
            let listing = EnvelopeReference.list(columns.bytes(2))
            if let place = listing.firstIndex(where: { $0.id == envelope }) {
                found = (SegmentRest(segment: columns.integer(0), taken: Int(columns.integer(1))), place)
            }
            return found == nil
        }
        return found
    }

    /// The batch in which an envelope of the segment went out, whatever became of it.
    func batch(holding place: Int, in database: Database) throws -> HeldBatch? {
        let find = try RawStatement(
            database,
            "SELECT batch FROM batch_part WHERE segment = ?1 AND first <= ?2 AND ?2 < first + count")
        find.bind(1, segment)
        find.bind(2, place)
        guard let id = try find.first({ MessageID(bytes: $0.bytes(0)) }) ?? nil else { return nil }
        return try HeldBatch.find(id, in: database)
    }

    /// Forms a batch of them that is never sent, so that it can be taken apart as any other.
    func formed(at now: Instant, random: (UInt64, UInt64), in database: Database) throws -> HeldBatch? {
        let find = try RawStatement(
            database,
            """
            SELECT peer, accepted_at, listing FROM segment JOIN segment_body ON segment_body.id = segment.id
            WHERE segment.id = ?1
            """)
        find.bind(1, segment)
        let found = try find.first { ($0.integer(0), $0.integer(1), Array($0.bytes(2).dropFirst(taken * 48))) }
        guard let found, !found.2.isEmpty else { return nil }
        let id = MessageID(at: now, random: random)
        let insert = try RawStatement(
            database,
            """
            INSERT INTO batch(id, peer, state, envelopes, accepted_at, due_at, digest, listing)
            VALUES (?1, ?2, 'retryable', ?3, ?4, ?5, ?6, ?7)
            """)
        insert.bind(1, id.bytes)
        insert.bind(2, found.0)
        insert.bind(3, found.2.count / 48)
        insert.bind(4, found.1)
        insert.bind(5, now.milliseconds)
        insert.bind(6, Digest256(hashing: found.2).bytes)
        insert.bind(7, found.2)
        try insert.run()
        try claim(found.2.count / 48, for: id, in: database)
        return try HeldBatch.find(id, in: database)
    }

    private func claim(_ count: Int, for batch: MessageID, in database: Database) throws {
        let link = try RawStatement(
            database, "INSERT INTO batch_part(batch, segment, first, count) VALUES (?1, ?2, ?3, ?4)")
        link.bind(1, batch.bytes)
        link.bind(2, segment)
        link.bind(3, taken)
        link.bind(4, count)
        try link.run()
        let take = try RawStatement(database, "UPDATE segment SET taken = envelopes WHERE id = ?1")
        take.bind(1, segment)
        try take.run()
    }
}
