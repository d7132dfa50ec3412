import AuditLog
import Foundation
import GRDB
import Interchange

/// In which hours the envelopes of a batch were issued, by their own lines: kept from when the batch is formed, while the
/// lines are at hand, until its leaves are written.
enum BatchHours {
    /// As they are kept.
    /// - Parameter lines: NDJSON, the batch's envelopes in its order.
    static func encode(_ lines: [UInt8]) -> [UInt8] {
        var runs = HourRuns()
        lines.withUnsafeBytes { bytes in
            var start = 0
            while start < bytes.count, let base = bytes.baseAddress {
                let end = memchr(base + start, 0x0A, bytes.count - start).map { UnsafeRawPointer($0) - base }
                let line = UnsafeRawBufferPointer(rebasing: bytes[start..<(end ?? bytes.count)])
                runs.add(hour(of: line)?.number ?? 0)
                start += line.count + 1
            }
        }
        return runs.bytes
    }

    static func keep(_ hours: [UInt8], of batch: MessageID, in database: Database) throws {
        let put = try RawStatement(database, "INSERT OR REPLACE INTO batch_hours(batch, hours) VALUES (?1, ?2)")
        put.bind(1, batch.bytes)
        put.bind(2, hours)
        try put.run()
    }

    /// The hours, one an envelope, and forgets them; nil when they were not kept.
    static func take(of batch: MessageID, in database: Database) throws -> [IssueHour]? {
        let find = try RawStatement(database, "SELECT hours FROM batch_hours WHERE batch = ?1")
        find.bind(1, batch.bytes)
        guard let runs = try find.first({ $0.bytes(0) }) else { return nil }
        let forget = try RawStatement(database, "DELETE FROM batch_hours WHERE batch = ?1")
        forget.bind(1, batch.bytes)
        try forget.run()
        return stride(from: 0, to: runs.count - 7, by: 8).flatMap { place in
            let hour = IssueHour(number: Int64(FixedBytes.read(runs, at: place, as: Int32.self)))
            return repeatElement(hour, count: Int(FixedBytes.read(runs, at: place + 4, as: UInt32.self)))
        }
    }

    private static let member = Array(#""issuedAt":""#.utf8)

    /// The hour that a line made here states. No member before `issuedAt` has text from outside.
    static func hour(of line: UnsafeRawBufferPointer) -> IssueHour? {
        guard let base = line.baseAddress else { return nil }
        var start = 0
        while let quote = memchr(base + start, 0x22, line.count - start) {
            let place = UnsafeRawPointer(quote) - base
            guard place + member.count <= line.count else { return nil }
            if memcmp(quote, member, member.count) == 0 {
                let rest = line[(place + member.count)...]
                guard let end = rest.firstIndex(of: 0x22) else { return nil }
                return Instant(utf8: UnsafeRawBufferPointer(rebasing: rest[..<end])).map { IssueHour(of: $0) }
            }
            start = place + 1
        }
        return nil
    }
}

/// Hours of envelopes in their order, as runs: hour and count, 4 bytes each.
struct HourRuns {
    private var closed: [UInt8] = []
    private var last: (hour: Int32, count: UInt32)?

    mutating func add(_ hour: some BinaryInteger) {
        let hour = Int32(truncatingIfNeeded: hour)
        if let last, last.hour == hour {
            self.last = (hour, last.count + 1)
        } else {
            if let last { Self.append(last, to: &closed) }
            last = (hour, 1)
        }
    }

    /// Runs of all that was added.
    var bytes: [UInt8] {
        var all = closed
        if let last { Self.append(last, to: &all) }
        return all
    }

    private static func append(_ run: (hour: Int32, count: UInt32), to runs: inout [UInt8]) {
        FixedBytes.append(run.hour, to: &runs)
        FixedBytes.append(run.count, to: &runs)
    }
}

extension IssueHour {
    /// The hour in which an id was made: near that of its envelope, for want of better.
    init(making id: MessageID) { self.init(of: Instant(milliseconds: Int64(id.high >> 16))) }
}

extension BatchSettler {
    /// Leaves of what the receipt says to have a final outcome, whatever becomes of the delivery here.
    func keepLeaves(_ envelopes: [EnvelopeReference], in transaction: borrowing Transaction) throws {
        let database = transaction.database
        let outcomes = settlement.finals ?? settlement.verdicts.map { $0 == .settled ? .accepted : nil }
        guard outcomes.contains(where: { $0 != nil }), outcomes.count == envelopes.count else { return }
        let kept = try BatchHours.take(of: settlement.batch, in: database)
        let hours = kept?.count == envelopes.count ? kept : nil
        var lines = BatchLines()
        var writer = LeafWriter(
            LeafTree(peer: settlement.peer, direction: .sent), batch: settlement.batch.bytes)
        for (place, envelope) in envelopes.enumerated() {
            guard let outcome = outcomes[place] else { continue }
            let leaf = Leaf(id: envelope.id, digest: envelope.digest, outcome: outcome)
            writer.add(leaf, in: try hours?[place] ?? hour(of: envelope, place, &lines, database))
        }
        try writer.write(to: database)
    }

    private func hour(
        of envelope: EnvelopeReference, _ place: Int, _ lines: inout BatchLines, _ database: Database
    ) throws -> IssueHour {
        let line = try lines.line(place, of: settlement.batch, in: database, keys: keys)
        return line.withUnsafeBytes { BatchHours.hour(of: $0) } ?? IssueHour(making: envelope.id)
    }
}

extension BatchReceiver {
    /// Leaves of what was answered with a final outcome, now or before.
    func keepLeaves(_ outcomes: [Outcome], payload: Int64, in database: Database) throws {
        var writer = LeafWriter(
            LeafTree(peer: batch.from, direction: .received), batch: batch.batch.bytes, payload: payload)
        for place in prepared.order.places {
            let envelope = batch.envelopes[place]
            guard let final = outcomes[place].final, let issuedAt = envelope.record?.issuedAt else { continue }
            writer.add(
                Leaf(id: envelope.id, digest: envelope.digest, outcome: final), in: IssueHour(of: issuedAt))
        }
        try writer.write(to: database)
    }
}

extension Outcome {
    /// Nil for what is judged anew in another batch.
    var final: FinalOutcome? {
        switch self {
        case .accepted: .accepted
        case .stale: .stale
        case .duplicate(let earlier): earlier.final
        case .parked, .rejected, .conflict: nil
        }
    }
}

extension Outcome.Earlier {
    var final: FinalOutcome {
        switch self {
        case .accepted: .accepted
        case .stale: .stale
        }
    }
}
