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
        var appended = 0.0
        for part in parts { appended += try await part.append(in: pair.scratch) }
        return AppendingCost(
            share: appended / (sending + receiving), sending: sending * 1e6 / Double(rows),
            receiving: receiving * 1e6 / Double(rows), entries: parts.flatMap(\.entries))
    }
}

/// A part of a log that can be appended again.
private struct LogPart {
    let entries: [AuditEntry]
    /// How many entries each transaction entered.
    private let transactions: [Int]

    init(of reader: SQLiteReader, from first: UInt64) async throws {
        let size = try await reader.auditSize()
        entries = try await reader.auditEntries(from: first, limit: Int(size - first)).map {
            try AuditEntry(decoding: $0.bytes)
        }
        transactions = try await reader.read { database in
            try Int.fetchAll(
                database, sql: "SELECT count FROM audit_entries WHERE first >= ? ORDER BY first",
                arguments: [Int64(first)])
        }
        guard transactions.reduce(0, +) == entries.count else {
            throw GatewayError(
                .mistakes, "the log's transactions are not its entries", remedy: "report this as a defect")
        }
    }

    /// - Returns: processor time, in seconds.
    func append(in scratch: Scratch) async throws -> Double {
        let log = try await BareLog(path: "\(scratch.path)/\(UUID().uuidString).sqlite")
        let steps = entries.map(BareLog.Step.init)
        var first = 0
        let start = ProcessUsage.ownProcessor
        for count in transactions {
            try log.append(steps[first..<first + count])
            first += count
        }
        return ProcessUsage.ownProcessor - start
    }
}
