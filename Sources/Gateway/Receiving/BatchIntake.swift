import AuditLog
import Exchange
import Interchange
import Store

/// Applies a verified batch, pushed or fetched: judge every envelope, apply in one transaction, compose the receipt, make it
/// durable.
struct BatchIntake: Sendable {
    let province: Province
    let codeLists: CodeLists
    let limits: ExchangeLimits
    let store: any Store
    let notary: Notary
    let reserve: StorageReserve

    /// - Returns: the receipt's content, durable. The same batch again gets the same bytes.
    /// - Throws: `WireError`, ``StoreError``; nothing of the batch is applied then, or all of it: the same batch can come again.
    func receive(_ batch: VerifiedBatch, at now: Instant) async throws -> [UInt8] {
        try await reserve.check(at: now)
        let decoded = try batch.decoded(limits)
        let judge = EnvelopeJudge(province: province, peer: batch.from, limits: limits, codeLists: codeLists)
        let envelopes = try judge.judge(decoded, at: now)
        guard let digest = Digest256(batch.digest.bytes) else {
            throw WireError(.digestMismatch, "The digest is not SHA-256.")
        }
        let reception = try await store.receive(
            IncomingBatch(
                from: batch.from, batch: batch.id, contentDigest: digest, nonce: batch.evidence.nonce, lines: decoded,
                envelopes: envelopes, receivedAt: now))
        switch reception {
        case .nonceReplayed: throw WireError(.nonceReplayed, "The nonce was used before; sign anew.")
        case .reused: throw WireError(.batchIDReused, "This batch id came with another content.")
        case .known(let receipt): return receipt
        case .applied(let applied):
            let checkpoint = try await notary.checkpoint(at: now)
            let receipt = Receipt(
                province: province, answering: batch, envelopes: envelopes, applied: applied, origin: notary.origin,
                checkpoint: checkpoint)
            return try await store.keepReceipt(
                receipt.encoded(), from: batch.from, batch: batch.id, checkpoint: checkpoint)
        }
    }
}

extension Receipt {
    /// The answer to a batch that was applied.
    init(
        province: Province, answering batch: VerifiedBatch, envelopes: [IncomingEnvelope], applied: Reception.Applied,
        origin: String, checkpoint: SignedCheckpoint
    ) {
        let results = zip(envelopes, applied.outcomes).compactMap { envelope, outcome -> Result? in
            ContentDigest(bytes: envelope.digest.bytes).map {
                Result(id: envelope.id, digest: $0, outcome: EnvelopeOutcome(outcome))
            }
        }
        self.init(
            batch: batch.id, contentDigest: batch.digest, from: province, to: batch.from,
            receivedAt: applied.receivedAt, results: results,
            audit: Audit(
                origin: origin, treeSize: Int(checkpoint.size),
                entries: Int(applied.entries.lowerBound)...Int(applied.entries.upperBound), checkpoint: checkpoint.note)
        )
    }
}

extension EnvelopeOutcome {
    /// The store's outcome as it travels.
    init(_ outcome: Outcome) {
        func held(_ held: Outcome.Held) -> HeldVersion {
            HeldVersion(version: held.version, digest: ContentDigest(bytes: held.digest.bytes) ?? ContentDigest(of: []))
        }
        switch outcome {
        case .accepted: self = .accepted
        case .duplicate(let earlier): self = .duplicate(Earlier(earlier == .accepted ? .accepted : .stale))
        case .stale(let version): self = .stale(held: held(version))
        case .parked: self = .parked
        case .rejected(let reasons):
            self = .rejected(reasons.map { ReceiptViolation(code: $0.code.rawValue, pointer: $0.pointer) })
        case .conflict(let version): self = .conflict(held: held(version))
        }
    }
}
