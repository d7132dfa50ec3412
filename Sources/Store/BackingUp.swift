import AuditLog

/// Copying the store while it is written.
public protocol BackingUp: Sendable {
    /// Writes everything as it stood at one moment to a file that is not there yet, without what was deleted. It is durable when
    /// the verb returns. Writing goes on meanwhile.
    /// - Throws: ``StoreError`` `full`, `unavailable`; what was begun is then removed.
    func copy(to path: String) async throws
}

/// What a store says of itself as a whole, to be compared with what was said of it before.
public struct StoreAccount: Sendable, Hashable {
    /// How many entries the audit log has, and the root of its tree.
    public var auditSize: UInt64
    public var auditRoot: Digest256
    public var checkpoint: SignedCheckpoint?
    /// The newest wrapping key that opens a body, and every other that does.
    public var wrappingKeys: [Int64]
}
