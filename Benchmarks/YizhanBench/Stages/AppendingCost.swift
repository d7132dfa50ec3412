import AuditLog
import Foundation
import GRDB
import Gateway
import Interchange
import Store

/// What appending to the audit log costs of a delivery. The entries that a delivery left in both gateways' logs are entered
/// again, alone, in transactions of as many, about persons whom the sender knew and the receiver did not.
struct AppendingCost {
    /// Processor time of appending to that of both gateways.
    let share: Double
    /// Processor time of one record, in microseconds: of its sender, and of its receiver, starting included.
    let sending, receiving: Double
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
        let sending = try pair.guangdong.usage().processor - before.processor
        let receiving = try pair.henan.usage().processor
        let receiver = try SQLiteReader(path: try pair.henan.configuration.storePath)
        let sent = try await Entries(of: sender, from: before.entries, subjects: subjects)
        let received = try await Entries(of: receiver, from: 0, subjects: subjects)
        pair.stop()
        let appended =
            try await sent.append(knowing: true, in: pair.scratch) + received.append(knowing: false, in: pair.scratch)
        let perRecord = 1e6 / Double(subjects.count)
        return AppendingCost(
            share: appended / (sending + receiving), sending: sending * perRecord, receiving: receiving * perRecord,
            acts: sent.acts + received.acts)
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

    /// - Parameter knowing: whether the persons have pseudonyms before.
    /// - Returns: processor time, in seconds.
    func append(knowing: Bool, in scratch: Scratch) async throws -> Double {
        let store = try MadeStore.open(in: scratch)
        if knowing { try await append(to: store) }
        let start = ProcessUsage.ownProcessor
        try await append(to: store)
        let seconds = ProcessUsage.ownProcessor - start
        await store.close()
        for name in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: "\(scratch.path)/store.sqlite\(name)")
        }
        return seconds
    }

    private func append(to store: SQLiteStore) async throws {
        let group = max(1, acts.count / max(1, transactions))
        for first in stride(from: 0, to: acts.count, by: group) {
            try await store.record(Array(acts[first..<min(first + group, acts.count)]))
        }
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
