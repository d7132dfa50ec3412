import GRDB
import Interchange

extension HeldBatch {
    /// Those, not yet delivered or closed, that hold envelopes of a segment, as cut from it or as offered again one by one.
    static func open(
        holding ids: Set<MessageID>, at places: Set<Int>, of segment: Int64, _ peer: Province, in database: Database
    ) throws -> [HeldBatch] {
        var found: [HeldBatch] = []
        for (id, part) in try parts(of: segment, in: database) where places.contains(where: part.contains) {
            guard let batch = try find(id, in: database), batch.state != .delivered, batch.state != .closed else {
                continue
            }
            found.append(batch)
        }
        guard try isOffered(ids, in: database) else { return found }
        // Batches of what was offered again have no segments; there are few, and their listings say what they hold.
        let offered = try RawStatement(
            database,
            """
            SELECT \(columns) FROM batch
            WHERE peer = ?1 AND \(OpenBatches.condition)
                AND NOT EXISTS (SELECT 1 FROM batch_part WHERE batch = id)
            """)
        offered.bind(1, Int(peer.number))
        try offered.forEachRow { columns in
            guard let batch = HeldBatch(columns), batch.envelopes.contains(where: { ids.contains($0.id) }) else {
                return
            }
            found.append(batch)
        }
        return found
    }

    private static func parts(
        of segment: Int64, in database: Database
    ) throws -> [(batch: MessageID, part: Range<Int>)] {
        let cut = try RawStatement(database, "SELECT batch, first, count FROM batch_part WHERE segment = ?1")
        cut.bind(1, segment)
        var found: [(MessageID, Range<Int>)] = []
        try cut.forEachRow { columns in
            guard let batch = MessageID(bytes: columns.bytes(0)) else { return }
            let first = Int(columns.integer(1))
            found.append((batch, first..<first + Int(columns.integer(2))))
        }
        return found
    }

    private static func isOffered(_ ids: Set<MessageID>, in database: Database) throws -> Bool {
        let find = try RawStatement(database, "SELECT 1 FROM exception WHERE envelope = ?1 AND state = 'offered'")
        for id in ids {
            find.bind(1, id.bytes)
            if try find.first({ _ in true }) ?? false { return true }
        }
        return false
    }

    /// Closes it because envelopes of it are erased: those end here with a settled row without a body, so that a receipt which
    /// comes late finds nothing to do; the others go out again, or stay the dead letters that they are.
    func close(without ids: Set<MessageID>, keys: StoreKeys, at now: Instant, in database: Database) throws {
        try close(at: now, in: database, keys: keys) { envelope in
            if ids.contains(envelope.id) { return .expired }
            if state == .deadLettered { return .dead(reason: blockedOn ?? "operator") }
            return .again(together: StoreLimits.chosenDeliveries)
        }
        let note = try RawStatement(
            database, "UPDATE batch SET detail = 'an envelope in it was erased' WHERE id = ?1")
        note.bind(1, id.bytes)
        try note.run()
    }
}
