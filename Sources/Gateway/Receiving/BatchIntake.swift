import AuditLog
import Exchange
import Interchange
import Store
import Synchronization

/// Applies a verified batch, pushed or fetched: judge every envelope, then apply them, compose the receipt and store it in one
/// transaction.
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
    func receive<Message: Sendable>(
        _ batch: VerifiedBatch, at now: Instant, sign: @escaping ReceiptSigner<Message>
    ) async throws -> Message {
        guard let digest = Digest256(batch.digest.bytes) else {
            throw WireError(.digestMismatch, "The digest is not SHA-256.")
        }
        // Before its content is looked at, and whatever limits and room there are now.
        let earlier = try await store.earlierReception(
            of: batch.id, from: batch.from, digest: digest, nonce: batch.evidence.nonce, at: now)
        if let receipt = try earlier.flatMap(Self.receipt) { return try sign(receipt).message }
        try await reserve.check(at: now)
        let incoming = try judged(batch, digest, at: now)
        let envelopes = incoming.envelopes
        let signed = Mutex<Result<Message, any Error>?>(nil)
        let composer = ReceiptComposer { outcomes in
            Receipt.encode(Receipt.Result.all(of: envelopes, outcomes))
        } receipt: { [province, notary] results, applied, size, root in
            let checkpoint = try notary.checkpoint(size: size, root: root)
            let receipt = Receipt.encode(
                batch: batch.id, contentDigest: batch.digest, from: province, to: batch.from,
                receivedAt: applied.receivedAt, results: results,
                audit: Receipt.Audit(applied, origin: notary.origin, checkpoint: checkpoint))
            let answer = Result { try sign(receipt) }
            signed.withLock { $0 = answer.map(\.message) }
            return ComposedReceipt(receipt, signature: try answer.get().signature?.text, checkpoint: checkpoint)
        }
        do {
            let reception = try await store.receive(incoming, composing: composer)
            if let receipt = try Self.receipt(of: reception) { return try sign(receipt).message }
        } catch let error as StoreError {
            // What could not be signed is not the store's failure.
            if case .failure(let cause)? = signed.withLock({ $0 }) { throw cause }
            throw error
        }
        guard let answer = signed.withLock({ $0 }) else {
            throw StoreError(.corrupt, "a batch was applied without a receipt", remedy: "report this as a defect")
        }
        return try answer.get()
    }

    /// - Returns: the stored receipt of a batch that is known; nil for one that was applied now.
    private static func receipt(of reception: Reception) throws(WireError) -> [UInt8]? {
        switch reception {
        case .nonceReplayed: throw WireError(.nonceReplayed, "The nonce was used before; sign anew.")
        case .reused: throw WireError(.batchIDReused, "This batch id came with another content.")
        case .known(let receipt): receipt
        case .applied: nil
        }
    }

    private func judged(_ batch: VerifiedBatch, _ digest: Digest256, at now: Instant) throws -> IncomingBatch {
        let decoded = try batch.decoded(limits)
        let judge = EnvelopeJudge(province: province, peer: batch.from, limits: limits, codeLists: codeLists)
        let envelopes = try judge.judge(decoded, at: now)
        return IncomingBatch(
            from: batch.from, batch: batch.id, contentDigest: digest, nonce: batch.evidence.nonce, lines: decoded,
            packed: batch.encoding == .zstd ? batch.content : nil, envelopes: envelopes, receivedAt: now,
            signature: KeptSignature(batch.evidence).text)
    }
}

/// Makes the message that carries a receipt.
typealias ReceiptSigner<Message> = @Sendable (_ receipt: [UInt8]) throws -> SignedReceipt<Message>

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

extension Receipt.Result {
    /// What became of a batch's envelopes, in line order.
    static func all(of envelopes: [IncomingEnvelope], _ outcomes: [Outcome]) -> [Receipt.Result] {
        zip(envelopes, outcomes).map { envelope, outcome in
            Receipt.Result(
                id: envelope.id, digest: ContentDigest(envelope.digest), outcome: EnvelopeOutcome(outcome))
        }
    }
}

extension Receipt.Audit {
    init(_ applied: Reception.Applied, origin: String, checkpoint: SignedCheckpoint) {
        self.init(
            origin: origin, treeSize: Int(checkpoint.size),
            entries: Int(applied.entries.lowerBound)...Int(applied.entries.upperBound), checkpoint: checkpoint.note)
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
