import GRDB
import Interchange

/// Erasing the payload of one record that was received: nothing that is stored opens it any more.
enum Erasure {
    /// Seals the body that has the record's line again without it, under a new data key, in place of the old one. A body of
    /// which nothing is left loses its key.
    static func erase(_ entry: RecordEntry, keys: StoreKeys, in transaction: borrowing Transaction) throws {
        guard entry.content == nil, entry.payload != 0 else { return }
        let find = try RawStatement(
            transaction.database,
            "SELECT wrapped_key, body, identity FROM received_body WHERE id = ?1 AND wrapped_key IS NOT NULL")
        find.bind(1, entry.payload)
        guard let held = try find.first({ (Sealed(wrappedKey: $0.bytes(0), body: $0.bytes(1)), $0.text(2)) }) else {
            return
        }
        var lines = try held.0.open(as: held.1, keys: keys).split(separator: 0x0A, omittingEmptySubsequences: false)
        let place = Int(entry.place)
        guard lines.indices.contains(place) else { return }
        // An empty line stays, so that the places of the others hold.
        lines[place] = []
        let isEmpty = lines.allSatisfy(\.isEmpty)
        let left = isEmpty ? nil : try Sealed(Array(lines.joined(separator: [0x0A])), as: held.1, keys: keys)
        let put = try RawStatement(
            transaction.database, "UPDATE received_body SET wrapped_key = ?2, body = ?3 WHERE id = ?1")
        put.bind(1, entry.payload)
        put.bind(2, left?.wrappedKey)
        put.bind(3, left?.body ?? [])
        try put.run()
    }
}
