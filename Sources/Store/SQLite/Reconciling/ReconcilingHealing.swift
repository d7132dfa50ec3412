import AuditLog
import GRDB
import Interchange

extension SQLiteStore {
    public func resend(
        _ lacking: [Leaf], to peer: Province, at now: Instant
    ) async throws -> [MessageID: Standing] {
        guard !lacking.isEmpty else { return [:] }
        let keys = keys
        let (standings, lines) = try await read { database in
            var standings = try OpenDeliveries(peer: peer, database: database).exceptions(of: lacking.map(\.id))
            let wanted = lacking.filter { standings[$0.id] == nil }
            let lines = try SentLines(peer: peer, database: database, keys: keys).lines(of: wanted)
            for leaf in wanted { standings[leaf.id] = lines[leaf.id] == nil ? .expired : .resent }
            return (standings, lines)
        }
        guard !lines.isEmpty else { return standings }
        let sealed = try lines.map { id, line in
            (id, Digest256(hashing: line), try Sealed(line, as: "exception \(id)", keys: keys))
        }
        try await writes.run { transaction in
            for (id, digest, sealed) in sealed {
                try Self.enqueue(id, digest, sealed, to: peer, at: now, in: transaction)
            }
        }
        announce([peer])
        return standings
    }

    /// As an envelope that waits for a batch of its own; what was settled is open again.
    private static func enqueue(
        _ id: MessageID, _ digest: Digest256, _ sealed: Sealed, to peer: Province, at now: Instant,
        in transaction: borrowing Transaction
    ) throws {
        let put = try RawStatement(
            transaction.database,
            """
            INSERT INTO exception(envelope, peer, state, reason, codes, since, due_at, data_key, body)
            VALUES (?1, ?2, 'parked', 'split', '', ?3, ?3, ?4, ?5)
            ON CONFLICT(envelope) DO UPDATE SET state = 'parked', reason = 'split', codes = '', since = excluded.since,
                due_at = excluded.due_at, data_key = excluded.data_key, body = excluded.body WHERE state = 'settled'
            """)
        let key = try sealed.keep(in: transaction.database, at: now)
        put.bind(1, id.bytes)
        put.bind(2, Int(peer.number))
        put.bind(3, now.milliseconds)
        put.bind(4, key)
        put.bind(5, sealed.body)
        try put.run()
        guard transaction.database.changesCount == 1 else { return try WrappedKey.erase(key, in: transaction.database) }
        try transaction.tail.append(
            Act(
                .deliveryRetried, actor: AuditActor(organisation: "gateway"), at: now, object: digest,
                details: [.peer: peer.description, .reason: "reconciliation"]), subject: nil)
    }

    public func adopt(
        _ held: [HeldEnvelope], of peer: Province, in hour: IssueHour, at now: Instant
    ) async throws -> [MessageID: Standing] {
        guard !held.isEmpty else { return [:] }
        let ids = Set(held.map(\.leaf.id))
        let tree = LeafTree(peer: peer, direction: .sent)
        let (open, known) = try await read { database in
            var known: [MessageID: Leaf] = [:]
            if let lowest = ids.min(), let highest = ids.max() {
                try LeafReader(tree: tree, database: database).forEachLeaf(
                    in: hour, LeafRange(first: lowest, before: highest.successor)
                ) { leaf in
                    if ids.contains(leaf.id) { known[leaf.id] = leaf }
                    return true
                }
            }
            return (try OpenDeliveries(peer: peer, database: database).all(of: ids), known)
        }
        return try await writes.run { transaction in
            var writer = LeafWriter(tree)
            var standings: [MessageID: Standing] = [:]
            for envelope in held {
                let id = envelope.leaf.id
                let isRaised = try Self.raise(envelope, in: transaction)
                if let standing = open[id] {
                    standings[id] = standing
                } else if let known = known[id], known.digest != envelope.leaf.digest {
                    standings[id] = .disputed
                } else {
                    writer.add(envelope.leaf, in: hour)
                    standings[id] = isRaised ? .raised : .entered
                }
            }
            try writer.write(to: transaction.database)
            return standings
        }
    }

    public func raiseVersion(_ record: RecordID, to version: Int) async throws {
        guard (1...ReconcilingLimits.highestVersion).contains(version) else {
            throw StoreError(
                .invalid, "a version counter cannot be raised to \(version)", remedy: "ask the peer what it holds")
        }
        let nothing = Leaf(
            id: MessageID(high: 0, low: 0), digest: Digest256(hashing: []), outcome: .accepted)
        _ = try await writes.run { transaction in
            try Self.raise(HeldEnvelope(leaf: nothing, record: record, version: version), in: transaction)
        }
    }

    /// - Returns: whether the counter was lower.
    private static func raise(_ envelope: HeldEnvelope, in transaction: borrowing Transaction) throws -> Bool {
        guard let record = envelope.record, let version = envelope.version,
            (1...ReconcilingLimits.highestVersion).contains(version)
        else { return false }
        let key = record
        guard var held = try transaction.record(key) else {
            transaction.put(RecordEntry(counting: envelope, record, version), as: key)
            return true
        }
        guard held.version < UInt32(version) else { return false }
        held.version = UInt32(version)
        // What the peer holds may say something else: the next row of this fact is issued, whatever it says.
        // Of ours it stays: it says in which table the line lies.
        if held.content != nil { held.content = RecordEntry.noContent }
        transaction.put(held, as: key)
        return true
    }
}

extension RecordEntry {
    /// The content of one that has to be issued again, whatever its next row says: no content has this hash.
    fileprivate static let noContent = ShortHash.zero

