import AuditLog
import Interchange
import Store

/// What one province said it issued and what the other said it applied, read from both audit logs, which are written in the
/// transactions of the acts themselves. Each person here has one record, so a person's n-th entry is the record's version n.
struct Ledger {
    private struct Issued {
        var person: Digest256
        var version: Int
    }

    private let sender: Station
    private let receiver: Station
    private var issued: [Digest256: Issued] = [:]
    private var versions: [Digest256: Int] = [:]
    private var applied: [Digest256: Int] = [:]
    private var stale: Set<Digest256> = []
    /// Put in front of an operator, with the reason: not lost.
    private var setAside: Set<Digest256> = []
    private var newest: [Digest256: Int] = [:]
    /// Lower versions that were applied after higher ones.
    private var reordered = 0
    private var next: (sender: UInt64, receiver: UInt64) = (0, 0)

    init(from sender: Station, to receiver: Station) {
        (self.sender, self.receiver) = (sender, receiver)
    }

    /// Counts, once nothing is under way.
    /// - Parameter acknowledged: the rows that the sender said it has.
    mutating func counts(acknowledged: Int) async throws -> Counts {
        try await read()
        var counts = Counts(sent: acknowledged, reordered: reordered)
        let missing = issued.keys.filter { applied[$0] == nil && !stale.contains($0) }
        counts.lost = missing.count { !setAside.contains($0) }
        counts.setAside = missing.count { setAside.contains($0) }
        counts.duplicated = applied.values.count { $0 > 1 }
        counts.unexpected = applied.keys.count { issued[$0] == nil }
        // What the register was told is durable was issued once for each row.
        counts.lost += max(0, acknowledged - issued.count)
        counts.unexpected += max(0, issued.count - acknowledged)
        return counts
    }

    /// The tables must say what the logs say.
    func disagreements() async throws -> Counts {
        let told = try await sender.reader().issuedEnvelopes(to: receiver.province)
        let answered = try await receiver.reader().answeredEnvelopes(from: sender.province)
        let held = try await receiver.reader().recordsHeld(from: sender.province)
        let (sent, done) = (Set(told.map(\.digest)), Set(answered.map(\.digest)))
        let owed = sent.subtracting(setAside)
        var counts = Counts()
        counts.lost = owed.subtracting(done).count + max(0, newest.count - held)
        counts.duplicated = told.count - sent.count + answered.count - done.count + max(0, held - newest.count)
        counts.unexpected = done.subtracting(sent).count + Set(issued.keys).symmetricDifference(sent).count
        return counts
    }

    private mutating func read() async throws {
        for entry in try await Self.entries(of: sender, from: next.sender) {
            next.sender = entry.sequence + 1
            if entry.event == .deliveryDeadLettered, let digest = entry.object { setAside.insert(digest) }
            guard entry.event == .intakeAccepted, let digest = entry.object, let person = entry.subject else {
                continue
            }
            versions[person, default: 0] += 1
            issued[digest] = Issued(person: person, version: versions[person, default: 0])
        }
        let from = "urn:yizhan:province:\(sender.province)"
        for entry in try await Self.entries(of: receiver, from: next.receiver) {
            next.receiver = entry.sequence + 1
            guard entry.actor.organisation == from, let digest = entry.object else { continue }
            if entry.event == .recordStale { stale.insert(digest) }
            if entry.event == .recordApplied { apply(digest) }
        }
    }

    private mutating func apply(_ digest: Digest256) {
        applied[digest, default: 0] += 1
        guard let envelope = issued[digest] else { return }
        let held = newest[envelope.person] ?? 0
        if envelope.version < held { reordered += 1 }
        newest[envelope.person] = max(held, envelope.version)
    }

    private static func entries(of station: Station, from first: UInt64) async throws -> [AuditEntry] {
        try await station.reader().auditEntries(from: first, limit: .max).map { try AuditEntry(decoding: $0.bytes) }
    }
}

/// As Jepsen's total-queue counts.
struct Counts: Sendable, Hashable {
    var sent = 0
    var lost = 0
    var duplicated = 0
    var unexpected = 0
    var reordered = 0
    var setAside = 0

    /// What is set aside was not lost; whether there may be any is the scenario's to say.
    var areZero: Bool { lost == 0 && duplicated == 0 && unexpected == 0 && reordered == 0 }

    static func + (left: Counts, right: Counts) -> Counts {
        Counts(
            sent: left.sent + right.sent, lost: left.lost + right.lost, duplicated: left.duplicated + right.duplicated,
            unexpected: left.unexpected + right.unexpected, reordered: left.reordered + right.reordered,
            setAside: left.setAside + right.setAside)
    }
}
