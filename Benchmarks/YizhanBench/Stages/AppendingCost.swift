import AuditLog
import Foundation
import GRDB
import Gateway
import Store

/// What appending to the audit log costs of a delivery. The entries that a delivery left in both gateways' logs are appended
/// again, alone, in as many transactions. The pseudonyms in them are taken as they are.
struct AppendingCost {
    /// Processor time of appending to that of both gateways.
    let share: Double
    /// Processor time of one record, in microseconds: of its sender, and of its receiver, starting included.
    let sending, receiving: Double
    /// What was appended.
    let entries: [AuditEntry]

    static func measure(_ export: [UInt8], rows: Int, of sample: Sample) async throws -> AppendingCost {
        let pair = try GatewayPair()
        defer { pair.end() }
        let transfer = Transfer(pair: pair, mapping: sample.mapping.name)
        try await transfer.prepare(export)
        let sender = try SQLiteReader(path: try pair.guangdong.configuration.storePath)
        let before = (entries: try await sender.auditSize(), processor: try pair.guangdong.usage().processor)
        _ = try await transfer.deliver(rows)
        let sending = try pair.guangdong.usage().processor - before.processor
        let receiving = try pair.henan.usage().processor
        let receiver = try SQLiteReader(path: try pair.henan.configuration.storePath)
        let parts = [
            try await LogPart(of: sender, from: before.entries), try await LogPart(of: receiver, from: 0),
        ]
        pair.stop()
        let appended = try parts.reduce(0.0) { try $0 + $1.append(in: pair.scratch) }
        return AppendingCost(
            share: appended / (sending + receiving), sending: sending * 1e6 / Double(rows),
            receiving: receiving * 1e6 / Double(rows), entries: parts.flatMap(\.entries))
    }
}

/// A part of a log that can be appended again.
private struct LogPart {
    let entries: [AuditEntry]
    private let transactions: Int

    init(of reader: SQLiteReader, from first: UInt64) async throws {
        let size = try await reader.auditSize()
        entries = try await reader.auditEntries(from: first, limit: Int(size - first)).map {
            try AuditEntry(decoding: $0.bytes)
        }
        let count = try await reader.read { database in
            try Int.fetchOne(
                database, sql: "SELECT COUNT(*) FROM audit_entries WHERE first >= ?", arguments: [Int64(first)])
        }
        transactions = max(1, count ?? 1)
    }

    /// - Returns: processor time, in seconds.
    func append(in scratch: Scratch) throws -> Double {
        var log = try BareLog(path: "\(scratch.path)/\(UUID().uuidString).sqlite")
        let group = max(1, entries.count / transactions)
        let start = ProcessUsage.ownProcessor
        for first in stride(from: 0, to: entries.count, by: group) {
            try log.append(entries[first..<min(first + group, entries.count)])
        }
        return ProcessUsage.ownProcessor - start
    }
}
