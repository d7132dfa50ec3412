import GRDB
import Interchange

/// A batch that was formed and is not settled.
struct OpenBatch {
    let id: MessageID
    let peer: Province
    let envelopes: [EnvelopeReference]
    let acceptedAt: Int64
    /// Why it is a dead letter; nil while it is going to be sent.
    let deadReason: String?

    /// Those that hold envelopes of a segment, as cut from it or as offered again one by one.
    static func find(
        _ ids: Set<MessageID>, at places: Set<Int>, of segment: Int64, _ peer: Province, in database: Database
    ) throws -> [OpenBatch] {
        var found: [OpenBatch] = []
        let cut = try RawStatement(
            database,
            """
            SELECT id, listing, accepted_at, state, blocked_on, first, count FROM batch_part JOIN batch ON id = batch
            WHERE segment = ?1 AND state NOT IN ('delivered', 'closed')
            """)
        cut.bind(1, segment)
        try cut.forEachRow { columns in
            let part = Int(columns.integer(5))..<Int(columns.integer(5) + columns.integer(6))
            guard places.contains(where: part.contains), let batch = OpenBatch(columns, peer) else { return }
            found.append(batch)
        }
        guard try isOffered(ids, in: database) else { return found }
        // Batches of what was offered again have no segments; there are few, and their listings say what they hold.
        let offered = try RawStatement(
            database,
            """
            SELECT id, listing, accepted_at, state, blocked_on FROM batch
            WHERE peer = ?1 AND state IN ('leased', 'retryable', 'deadLettered')
                AND NOT EXISTS (SELECT 1 FROM batch_part WHERE batch = id)
            """)
        offered.bind(1, Int(peer.number))
        try offered.forEachRow { columns in
            guard let batch = OpenBatch(columns, peer), batch.envelopes.contains(where: { ids.contains($0.id) }) else {
                return
            }
            found.append(batch)
        }
        return found
    }

    private init?(_ columns: borrowing RawStatement.Columns, _ peer: Province) {
        guard let id = MessageID(bytes: columns.bytes(0)) else { return nil }
        self.id = id
        self.peer = peer
        envelopes = EnvelopeReference.list(columns.bytes(1))
        acceptedAt = columns.integer(2)
        deadReason = columns.text(3) == "deadLettered" ? columns.optionalText(4) ?? "operator" : nil
    }

    private static func isOffered(_ ids: Set<MessageID>, in database: Database) throws -> Bool {
        let find = try RawStatement(database, "SELECT 1 FROM exception WHERE envelope = ?1 AND state = 'offered'")
        for id in ids {
            find.bind(1, id.bytes)
            if try find.first({ _ in true }) ?? false { return true }
        }
        return false
    }

    /// Closes it. Every envelope of it gets a row of its own: those that end here a settled one without a body, so that a
    /// receipt which comes late finds nothing to do; the others go out again, or stay the dead letters that they are.
    func close(without ids: Set<MessageID>, keys: StoreKeys, at now: Instant, in database: Database) throws {
        var lines = BatchLines()
        for (place, envelope) in envelopes.enumerated() {
            if ids.contains(envelope.id) {
                try end(envelope, in: database)
            } else {
                let line = try lines.line(place, of: id, in: database, keys: keys)
                if line != ErasedLine.mark { try keep(envelope, line, keys, now, in: database) }
            }
        }
        let close = try RawStatement(
            database, "UPDATE batch SET state = 'closed', detail = 'an envelope in it was erased' WHERE id = ?1")
        close.bind(1, id.bytes)
        try close.run()
        let erase = try RawStatement(database, "DELETE FROM batch_body WHERE batch = ?1")
        erase.bind(1, id.bytes)
        try erase.run()
    }

    private func end(_ envelope: EnvelopeReference, in database: Database) throws {
        let end = try RawStatement(
            database,
            """
            INSERT INTO exception(envelope, peer, state, reason, codes, since, due_at, body)
            VALUES (?1, ?2, 'settled', 'expired', '', ?3, 0, zeroblob(0))
            ON CONFLICT(envelope) DO UPDATE SET state = 'settled', reason = 'expired', data_key = NULL,
                body = zeroblob(0) WHERE state <> 'settled'
            """)
        end.bind(1, envelope.id.bytes)
        end.bind(2, Int(peer.number))
        end.bind(3, acceptedAt)
        try end.run()
    }

    private func keep(
        _ envelope: EnvelopeReference, _ line: [UInt8], _ keys: StoreKeys, _ now: Instant, in database: Database
    ) throws {
        let sealed = try Sealed(line, as: "exception \(envelope.id)", keys: keys)
        let key = try sealed.keep(in: database, at: now)
        let put = try RawStatement(
            database,
            """
            INSERT INTO exception(envelope, peer, state, reason, codes, since, due_at, data_key, body)
            VALUES (?1, ?2, ?3, ?4, '', ?5, ?6, ?7, ?8)
            ON CONFLICT(envelope) DO UPDATE SET state = excluded.state, reason = excluded.reason,
                due_at = excluded.due_at, data_key = excluded.data_key, body = excluded.body WHERE state <> 'settled'
            """)
        put.bind(1, envelope.id.bytes)
        put.bind(2, Int(peer.number))
        put.bind(3, deadReason == nil ? "parked" : "deadLettered")
        put.bind(4, deadReason ?? "split")
        put.bind(5, acceptedAt)
        put.bind(6, now.milliseconds)
        put.bind(7, key)
        put.bind(8, sealed.body)
        try put.run()
        if database.changesCount == 0 { try WrappedKey.erase(key, in: database) }
    }
}
