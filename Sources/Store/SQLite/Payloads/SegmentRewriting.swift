import AuditLog
import GRDB
import Interchange

/// Erases lines of payloads within one transaction, with all that follows from it: the payload is rewritten without them under a
/// new data key, records keep a tombstone, status questions no longer answer from them, and what waited for delivery is closed.
///
/// Join a verb to it by ``erase(record:in:)``, for a record that is withdrawn, or by ``erase(_:of:_:in:)``.
struct SegmentRewriting {
    enum Reason {
        /// It was kept for as long as it may be.
        case retention
        /// Its originator withdrew it; why, in one word, and who had it erased.
        case retracted(String, by: AuditActor)

        var actor: AuditActor {
            switch self {
            case .retention: AuditActor(organisation: "gateway")
            case .retracted(_, let actor): actor
            }
        }

        var isRetention: Bool {
            switch self {
            case .retention: true
            case .retracted: false
            }
        }

        /// - Parameter wasWaiting: whether its peer never received it.
        func text(wasWaiting: Bool) -> String {
            switch self {
            case .retention: wasWaiting ? "undelivered" : "retention"
            case .retracted(let ground, _): ground
            }
        }
    }

    let reason: Reason
    let keys: StoreKeys
    let at: Instant
    private let reader = EnvelopeHeadReader()

    init(because reason: Reason, keys: StoreKeys, at now: Instant) {
        self.reason = reason
        self.keys = keys
        at = now
    }

    /// One line to be erased.
    private struct Line {
        var index: Int
        var digest: Digest256
        var head: EnvelopeHead?
    }

    /// Erases every line of the record that is kept, in its newest version and in former ones. Nothing when there is none.
    /// - Returns: peers that have something to send again.
    func erase(record key: RecordID, in transaction: borrowing Transaction) throws -> Set<Province> {
        var places: [PayloadPlace: Set<Int>] = [:]
        for former in try FormerPlaces.of(key, in: transaction.database) {
            places[former.place, default: []].insert(former.index)
        }
        if let held = try transaction.record(key), let newest = PayloadPlace(held) {
            places[newest, default: []].insert(Int(held.place))
        }
        var peers: Set<Province> = []
        for (place, indexes) in places.sorted(by: { $0.key.id < $1.key.id }) {
            guard var lines = try PayloadLines.open(place, keys: keys, in: transaction.database) else { continue }
            peers.formUnion(try erase(indexes, of: &lines, in: transaction))
        }
        return peers
    }

    /// Erases the lines at these places of an opened payload.
    /// - Returns: peers that have something to send again.
    func erase(
        _ indexes: Set<Int>, of payload: inout PayloadLines, in transaction: borrowing Transaction
    ) throws -> Set<Province> {
        let lines = indexes.sorted().filter { !payload.isErased($0) }.map { index in
            Line(
                index: index, digest: Digest256(hashing: payload.lines[index]),
                head: reader.head(of: payload.lines[index]))
        }
        guard !lines.isEmpty else { return [] }
        var closing = ClosedDeliveries(keys: keys, at: at)
        if payload.place.source == .segment {
            try closing.close(
                lines.compactMap { $0.head?.id }, at: Set(lines.map(\.index)), of: payload, in: transaction)
        }
        for line in lines {
            if let head = line.head { try bury(head, line.index, payload.place, in: transaction) }
            try enter(line, wasWaiting: closing.ended.contains(line.index), in: transaction)
        }
        let gone = Set(lines.map(\.index)).union(closing.moved)
        try payload.erase(gone, keys: keys, at: at, in: transaction.database)
        return closing.peers
    }

    /// The record's newest version keeps everything but its line; it answers no question any longer.
    private func bury(
        _ head: EnvelopeHead, _ index: Int, _ place: PayloadPlace, in transaction: borrowing Transaction
    ) throws {
        let key = head.record
        try FormerPlaces.remove(place, index, of: key, in: transaction.database)
        guard var entry = try transaction.record(key), PayloadPlace(entry) == place, Int(entry.place) == index else {
            return
        }
        (entry.payload, entry.place) = (0, 0)
        transaction.put(entry, as: key)
        switch entry.kind {
        case .arrival: Registration.withdraw(key, of: entry.subject, in: transaction)
        case .departure where reason.isRetention:
            // Without the departure the arrival would stand as if it had not ended: neither answers.
            guard let arrival = head.arrival, let opened = try transaction.record(arrival) else { return }
            Registration.withdraw(arrival, of: opened.subject, in: transaction)
        default: break
        }
    }

    /// Of the person nothing is said: an entry about them would keep their pseudonym for another three years.
    private func enter(_ line: Line, wasWaiting: Bool, in transaction: borrowing Transaction) throws {
        var details: AuditDetails = [.reason: reason.text(wasWaiting: wasWaiting)]
        if reason.isRetention { details[.until] = line.head?.retainUntil.description }
        try transaction.tail.append(
            Act(.recordErased, actor: reason.actor, at: at, object: line.digest, details: details), subject: nil)
    }
}