    /// A fact of which only the version is known: its rows were lost with what was written after the backup.
    fileprivate init(counting envelope: HeldEnvelope, _ record: RecordID, _ version: Int) {
        self.init(
            sender: record.register.number, kind: .arrival, version: UInt32(version), envelope: envelope.leaf.id,
            digest: envelope.leaf.digest, content: nil, payload: 0, place: 0, retainUntil: 0,
            subject: .zero)
    }
}

/// Deliveries to a peer that have no final outcome here.
struct OpenDeliveries {
    let peer: Province
    let database: Database

    /// Of those that have a row of their own; `cancelled` is how one ended that was withdrawn.
    func exceptions(of ids: some Sequence<MessageID>) throws -> [MessageID: Standing] {
        let find = try RawStatement(
            database, "SELECT state, reason, withdrawn IS NOT NULL FROM exception WHERE envelope = ?1 AND peer = ?2")
        find.bind(2, Int(peer.number))
        var found: [MessageID: Standing] = [:]
        for id in ids {
            find.bind(1, id.bytes)
            guard let row = try find.first({ ($0.text(0), $0.text(1), $0.integer(2) == 1) }) else { continue }
            found[id] = row.2 ? .cancelled : Self.standing(state: row.0, reason: row.1)
        }
        return found
    }

    private static func standing(state: String, reason: String) -> Standing? {
        switch state {
        case "settled": nil
        case "parked": reason == "split" ? .waiting : .parked
        case "deadLettered": .dead
        case "cancelled", "discarded": .cancelled
        default: .waiting
        }
    }

    /// Of all: also those in batches that are not settled, and those that wait for one.
    func all(of ids: Set<MessageID>) throws -> [MessageID: Standing] {
        // What was withdrawn here and is held there after all is entered as delivered.
        var found = try exceptions(of: ids).filter { $0.value != .cancelled }
        let waiting = try RawStatement(
            database,
            """
            SELECT listing, taken, '' FROM segment JOIN segment_body USING (id) WHERE peer = ?1 AND taken < envelopes
            UNION ALL
            SELECT listing, 0, state FROM batch WHERE peer = ?1 AND \(OpenBatches.condition)
            """)
        waiting.bind(1, Int(peer.number))
        try waiting.forEachRow { columns in
            let standing: Standing =
                switch columns.text(2) {
                case "deadLettered": .dead
                case "cancelled", "discarded": .cancelled
                default: .waiting
                }
            for envelope in EnvelopeReference.list(columns.bytes(0)).dropFirst(Int(columns.integer(1)))
            where ids.contains(envelope.id) && found[envelope.id] == nil {
                found[envelope.id] = standing
            }
        }
        return found
    }

    func counts(acceptedBefore: Instant) throws -> Outstanding {
        let count = try RawStatement(
            database,
            """
            SELECT 'waiting', COALESCE(SUM(envelopes - taken), 0) FROM segment
            WHERE peer = ?1 AND taken < envelopes AND accepted_at < ?2
            UNION ALL SELECT state, SUM(envelopes) FROM batch
            WHERE peer = ?1 AND \(OpenBatches.condition) AND accepted_at < ?2 GROUP BY state
            UNION ALL SELECT CASE reason WHEN 'split' THEN 'waiting' ELSE state END, COUNT(*) FROM exception
            WHERE peer = ?1 AND state IN ('parked', 'deadLettered') AND since < ?2 GROUP BY 1
            """)
        count.bind(1, Int(peer.number))
        count.bind(2, acceptedBefore.milliseconds)
        var outstanding = Outstanding()
        try count.forEachRow { columns in
            let envelopes = Int(columns.integer(1))
            switch columns.text(0) {
            case "parked": outstanding.parked += envelopes
            case "deadLettered": outstanding.dead += envelopes
            default: outstanding.waiting += envelopes
            }
        }
        return outstanding
    }
}

/// The lines of envelopes that were sent, from the segments that they were accepted in.
struct SentLines {
    let peer: Province
    let database: Database
    let keys: StoreKeys

    /// An id is made with the time at which its segment is accepted: only segments of these times are opened.
    func lines(of leaves: [Leaf]) throws -> [MessageID: [UInt8]] {
        var wanted = Dictionary(leaves.map { ($0.digest, $0.id) }, uniquingKeysWith: { first, _ in first })
        let times = leaves.map { Int64($0.id.high >> 16) }
        guard let earliest = times.min(), let latest = times.max() else { return [:] }
        let find = try RawStatement(
            database,
            """
            SELECT segment.id, listing, data_key, body FROM segment JOIN segment_body ON segment_body.id = segment.id
            WHERE peer = ?1 AND accepted_at BETWEEN ?2 AND ?3 AND data_key IS NOT NULL
            """)
        find.bind(1, Int(peer.number))
        find.bind(2, earliest)
        find.bind(3, latest)
        var found: [MessageID: [UInt8]] = [:]
        try find.forEachRowWhile { columns in
            guard EnvelopeReference.list(columns.bytes(1)).contains(where: { wanted[$0.digest] != nil }) else {
                return true
            }
            let stored = StoredBody(key: columns.integer(2), body: columns.bytes(3))
            let text = try stored.open(as: "segment \(columns.integer(0))", keys: keys, in: database)
            for line in text.split(separator: 0x0A) {
                let line = Array(line)
                guard let id = wanted.removeValue(forKey: Digest256(hashing: line)) else { continue }
                found[id] = line
            }
            return !wanted.isEmpty
        }
        return found
    }
}
