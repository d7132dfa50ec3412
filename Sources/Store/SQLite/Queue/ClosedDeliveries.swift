import AuditLog
import GRDB
import Interchange

/// Ends the deliveries of envelopes that are about to be erased, within one transaction.
///
/// What is in no batch yet leaves its segment, the rest of which goes into a new one. A batch that was formed is closed, and its
/// other envelopes get rows of their own, from which they go out in new batches.
struct ClosedDeliveries {
    let keys: StoreKeys
    let at: Instant
    /// Places of envelopes that were waiting.
    private(set) var ended: Set<Int> = []
    /// Places of lines that lie in another segment now.
    private(set) var moved: Set<Int> = []
    private(set) var peers: Set<Province> = []

    init(keys: StoreKeys, at: Instant) {
        self.keys = keys
        self.at = at
    }

    private struct Segment {
        var peer: Province
        var envelopes: Int
        var taken: Int
        var listing: [EnvelopeReference]
    }

    /// - Parameters:
    ///   - ids: the envelopes' ids.
    ///   - places: where in the segment their lines are.
    mutating func close(
        _ ids: [MessageID], at places: Set<Int>, of lines: PayloadLines, in transaction: borrowing Transaction
    ) throws {
        guard let segment = try segment(lines.place.id, in: transaction.database) else { return }
        if places.contains(where: { $0 >= segment.taken }) {
            try move(places, segment, lines, in: transaction)
        }
        let ids = Set(ids)
        let open = try HeldBatch.open(
            holding: ids, at: places, of: lines.place.id, segment.peer, in: transaction.database)
        for batch in open {
            try batch.close(without: ids, keys: keys, at: at, in: transaction.database)
            peers.insert(segment.peer)
            mark(batch.envelopes, ids, segment)
        }
        try settleExceptions(ids, segment, in: transaction.database)
    }

    private mutating func mark(_ envelopes: [EnvelopeReference], _ ids: Set<MessageID>, _ segment: Segment) {
        let waiting = Set(envelopes.map(\.id)).intersection(ids)
        for (place, envelope) in segment.listing.enumerated() where waiting.contains(envelope.id) {
            ended.insert(place)
        }
    }

    private func segment(_ id: Int64, in database: Database) throws -> Segment? {
        let find = try RawStatement(
            database,
            """
            SELECT peer, envelopes, taken, listing FROM segment JOIN segment_body ON segment_body.id = segment.id
            WHERE segment.id = ?1
            """)
        find.bind(1, id)
        return try find.first { columns in
            Province(number: Int(columns.integer(0))).map {
                Segment(
                    peer: $0, envelopes: Int(columns.integer(1)), taken: Int(columns.integer(2)),
                    listing: EnvelopeReference.list(columns.bytes(3)))
            }
        } ?? nil
    }

    /// Takes what no batch has yet out of the segment; what of it stays goes into a segment of its own.
    private mutating func move(
        _ places: Set<Int>, _ segment: Segment, _ lines: PayloadLines, in transaction: borrowing Transaction
    ) throws {
        let waiting = segment.taken..<segment.envelopes
        ended.formUnion(places.filter(waiting.contains))
        let staying = waiting.filter { !places.contains($0) && !lines.isErased($0) }
        if !staying.isEmpty {
            let new = MovedSegment(
                peer: segment.peer, acceptedAt: lines.at, from: lines.place.id,
                lines: staying.map { ($0, segment.listing[$0], lines.lines[$0]) })
            try new.store(keys: keys, at: at, in: transaction)
            moved.formUnion(staying)
            peers.insert(segment.peer)
        }
        let take = try RawStatement(transaction.database, "UPDATE segment SET taken = envelopes WHERE id = ?1")
        take.bind(1, lines.place.id)
        try take.run()
    }

    /// Rows of their own that the envelopes have, waiting or dead, end here and lose their bodies.
    private mutating func settleExceptions(_ ids: Set<MessageID>, _ segment: Segment, in database: Database) throws {
        let settle = try RawStatement(
            database,
            """
            UPDATE exception SET state = 'settled', reason = 'expired', data_key = NULL, body = zeroblob(0)
            WHERE envelope = ?1 AND state <> 'settled'
            """)
        for (place, envelope) in segment.listing.enumerated() where ids.contains(envelope.id) {
            settle.bind(1, envelope.id.bytes)
            try settle.run()
            if database.changesCount == 1 { ended.insert(place) }
        }
    }
}

/// What stays of a segment when other envelopes of it are erased before they were sent.
private struct MovedSegment {
    let peer: Province
    let acceptedAt: Instant
    let from: Int64
    let lines: [(place: Int, envelope: EnvelopeReference, bytes: [UInt8])]

    func store(keys: StoreKeys, at now: Instant, in transaction: borrowing Transaction) throws {
        let database = transaction.database
        let text = PayloadLines.text(of: lines.map(\.bytes))
        let insert = try RawStatement(
            database, "INSERT INTO segment(peer, envelopes, bytes, accepted_at) VALUES (?1, ?2, ?3, ?4)")
        insert.bind(1, Int(peer.number))
        insert.bind(2, lines.count)
        insert.bind(3, text.count)
        insert.bind(4, acceptedAt.milliseconds)
        try insert.run()
        let id = database.lastInsertedRowID
        let sealed = try Sealed(text, as: "segment \(id)", keys: keys)
        var listing: [UInt8] = []
        for line in lines { listing.append(id: line.envelope.id, digest: line.envelope.digest) }
        let body = try RawStatement(
            database, "INSERT INTO segment_body(id, listing, data_key, body) VALUES (?1, ?2, ?3, ?4)")
        let key = try sealed.keep(in: database, at: now)
        body.bind(1, id)
        body.bind(2, listing)
        body.bind(3, key)
        body.bind(4, sealed.body)
        try body.run()
        try point(to: id, in: transaction)
    }

    /// Records whose lines moved are found at their new places, and the segment when it falls due.
    private func point(to id: Int64, in transaction: borrowing Transaction) throws {
        let reader = EnvelopeHeadReader()
        let former = try RawStatement(
            transaction.database,
            "UPDATE former_place SET payload = ?3, place = ?4 WHERE record = ?1 AND source = 1 AND payload = ?2 AND place = ?5"
        )
        var due = Int32.max
        for (place, line) in lines.enumerated() {
            guard let head = reader.head(of: line.bytes) else { continue }
            due = min(due, head.retainUntil.daysSince1970)
            let key = head.record
            former.bind(1, key.key)
            former.bind(2, from)
            former.bind(3, id)
            former.bind(4, place)
            former.bind(5, line.place)
            try former.run()
            guard var entry = try transaction.record(key), PayloadPlace(entry) == PayloadPlace(.segment, from),
                Int(entry.place) == line.place
            else { continue }
            (entry.payload, entry.place) = (id, UInt32(place))
            transaction.put(entry, as: key)
        }
        try DuePayloads.add(PayloadPlace(.segment, id), on: due, in: transaction.database)
    }
}
