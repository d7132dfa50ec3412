import AuditLog
import Interchange
import Store
import Testing

/// The log's signer in these tests.
struct Notary: Sendable {
    static let origin = "henan.example/log"
    let signer: NoteSigner

    init() throws { signer = try NoteSigner(name: Self.origin, seed: [UInt8](repeating: 7, count: 32)) }

    var keys: [NoteVerifierKey] { [signer.verifierKey] }

    func note(_ size: UInt64, _ root: Digest256) throws -> String {
        try Checkpoint(origin: Self.origin, size: size, root: root).signed(by: signer).description
    }
}

extension Bench {
    /// Entries from a sequence number on, decoded.
    func entries(from first: UInt64 = 0) async throws -> [AuditEntry] {
        try await delivery.auditEntries(from: first, limit: 100_000).map { try AuditEntry(decoding: $0.bytes) }
    }

    /// What the events of the entries from a sequence number on are.
    func events(from first: UInt64 = 0) async throws -> [AuditEvent] { try await entries(from: first).map(\.event) }

    func checkpoint(at now: Instant = noon) async throws -> SignedCheckpoint {
        let notary = try Notary()
        return try await delivery.checkpoint(signedBy: notary.note, at: now)
    }

    /// Verifies the log through nothing but ``AuditReading``, as an auditor could. Logs here stay below 65,536 entries.
    func verified(against kept: [SignedCheckpoint] = []) async throws -> AuditReport {
        let size = try await delivery.auditSize()
        var tiles: [String: [UInt8]] = [:]
        for level in 0...1 {
            for index in 0...(size >> UInt64(8 * (level + 1))) {
                tiles["\(level)/\(index)"] = try await delivery.auditTile(level: level, index: index)
            }
        }
        var verifier = AuditVerifier(
            size: size, checkpoints: kept.map { KeptCheckpoint(holder: "51", note: Array($0.note.utf8)) },
            keys: try Notary().keys, origin: Notary.origin
        ) { [tiles] in tiles["\($0)/\($1)"] }
        for entry in try await delivery.auditEntries(from: 0, limit: Int(size) + 1) {
            try verifier.take(entry.sequence, entry.bytes)
        }
        return try verifier.finish()
    }

    /// The log is sound and agrees with a checkpoint signed now.
    func expectSoundLog() async throws {
        let report = try await verified(against: [checkpoint()])
        #expect(report.findings == [])
        #expect(report.covered == report.size)
    }
}
