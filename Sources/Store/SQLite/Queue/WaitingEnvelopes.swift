import AuditLog
import GRDB
import Interchange

/// What waits for a peer and is in no batch.
enum Gathered: Sendable {
    case none
    case waiting(WaitingEnvelopes)
    /// The first of it does not open.
    case unreadable(Unreadable)
}

/// Envelopes that are about to become a batch.
struct WaitingEnvelopes: Sendable {
    /// Envelopes of one segment, `count` from `first` on.
    struct Part: Sendable {
        var segment: Int64
        var first: Int
        var count: Int
    }

    enum Source: Sendable {
        case segments([Part])
        case parked([[UInt8]])
    }

    var source: Source
    /// Empty of a whole segment in one frame.
    var lines: [UInt8]
    /// A whole segment's.
    var frame: SegmentFrame?
    var listing: [UInt8]
    var acceptedAt: Instant
    var envelopes: [EnvelopeReference] { EnvelopeReference.list(listing) }

    /// As many envelopes as a batch may hold, from the oldest segments on; of the last segment perhaps only some.
    static func segments(
        for peer: Province, _ limits: BatchLimits, asFrame mayBeFrame: Bool, _ database: Database, _ keys: StoreKeys
    ) throws -> Gathered {
        let ready = try readySegments(of: peer, limits, database)
        guard let oldest = ready.first else { return .none }
        if mayBeFrame, let whole = try oldest.whole(limits, isAlone: ready.count == 1, database, keys) {
            return .waiting(whole)
        }
        var waiting = WaitingEnvelopes(source: .segments([]), lines: [], listing: [], acceptedAt: oldest.acceptedAt)
        var parts: [Part] = []
        for segment in ready {
            // What a probe or another limit left of a segment goes without the next, so that those after it go out as they lie.
            if mayBeFrame, !parts.isEmpty, segment.fills(limits) { break }
            do {
                let taken = try waiting.append(segment.id, from: segment.taken, limits, database, keys)
                guard taken.count > 0 else { break }
                parts.append(taken)
            } catch let error as StoreError where error.code == .corrupt {
                guard parts.isEmpty else { break }
                return .unreadable(.segment(segment.id))
            }
        }
        waiting.source = .segments(parts)
        return parts.isEmpty ? .none : .waiting(waiting)
    }

    /// The oldest segments, as many as fill a batch.
    private static func readySegments(
        of peer: Province, _ limits: BatchLimits, _ database: Database
    ) throws -> [ReadySegment] {
        let find = try RawStatement(
            database,
            """
            SELECT id, taken, envelopes, accepted_at, hours FROM segment
            WHERE peer = ?1 AND taken < envelopes AND unreadable = 0 ORDER BY id
            """)
        find.bind(1, Int(peer.number))
        var ready: [ReadySegment] = []
        var most = limits.envelopes
        try find.forEachRowWhile { columns in
            let segment = ReadySegment(columns)
            ready.append(segment)
            most -= segment.envelopes - segment.taken
            return most > 0
        }
        return ready
    }

    /// Takes lines of a segment until a limit is reached; the first line is always taken, whatever its size.
    private mutating func append(
        _ segment: Int64, from first: Int, _ limits: BatchLimits, _ database: Database, _ keys: StoreKeys
    ) throws -> Part {
        let find = try RawStatement(database, "SELECT listing, data_key, body FROM segment_body WHERE id = ?1")
        find.bind(1, segment)
        let found = try find.first { ($0.bytes(0), StoredBody(key: $0.integer(1), body: $0.bytes(2))) }
        guard let found else {
            throw StoreError(.corrupt, "segment \(segment) has no body", remedy: "restore from backup")
        }
        let text = try found.1.open(as: "segment \(segment)", keys: keys, in: database)
        var part = Part(segment: segment, first: first, count: 0)
        let spans = NDJSONLines.spans(of: text).dropFirst(first)
        var bytes = lines.count
        for line in spans {
            let envelopes = listing.count / EnvelopeListing.bytes + part.count
            let isFull = envelopes == limits.envelopes || bytes + line.count + 1 > limits.bytes
            guard !isFull || envelopes == 0 else { break }
            bytes += line.count + 1
            part.count += 1
        }
        guard let start = spans.first?.lowerBound, part.count > 0 else { return part }
        let end = spans[first + part.count - 1].upperBound
        listing += found.0[first * EnvelopeListing.bytes..<(first + part.count) * EnvelopeListing.bytes]
        lines += text[start..<end]
        lines.append(0x0A)
        return part
    }

    static func parked(
        for peer: Province, _ limits: BatchLimits, _ now: Instant, _ database: Database, _ keys: StoreKeys
    ) throws -> Gathered {
        let due = try RawStatement(
            database,
            """
            SELECT envelope, data_key, body, together, CASE reason WHEN 'split' THEN since END FROM exception
            WHERE peer = ?1 AND state = 'parked' AND due_at <= ?2 ORDER BY due_at LIMIT ?3
            """)
        due.bind(1, Int(peer.number))
        due.bind(2, now.milliseconds)
        due.bind(3, limits.envelopes)
        var ids: [[UInt8]] = []
        var most = limits.envelopes
        var waiting = WaitingEnvelopes(source: .parked([]), lines: [], listing: [], acceptedAt: now)
        var unreadable: MessageID?
        try due.forEachRow { columns in
            let id = columns.bytes(0)
            guard unreadable == nil, let message = MessageID(bytes: id) else { return }
            let stored = StoredBody(key: columns.integer(1), body: columns.bytes(2))
            guard let line = try stored.content(as: "exception \(message)", keys: keys, in: database) else {
                unreadable = message
                return
            }
            most = min(most, Int(columns.integer(3)))
            guard ids.isEmpty || (ids.count < most && waiting.lines.count + line.count < limits.bytes) else { return }
            ids.append(id)
            // The age of what is parked does not run; the age of what was only taken apart goes on.
            if let since = columns.optionalInteger(4) {
                waiting.acceptedAt = min(waiting.acceptedAt, Instant(milliseconds: since))
            }
            waiting.listing.append(id: message, digest: Digest256(hashing: line))
            waiting.lines.append(contentsOf: line)
            waiting.lines.append(0x0A)
        }
        waiting.source = .parked(ids)
        if ids.isEmpty, let unreadable { return .unreadable(.envelope(unreadable)) }
        return ids.isEmpty ? .none : .waiting(waiting)
    }
}
