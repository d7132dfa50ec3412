import AuditLog
import Interchange
import Store

/// Verifies a log as an auditor would.
enum LogCheck {
    /// What is wrong with it; empty when it is sound.
    static func findings(_ store: MemoryStore) async throws -> [String] {
        let size = try await store.auditSize()
        var tiles: [String: [UInt8]] = [:]
        for level in 0...1 {
            for index in 0...(size >> UInt64(8 * (level + 1))) {
                tiles["\(level)/\(index)"] = try await store.auditTile(level: level, index: index)
            }
        }
        var verifier = AuditVerifier(size: size, checkpoints: [], keys: [], origin: "simulation") { [tiles] in
            tiles["\($0)/\($1)"]
        }
        for entry in try await store.auditEntries(from: 0, limit: .max) {
            try verifier.take(entry.sequence, entry.bytes)
        }
        return try verifier.finish().findings.map(\.description)
    }
}
