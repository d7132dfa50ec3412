import AuditLog
import Foundation
import GRDB
import Gateway
import Interchange
import Store

/// What appending to the audit log costs of a delivery. The entries that a delivery left in both gateways' logs are entered
/// again, alone, in transactions of as many; pseudonyms are made anew, as for persons never met before, which makes it dearer
/// than it was.
struct AppendingCost {
    /// Processor time of appending to that of both gateways.
    let share: Double
    /// What was entered.
    let acts: [Act]

    static func measure(_ export: [UInt8], of sample: Sample, subjects: [[UInt8]]) async throws -> AppendingCost {
        let pair = try GatewayPair()
        defer { pair.end() }
        let transfer = Transfer(pair: pair, mapping: sample.mapping.name)
        try await transfer.prepare(export)
        let sender = try SQLiteReader(path: try pair.guangdong.configuration.storePath)
        let before = (entries: try await sender.auditSize(), processor: try pair.guangdong.usage().processor)
        _ = try await transfer.deliver(subjects.count)
        let processor = try pair.guangdong.usage().processor + pair.henan.usage().processor - before.processor
        let receiver = try SQLiteReader(path: try pair.henan.configuration.storePath)
        let sent = try await Entries(of: sender, from: before.entries, subjects: subjects)
        let received = try await Entries(of: receiver, from: 0, subjects: subjects)
        pair.stop()
        let appended = try await [sent, received].asyncSum { try await $0.append(in: pair.scratch) }
        return AppendingCost(share: appended / processor, acts: sent.acts + received.acts)
    }
}

/// A part of a log, as acts that can be entered again.
private struct Entries {
    let acts: [Act]
    let transactions: Int

    init(of reader: SQLiteReader, from first: UInt64, subjects: [[UInt8]]) async throws {
        let size = try await reader.auditSize()
        let entries = try await reader.auditEntries(from: first, limit: Int(size - first))
        var persons = 0
        acts = try entries.map { stored in
            let entry = try AuditEntry(decoding: stored.bytes)
            if entry.subject != nil { persons += 1 }
            return Act(entry, subject: entry.subject == nil ? nil : subjects[(persons - 1) % subjects.count])
        }
        transactions = try await reader.read { database in
            try Int.fetchOne(
                database, sql: "SELECT COUNT(*) FROM audit_entries WHERE first >= ?", arguments: [Int64(first)])
                ?? 1
        }
    }

    /// - Returns: processor time, in seconds.
    func append(in scratch: Scratch) async throws -> Double {
        let store = try MadeStore.open(in: scratch)
        let group = max(1, acts.count / max(1, transactions))
        let start = ProcessUsage.ownProcessor
        for first in stride(from: 0, to: acts.count, by: group) {
            try await store.record(Array(acts[first..<min(first + group, acts.count)]))
        }
        let seconds = ProcessUsage.ownProcessor - start
        await store.close()
        for name in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: "\(scratch.path)/store.sqlite\(name)")
        }
        return seconds
    }
}

extension Act {
    /// The act that an entry tells of.
    fileprivate init(_ entry: AuditEntry, subject: [UInt8]?) {
        self.init(
            entry.event, actor: entry.actor, at: Instant(milliseconds: entry.time),
            purpose: entry.purpose.flatMap(Purpose.init(rawValue:)), caseReference: entry.caseReference,
            subject: subject,
            object: entry.object, batch: entry.batch.flatMap { MessageID($0) }, outcome: entry.outcome,
            evidence: entry.evidence, details: entry.details)
    }
}

extension Array {
    fileprivate func asyncSum(_ value: (Element) async throws -> Double) async throws -> Double {
        var sum = 0.0
        for element in self { sum += try await value(element) }
        return sum
    }
}
