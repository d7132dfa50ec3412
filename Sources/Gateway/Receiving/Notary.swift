import AuditLog
import Interchange
import Store

/// Signs checkpoints of this gateway's log.
public struct Notary: Sendable {
    public let signer: NoteSigner
    public let store: any Store

    public init(signer: NoteSigner, store: any Store) {
        (self.signer, self.store) = (signer, store)
    }

    public var origin: String { signer.name }

    /// A checkpoint over everything that is durable now.
    public func checkpoint(at now: Instant) async throws -> SignedCheckpoint {
        try await store.checkpoint(signedBy: sign, at: now)
    }

    /// A checkpoint for a receipt, which is stored with it and leaves with it.
    public func checkpoint(size: UInt64, root: Digest256) throws -> SignedCheckpoint {
        SignedCheckpoint(size: size, root: root, note: try sign(size, root))
    }

    @Sendable private func sign(_ size: UInt64, _ root: Digest256) throws -> String {
        try Checkpoint(origin: signer.name, size: size, root: root).signed(by: signer).description
    }
}
