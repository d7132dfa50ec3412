import GRDB
import Interchange

/// The lines of a batch, decrypted once when the first is asked for.
struct BatchLines {
    private var lines: [ArraySlice<UInt8>]?

    mutating func line(_ place: Int, of batch: MessageID, in database: Database, keys: StoreKeys) throws -> [UInt8] {
        let all = try lines ?? Self.read(batch, database, keys)
        lines = all
        guard all.indices.contains(place) else {
            throw StoreError(.corrupt, "batch \(batch) has fewer lines than its listing", remedy: "restore from backup")
        }
        return Array(all[place])
    }

    private static func read(_ batch: MessageID, _ database: Database, _ keys: StoreKeys) throws -> [ArraySlice<UInt8>]
    {
        var all: [ArraySlice<UInt8>] = []
        let segments = try RawStatement(
            database,
            """
            SELECT segment, data_key, body, first, count FROM batch_part JOIN segment_body ON segment_body.id = segment
            WHERE batch = ?1 ORDER BY segment
            """)
        segments.bind(1, batch.bytes)
        try segments.forEachRow { columns in
            // A segment without a key was erased whole.
            guard let key = columns.optionalInteger(1) else {
                all += [ArraySlice](repeating: ErasedLine.mark[...], count: Int(columns.integer(4)))
                return
            }
            let text = try StoredBody(key: key, body: columns.bytes(2))
                .open(as: "segment \(columns.integer(0))", keys: keys, in: database)
            all += NDJSONLines.spans(of: text).dropFirst(Int(columns.integer(3))).prefix(Int(columns.integer(4)))
                .map { text[$0] }
        }
        if !all.isEmpty { return all }
        let find = try RawStatement(database, "SELECT listing FROM batch WHERE id = ?1")
        find.bind(1, batch.bytes)
        let listing = EnvelopeReference.list(try find.first { $0.bytes(0) } ?? [])
        // What was settled meanwhile has no key, and needs none.
        let parked = try RawStatement(
            database, "SELECT data_key, body FROM exception WHERE envelope = ?1 AND data_key IS NOT NULL")
        for envelope in listing {
            parked.bind(1, envelope.id.bytes)
            let stored = try parked.first { StoredBody(key: $0.integer(0), body: $0.bytes(1)) }
            all.append(try stored?.open(as: "exception \(envelope.id)", keys: keys, in: database)[...] ?? [])
        }
        return all
    }
}
