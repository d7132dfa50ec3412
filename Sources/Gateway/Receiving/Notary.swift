import AuditLog
import Interchange
import Store

/// Signs checkpoints of this gateway's log.
struct Notary: Sendable {
    let signer: NoteSigner
    let store: any Store

    var origin: String { signer.name }

    /// A checkpoint over everything that is durable now.
    func checkpoint(at now: Instant) async throws -> SignedCheckpoint {
        try await store.checkpoint(
            signedBy: { size, root in
                try Checkpoint(origin: signer.name, size: size, root: root).signed(by: signer).description
            }, at: now)
    }
}
