import AuditLog
import Interchange

/// The audit log as it is read: by operators, auditors and verifiers.
public protocol AuditReading: Sendable {
    /// How many entries the log has.
    func auditSize() async throws -> UInt64
    /// The stored bytes of a hash tile (C2SP tlog-tiles), as wide as it has grown.
    func auditTile(level: Int, index: UInt64) async throws -> [UInt8]?
    /// Entries in order, as stored, from a sequence number on. What was damaged comes as it is: judging is the verifier's.
    func auditEntries(from first: UInt64, limit: Int) async throws -> [StoredEntry]
    func newestCheckpoint() async throws -> SignedCheckpoint?
}

/// An entry's bytes with the sequence number that its place says.
public struct StoredEntry: Sendable, Hashable {
    public var sequence: UInt64
    public var bytes: [UInt8]

    public init(sequence: UInt64, bytes: [UInt8]) {
        self.sequence = sequence
        self.bytes = bytes
    }
}
