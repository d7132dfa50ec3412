import GRDB
import Interchange

/// A whole segment as it lies: it can go out without being read, compressed or looked through.
struct SegmentFrame: Sendable {
    /// One frame of zstd.
    let bytes: [UInt8]
    /// How many bytes it holds.
    let plainBytes: Int
    /// Of its envelopes, as ``BatchHours`` keeps them.
    let hours: [UInt8]

    /// The frame of the segment that a batch is; nil when it does not open.
    static func content(of batch: MessageID, keys: StoreKeys, in database: Database) throws -> [UInt8]? {
        let find = try RawStatement(
            database,
            """
            SELECT segment, data_key, body FROM batch_part JOIN segment_body ON segment_body.id = segment
            WHERE batch = ?1 AND data_key IS NOT NULL
            """)
        find.bind(1, batch.bytes)
        let found = try find.first { ($0.integer(0), StoredBody(key: $0.integer(1), body: $0.bytes(2))) }
        do {
            return try found?.1.packed(as: "segment \(found?.0 ?? 0)", keys: keys, in: database)
        } catch let error as StoreError where error.code == .corrupt {
            return nil
        }
    }
}

/// A segment of which some envelopes are in no batch.
struct ReadySegment {
    let id: Int64
    let taken: Int
    let envelopes: Int
    let acceptedAt: Instant
    private let hours: [UInt8]?

    /// - Parameter columns: `id`, `taken`, `envelopes`, `accepted_at`, `hours`.
    init(_ columns: borrowing RawStatement.Columns) {
        id = columns.integer(0)
        taken = Int(columns.integer(1))
        envelopes = Int(columns.integer(2))
        acceptedAt = Instant(milliseconds: columns.integer(3))
        hours = columns.optionalBytes(4)
    }

    /// Whether it is whole and more than half of what a batch may hold.
    func fills(_ limits: BatchLimits) -> Bool {
        hours != nil && taken == 0 && envelopes <= limits.envelopes && envelopes * 2 > limits.envelopes
    }

    /// The segment as a batch of its own; nil when it is not whole, not one frame, or much smaller than a batch may be while
    /// others wait.
    ///
    /// One frame, since there are decoders that end with the first one.
    func whole(
        _ limits: BatchLimits, isAlone: Bool, _ database: Database, _ keys: StoreKeys
    ) throws -> WaitingEnvelopes? {
        guard let hours, isAlone && taken == 0 && envelopes <= limits.envelopes || fills(limits) else { return nil }
        let find = try RawStatement(database, "SELECT listing, data_key, body FROM segment_body WHERE id = ?1")
        find.bind(1, id)
        let found = try find.first { ($0.bytes(0), StoredBody(key: $0.integer(1), body: $0.bytes(2))) }
        // What does not open is found, and told, by whoever reads it.
        guard let found, let packed = try? found.1.packed(as: "segment \(id)", keys: keys, in: database),
            let plainBytes = Zstd.bytes(ofOne: packed), plainBytes <= limits.bytes
        else { return nil }
        var waiting = WaitingEnvelopes(
            source: .segments([.init(segment: id, first: 0, count: envelopes)]), lines: [], listing: found.0,
            acceptedAt: acceptedAt)
        waiting.frame = SegmentFrame(bytes: packed, plainBytes: plainBytes, hours: hours)
        return waiting
    }
}
