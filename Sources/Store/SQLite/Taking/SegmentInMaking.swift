import AuditLog
import GRDB
import Interchange

/// Envelopes for one peer on their way into a segment.
///
/// A class, so that to add to one of several copies none. Not Sendable: it belongs to one verb.
final class SegmentInMaking {
    /// No segment is larger than this; a batch may hold several, or some of one.
    static let mostEnvelopes = 1_000

    /// Where a line is: in a slice of the chunk, or written since.
    private enum Line {
        case prepared(slice: Int32, place: Int32)
        case late([UInt8])
    }

    let number: Int64
    let peer: Province
    private var lines: [Line] = []
    private var listing: [UInt8] = []
    private var bytes = 0
    /// The earliest day after which a line may not be kept.
    private var due = Int32.max
    private var hours = HourRuns()

    init(number: Int64, peer: Province) {
        self.number = number
        self.peer = peer
        lines.reserveCapacity(Self.mostEnvelopes)
        listing.reserveCapacity(Self.mostEnvelopes * EnvelopeListing.bytes)
    }

    var envelopes: Int { lines.count }

    /// Whether a slice's own lines for the peer would not all fit; begun with it, a segment needs no line compressed again.
    func lacksRoom(for frame: PreparedSlice.Frame?) -> Bool {
        lines.count + (frame?.lines ?? 1) > Self.mostEnvelopes && lines.count > 0
    }

    /// - Parameter place: of the draft in the chunk.
    /// - Returns: the line's place in the segment.
    func add(_ line: WrittenLine, from place: Int, of draft: PreparedDraft) -> Int {
        let slice = Int32(truncatingIfNeeded: place / PreparedSlice.size)
        lines.append(.prepared(slice: slice, place: Int32(truncatingIfNeeded: place % PreparedSlice.size)))
        return note(line.id, line.digest, line.span.count, draft)
    }

    /// - Returns: the line's place in the segment.
    func add(_ line: [UInt8], id: MessageID, digest: Digest256, of draft: PreparedDraft) -> Int {
        lines.append(.late(line))
        return note(id, digest, line.count, draft)
    }

    private func note(_ id: MessageID, _ digest: Digest256, _ count: Int, _ draft: PreparedDraft) -> Int {
        listing.append(id: id, digest: digest)
        bytes += count + 1
        due = min(due, draft.retainUntil)
        hours.add(draft.issued.number)
        return lines.count - 1
    }

    /// The line at a place, which is in no table yet.
    func line(at place: Int, of chunk: PreparedChunk) -> [UInt8]? {
        guard lines.indices.contains(place) else { return nil }
        switch lines[place] {
        case .prepared(let slice, let place): return Array(chunk.slices[Int(slice)].line(at: Int(place)))
        case .late(let line): return line
        }
    }

    func store(_ chunk: PreparedChunk, at now: Instant, keys: StoreKeys, in database: Database) throws {
        let insert = try RawStatement(
            database,
            "INSERT INTO segment(id, peer, envelopes, bytes, accepted_at, hours) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
        insert.bind(1, number)
        insert.bind(2, Int(peer.number))
        insert.bind(3, envelopes)
        insert.bind(4, bytes)
        insert.bind(5, now.milliseconds)
        insert.bind(6, hours.bytes)
        try insert.run()
        let sealed = try Sealed(packed: try packed(chunk), as: "segment \(number)", keys: keys)
        let body = try RawStatement(
            database, "INSERT INTO segment_body(id, listing, data_key, body) VALUES (?1, ?2, ?3, ?4)")
        body.bind(1, number)
        body.bind(3, try sealed.keep(in: database, at: now))
        try body.run(lending: listing, to: 2, sealed.body, to: 4)
        try DuePayloads.add(PayloadPlace(.segment, number), on: due, in: database)
    }

    /// The lines as frames of zstd, one after another: those of slices that are here whole as they were prepared.
    private func packed(_ chunk: PreparedChunk) throws -> [UInt8] {
        var (packed, open): ([UInt8], [UInt8]) = ([], [])
        var place = 0
        while place < lines.count {
            if let frame = wholeFrame(at: place, chunk) {
                if !open.isEmpty { packed += try Zstd.compress(open) }
                open = []
                packed += frame.packed
                place += frame.lines
                continue
            }
            switch lines[place] {
            case .prepared(let slice, let place): open += chunk.slices[Int(slice)].line(at: Int(place))
            case .late(let line): open += line
            }
            open.append(0x0A)
            place += 1
        }
        if !open.isEmpty { packed += try Zstd.compress(open) }
        return packed
    }

    /// The frame of a slice of which all lines for the peer begin here: then as many of it follow each other as it has.
    private func wholeFrame(at place: Int, _ chunk: PreparedChunk) -> PreparedSlice.Frame? {
        guard let slice = slice(at: place), let frame = chunk.slices[slice].frames[peer],
            place + frame.lines <= lines.count
        else { return nil }
        if place > 0, self.slice(at: place - 1) == slice { return nil }
        return lines[place..<place + frame.lines].indices.allSatisfy { self.slice(at: $0) == slice } ? frame : nil
    }

    /// The slice of the newest line; nil when it was not prepared.
    var lastSlice: Int? { lines.isEmpty ? nil : slice(at: lines.count - 1) }

    private func slice(at place: Int) -> Int? {
        if case .prepared(let slice, _) = lines[place] { Int(slice) } else { nil }
    }
}
