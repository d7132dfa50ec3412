import AuditLog
import Foundation
import GRDB
import Interchange
import SortedRuns

extension SQLiteReading {
    public func searchAudit(
        _ filter: AuditFilter, before: UInt64?, limit: Int, from: UInt64
    ) async throws -> AuditPage {
        try await read { database in
            let end = try before ?? AuditTables.size(database)
            let rows = try RawStatement(
                database, "SELECT first, body, forms FROM audit_entries WHERE first < ?1 ORDER BY first DESC")
            rows.bind(1, Int64(min(end, UInt64(Int64.max))))
            let needles = filter.needles
            var page = AuditPage(entries: [], before: nil)
            try rows.forEachRowWhile { columns in
                let first = UInt64(columns.integer(0))
                for (place, bytes) in AuditTables.entries(columns).enumerated().reversed() {
                    let sequence = first + UInt64(place)
                    guard sequence < end, sequence >= from else { continue }
                    guard filter.mayMatch(bytes, needles) else { continue }
                    guard page.entries.count < limit else {
                        page.before = (page.entries.last?.sequence) ?? sequence + 1
                        return false
                    }
                    page.entries.append(StoredEntry(sequence: sequence, bytes: bytes))
                }
                return first > from
            }
            return page
        }
    }
}

extension SQLiteReading {
    public func newestDigest(of record: RecordID) async throws -> Digest256? {
        try await read { database in
            try StoreIndexes.committedRecords(database).value(of: record, in: database)?.digest
        }
    }
}

extension AuditFilter {
    /// What stands in every entry that matches: to look for it costs a fraction of decoding.
    fileprivate var needles: [[UInt8]] {
        let members = [
            ("event", event), ("organisation", actor), ("person", person), ("purpose", purpose), ("batch", batch),
            ("outcome", outcome), ("subject", subject), ("object", object),
        ]
        return members.compactMap { name, value in
            guard let value, !value.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }) else { return nil }
            return Array("\"\(name)\":\"\(value)\"".utf8)
        }
    }

    private static func holds(_ bytes: [UInt8], _ needle: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { bytes in
            needle.withUnsafeBytes { needle in
                guard let start = bytes.baseAddress, let wanted = needle.baseAddress, bytes.count >= needle.count else {
                    return needle.isEmpty
                }
                return (0...bytes.count - needle.count).contains { place in
                    bytes[place] == needle[0] && memcmp(start + place, wanted, needle.count) == 0
                }
            }
        }
    }

    /// Whether the entry matches; one that cannot be read is not left out for that.
    fileprivate func mayMatch(_ bytes: [UInt8], _ needles: [[UInt8]]) -> Bool {
        for needle in needles where !Self.holds(bytes, needle) { return false }
        guard let entry = try? AuditEntry(decoding: bytes) else { return true }
        return matches(entry)
    }
}
