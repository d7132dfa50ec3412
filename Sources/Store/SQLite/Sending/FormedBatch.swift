import GRDB
import Interchange

/// A batch as it is stored before its first byte is sent.
struct FormedBatch: Sendable {
    var id: MessageID
    var peer: Province
    var waiting: WaitingEnvelopes
    var content: EncodedContent
    /// In which its envelopes were issued.
    var hours: [UInt8]
    /// The content, unless it is a segment as it lies: that is kept until it is settled, and is the same bytes.
    var sealed: Sealed?

    /// - Throws: ``StoreError`` `contended` when the envelopes are no longer free.
    func store(in database: Database, at now: Instant, leasedUntil lease: Instant) throws {
        try insert(in: database, leasedUntil: lease)
        try BatchHours.keep(hours, of: id, in: database)
        guard try claim(in: database) else {
            throw StoreError(.contended, "the envelopes were taken meanwhile", remedy: "lease again")
        }
        guard let sealed else { return }
        let key = try sealed.keep(in: database, at: now)
        let body = try RawStatement(database, "INSERT INTO batch_body(batch, data_key, body) VALUES (?1, ?2, ?3)")
        body.bind(1, id.bytes)
        body.bind(2, key)
        try body.run(lending: sealed.body, to: 3)
    }

    private func insert(in database: Database, leasedUntil lease: Instant) throws {
        let insert = try RawStatement(
            database,
            """
            INSERT INTO batch(id, peer, state, envelopes, accepted_at, due_at, encoding, digest, listing)
            VALUES (?1, ?2, 'leased', ?3, ?4, ?5, ?6, ?7, ?8)
            """)
        insert.bind(1, id.bytes)
        insert.bind(2, Int(peer.number))
        insert.bind(3, waiting.listing.count / 48)
        insert.bind(4, waiting.acceptedAt.milliseconds)
        insert.bind(5, lease.milliseconds)
        if let encoding = content.encoding { insert.bind(6, encoding) } else { insert.bindNull(6) }
        insert.bind(7, content.digest.bytes)
        insert.bind(8, waiting.listing)
        try insert.run()
    }

    private func claim(in database: Database) throws -> Bool {
        switch waiting.source {
        case .segments(let parts):
            let claim = try RawStatement(
                database, "UPDATE segment SET taken = taken + ?3 WHERE id = ?1 AND taken = ?2")
            let link = try RawStatement(
                database, "INSERT INTO batch_part(batch, segment, first, count) VALUES (?1, ?2, ?3, ?4)")
            for part in parts {
                claim.bind(1, part.segment)
                claim.bind(2, part.first)
                claim.bind(3, part.count)
                try claim.run()
                guard database.changesCount == 1 else { return false }
                link.bind(1, id.bytes)
                link.bind(2, part.segment)
                link.bind(3, part.first)
                link.bind(4, part.count)
                try link.run()
            }
        case .parked(let envelopes):
            let claim = try RawStatement(
                database,
                """
                UPDATE exception SET state = 'offered', attempts = attempts + 1 WHERE envelope = ?1 AND state = 'parked'
                """)
            for envelope in envelopes {
                claim.bind(1, envelope)
                try claim.run()
                guard database.changesCount == 1 else { return false }
            }
        }
        return true
    }
}
