import AuditLog
import Interchange
import Store

/// Stands outside the world and counts as Jepsen's total-queue does.
struct Observer {
    struct Issued: Hashable {
        var from: Int
        var id: MessageID
    }

    struct Fact {
        var record: RecordID
        var version: Int
    }

    /// New envelopes, as intake was told.
    var accepted = 0
    /// Every envelope that was ever in a batch.
    private(set) var issued: [Issued: Fact] = [:]
    private var applied: [Issued: Int] = [:]
    private var stale: Set<Issued> = []
    private var newest: [RecordID: Int] = [:]
    private var seen: Set<String> = []
    private var reordered = 0
    private var refused = 0
    private var tooMany = 0

    mutating func formed(_ batch: LeasedBatch, _ lines: [EnvelopeLine], from: Int) {
        for (envelope, line) in zip(batch.envelopes, lines) {
            issued[Issued(from: from, id: envelope.id)] = Fact(record: line.record, version: line.version)
        }
    }

    /// So many batches are under way from one province to another.
    mutating func departed(_ underWay: Int) { if underWay > SimulatedProvince.batchesInFlight { tooMany += 1 } }

    /// What a batch came to, when it was applied. After a crash the same is said again, and is not new.
    mutating func received(_ request: SimulatedRequest, _ outcomes: [Outcome]) {
        guard seen.insert("\(request.from) \(request.batch.id)").inserted else { return }
        for (envelope, outcome) in zip(request.batch.envelopes, outcomes) {
            let key = Issued(from: request.from, id: envelope.id)
            switch outcome {
            case .accepted: apply(key)
            case .stale: stale.insert(key)
            case .duplicate, .parked: break
            case .rejected, .conflict: refused += 1
            }
        }
    }

    private mutating func apply(_ key: Issued) {
        applied[key, default: 0] += 1
        guard let fact = issued[key] else { return }
        let held = newest[fact.record] ?? 0
        if fact.version < held { reordered += 1 }
        newest[fact.record] = max(held, fact.version)
    }

    /// What is wrong once nothing is under way; empty when all is well.
    func findings() -> [String] {
        let lost = issued.keys.count { applied[$0] == nil && !stale.contains($0) }
        let owed = issued.values.reduce(into: [RecordID: Int]()) { $0[$1.record] = max($0[$1.record] ?? 0, $1.version) }
        let counts = [
            ("accepted and never sent", accepted - issued.count), ("lost", lost),
            ("duplicated", applied.values.count { $0 > 1 }), ("unexpected", applied.keys.count { issued[$0] == nil }),
            ("reordered", reordered), ("refused", refused), ("batches too many under way", tooMany),
            ("records whose newest version is not held", owed.count { newest[$0.key] != $0.value }),
        ]
        return counts.filter { $0.1 != 0 }.map { "\($0.1) \($0.0)" }
    }
}

/// What a receiver reads of an envelope's line; the checks are not simulated.
struct EnvelopeLine {
    var record: RecordID
    var version: Int
    var span: Range<Int>

    static func lines(of batch: LeasedBatch) -> [EnvelopeLine] {
        let bytes = batch.content.bytes
        var found: [EnvelopeLine] = []
        var start = 0
        while let end = bytes[start...].firstIndex(of: 0x0A) {
            if let line = EnvelopeLine(bytes, start..<end) { found.append(line) }
            start = end + 1
        }
        return found
    }

    private static let record = Array(#""record":""#.utf8)

    /// Where a text ends that stands in the span.
    private static func place(of text: [UInt8], in bytes: [UInt8], _ span: Range<Int>) -> Int? {
        var start = span.lowerBound
        while start + text.count <= span.upperBound {
            if text.indices.allSatisfy({ bytes[start + $0] == text[$0] }) { return start + text.count }
            start += 1
        }
        return nil
    }

    /// Members stand in the order in which ``Draft/line(id:version:salt:)`` writes them.
    private init?(_ bytes: [UInt8], _ span: Range<Int>) {
        guard let start = Self.place(of: Self.record, in: bytes, span),
            let record = RecordID(utf8: bytes[start..<start + 32])
        else { return nil }
        let digits = bytes[(start + 32 + #"","version":"#.utf8.count)...].prefix { (0x30...0x39).contains($0) }
        (self.record, self.span) = (record, span)
        version = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}
