import AuditLog
import GRDB
import Interchange

/// Records of ours of which a peer holds a version that we do not know: this store was restored from a backup. Each is issued
/// anew, as it stands, above what the peer holds.
struct OvertakenRecords {
    private var above: [RecordID: Int] = [:]

    mutating func add(_ key: RecordID, above version: Int) { above[key] = max(above[key] ?? 0, version) }

    /// - Returns: peers that have something to send.
    func issueAnew(
        at now: Instant, keys: StoreKeys, in transaction: borrowing Transaction
    ) throws -> Set<Province> {
        guard !above.isEmpty else { return [] }
        var lines = OwnLines(keys: keys)
        var drafts: [(Draft, above: Int)] = []
        for (key, version) in above.sorted(by: { $0.key.key.lexicographicallyPrecedes($1.key.key) }) {
            guard let entry = try transaction.record(key), !entry.isRetracted,
                var draft = try lines.line(of: entry, in: transaction.database).flatMap({ Draft(line: $0) })
            else { continue }
            draft.issuedAt = now
            drafts.append((draft, version))
        }
        let gateway = AuditActor(organisation: "gateway")
        var writer = AcceptanceWriter(
            chunk: IntakeChunk(run: RunID(number: 0), actor: gateway, drafts: [], refused: [], at: now), keys: keys)
        return try writer.issueAnew(drafts, in: transaction)
    }
}

/// The lines of our own records' newest versions, read from their segments; the last segment stays open.
struct OwnLines {
    let keys: StoreKeys
    private var segment: Int64 = 0
    private var lines: [[UInt8]] = []

    init(keys: StoreKeys) { self.keys = keys }

    /// Nil when the content was erased.
    mutating func line(of entry: RecordEntry, in database: Database) throws -> [UInt8]? {
        guard let place = PayloadPlace(entry), place.source == .segment else { return nil }
        if place.id != segment {
            lines = try PayloadLines.open(place, keys: keys, in: database)?.lines ?? []
            segment = place.id
        }
        let index = Int(entry.place)
        return lines.indices.contains(index) && lines[index] != ErasedLine.mark ? lines[index] : nil
    }
}
