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

    /// - Parameter sign: makes the message that carries a receipt. Its signature is kept with the receipt, as evidence.
    /// - Returns: the message, whose receipt is durable. The same batch again gets a receipt of the same bytes.
    /// - Throws: `WireError`, ``StoreError``; nothing of the batch is applied then, or all of it: the same batch can come again.
    func receive<Message>(
        _ batch: VerifiedBatch, at now: Instant, sign: (_ receipt: [UInt8]) throws -> SignedReceipt<Message>
    ) async throws -> Message {
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
                envelopes: envelopes, receivedAt: now, signature: KeptSignature(batch.evidence).text))
        switch reception {
        case .nonceReplayed: throw WireError(.nonceReplayed, "The nonce was used before; sign anew.")
        case .reused: throw WireError(.batchIDReused, "This batch id came with another content.")
        case .known(let receipt): return try sign(receipt).message
        case .applied(let applied):
            let checkpoint = try await notary.checkpointForReceipt()
            let receipt = Receipt(
                province: province, answering: batch, envelopes: envelopes, applied: applied, origin: notary.origin,
                checkpoint: checkpoint)
            let content = receipt.encoded()
            let signed = try sign(content)
            let kept = try await store.keepReceipt(
                content, signature: signed.signature?.text, from: batch.from, batch: batch.id, checkpoint: checkpoint)
            // The first content that was stored of a batch is its receipt.
            return kept == content ? signed.message : try sign(kept).message
        }
    }
}

/// A receipt on its way to the sender of the batch.
struct SignedReceipt<Message> {
    /// What carries it.
    let message: Message
    /// The message's.
    let signature: KeptSignature?
}

extension SignedReceipt<SignedAnswer> {
    /// As the answer to a pushed batch.
    init(_ answer: SignedAnswer, to request: HTTPRequestComponents) {
        self.init(message: answer, signature: answer.signature(answering: request))
    }
}

extension SignedAnswer {
    /// The signature that it carries, for evidence.
    func signature(answering request: HTTPRequestComponents) -> KeptSignature? {
        HTTPMessageComponents.response(
            HTTPResponseComponents(status: status, fields: fields, answering: request)
        ).signature
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
