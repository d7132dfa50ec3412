import AuditLog
import Exchange
import Hummingbird
import Interchange
import Logging
import NIOCore
import Store

/// `POST /v1/batches`: verify who says it, judge every envelope, apply in one transaction, answer with a signed receipt.
struct BatchRoute: Sendable {
    let province: Province
    let codeLists: CodeLists
    let receiver: RequestReceiver
    let signer: MessageSigner
    let store: any Store
    let notary: Notary
    let gate: PeerGate
    let clock: WallClock
    let logger: Logger

    func add(to router: Router<RequestScope>) {
        router.post("/v1/batches") { request, scope in try await answer(request, scope) }
    }

    private func answer(_ request: Request, _ scope: RequestScope) async throws -> Response {
        let components = request.components
        do {
            guard case .province(let peer)? = scope.identity else {
                throw WireError(.peerUnknown, "The certificate names no province.")
            }
            guard receiver.keys[peer] != nil else {
                throw WireError(.peerUnknown, "The province is not a configured peer.")
            }
            guard gate.enter(peer) else {
                throw WireError(.busy, "Too many batches of this peer are being read.", retryAfterSeconds: 1)
            }
            defer { gate.leave(peer) }
            let content = try await body(of: request)
            return try await receive(content, components, from: peer).response
        } catch let error as WireError {
            logger.notice(
                "batch refused", metadata: ["code": "\(error.code.rawValue)", "peer": "\(scope.identity?.urn ?? "-")"])
            return try signer.answer(components, error: error).response
        } catch let error as StoreError {
            logger.error("batch not stored", metadata: ["error": "\(error)"])
            return try signer.answer(components, error: WireError(store: error)).response
        }
    }

    private func body(of request: Request) async throws -> [UInt8] {
        let limit = receiver.limits.encodedBytes
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw WireError(.bodyTooLarge, "The content is over the limit of \(limit) bytes.")
        }
        var content: [UInt8] = []
        for try await part in request.body {
            guard content.count + part.readableBytes <= limit else {
                throw WireError(.bodyTooLarge, "The content is over the limit of \(limit) bytes.")
            }
            content.append(contentsOf: part.readableBytesView)
        }
        return content
    }

    /// - Returns: the signed receipt; its content is durable.
    private func receive(
        _ content: [UInt8], _ components: HTTPRequestComponents, from peer: Province
    ) async throws -> SignedAnswer {
        let now = clock()
        let batch = try receiver.verifyBatch(components, content: content, from: peer, now: now)
        let decoded = try batch.decoded(receiver.limits)
        let judge = EnvelopeJudge(
            province: province, peer: peer, limits: receiver.limits, codeLists: codeLists)
        let envelopes = try judge.judge(decoded, at: now)
        guard let digest = Digest256(batch.digest.bytes) else {
            throw WireError(.digestMismatch, "The digest is not SHA-256.")
        }
        let reception = try await store.receive(
            IncomingBatch(
                from: peer, batch: batch.id, contentDigest: digest, nonce: batch.evidence.nonce, lines: decoded,
                envelopes: envelopes, receivedAt: now, signature: KeptSignature(batch.evidence).text))
        switch reception {
        case .nonceReplayed: throw WireError(.nonceReplayed, "The nonce was used before; sign anew.")
        case .reused: throw WireError(.batchIDReused, "This batch id came with another content.")
        case .known(let receipt): return try signer.answer(components, receipt: receipt)
        case .applied(let applied):
            let checkpoint = try await notary.checkpoint(at: now)
            let receipt = Receipt(
                province: province, answering: batch, envelopes: envelopes, applied: applied, origin: notary.origin,
                checkpoint: checkpoint)
            return try await keep(receipt.encoded(), answering: components, from: peer, batch.id, checkpoint)
        }
    }

    /// Stores a receipt with its signature before it leaves. The first content that was stored of a batch is its receipt.
    private func keep(
        _ content: [UInt8], answering request: HTTPRequestComponents, from peer: Province, _ batch: MessageID,
        _ checkpoint: SignedCheckpoint
    ) async throws -> SignedAnswer {
        let answer = try signer.answer(request, receipt: content)
        let signature = HTTPMessageComponents.response(
            HTTPResponseComponents(status: answer.status, fields: answer.fields, answering: request)
        ).signature
        let kept = try await store.keepReceipt(
            content, signature: signature?.text, from: peer, batch: batch, checkpoint: checkpoint)
        return kept == content ? answer : try signer.answer(request, receipt: kept)
    }
}

extension WireError {
    init(store error: StoreError) {
        switch error.code {
        case .full: self.init(.storageFull, "The store is full; nothing was applied.", retryAfterSeconds: 10)
        default: self.init(.busy, "The store cannot take the batch now; nothing was applied.", retryAfterSeconds: 5)
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
