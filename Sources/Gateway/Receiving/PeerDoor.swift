import AuditLog
import Exchange
import Hummingbird
import Interchange
import Logging
import NIOCore
import Store

/// What every request of a peer passes before a route does its own work, and how every answer is signed: the TLS identity is a
/// configured peer's, then sizes, then signature, window, nonce.
struct PeerDoor: Sendable {
    let receiver: RequestReceiver
    let signing: ExchangeSigning
    let nonces: NonceMemory
    let clock: WallClock
    let logger: Logger

    /// Answers with what the route says, or with the error that it throws; signed either way.
    /// - Parameter gate: holds back those of one peer that are too many at once, before anything of them is read.
    func answer(
        _ request: Request, _ scope: RequestScope, through gate: PeerGate? = nil,
        _ work: (PeerVisit) async throws -> SignedAnswer
    ) async throws -> Response {
        let components = request.components
        let peer = scope.identity?.province
        let signer = signing.signer(for: peer)
        // The route, not the path: a caller may have written anything into it.
        let route = scope.endpointPath ?? "-"
        do {
            guard let peer else { throw WireError(.peerUnknown, "The certificate names no province of ours.") }
            guard receiver.keys[peer] != nil else {
                throw WireError(.peerUnknown, "The province is not a configured peer.")
            }
            guard gate?.enter(peer) ?? true else {
                throw WireError(.busy, "Too many such requests of this peer are under way.", retryAfterSeconds: 1)
            }
            defer { gate?.leave(peer) }
            let visit = PeerVisit(peer: peer, components: components, signer: signer, door: self, request: request)
            return try await work(visit).response
        } catch let error as WireError {
            logger.notice(
                "request refused",
                metadata: [
                    "code": "\(error.code.rawValue)", "peer": "\(scope.identity?.urn ?? "-")",
                    "route": "\(route)",
                ])
            return try signer.answer(components, error: error).response
        } catch let error as StoreError {
            logger.error("request not served", metadata: ["error": "\(error)", "route": "\(route)"])
            return try signer.answer(components, error: WireError(store: error)).response
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            logger.error("request failed", metadata: ["error": "\(error)", "route": "\(route)"])
            return try signer.answer(components, error: WireError(.internalError, "See the gateway's log.")).response
        }
    }
}

/// A request of a configured peer.
struct PeerVisit {
    let peer: Province
    let components: HTTPRequestComponents
    /// Signs the answer.
    let signer: MessageSigner
    let door: PeerDoor
    let request: Request

    /// The request's content, as it came.
    /// - Throws: `WireError` `BODY_TOO_LARGE`.
    func content(limit: Int) async throws -> [UInt8] {
        let tooLarge = WireError(.bodyTooLarge, "The content is over the limit of \(limit) bytes.")
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit { throw tooLarge }
        var content: [UInt8] = []
        for try await part in request.body {
            guard content.count + part.readableBytes <= limit else { throw tooLarge }
            content.append(contentsOf: part.readableBytesView)
        }
        return content
    }

    /// Verifies a request of any kind but a batch, and spends its nonce in memory.
    func verify(
        _ content: [UInt8], as tag: SignatureProfile.Tag, at now: Instant
    ) throws(WireError) -> SignatureEvidence {
        let evidence = try door.receiver.verify(components, content: content, from: peer, as: tag, now: now)
        try door.nonces.enter(evidence.nonce, of: peer, at: now)
        return evidence
    }

    /// Verifies a batch, and spends its nonce in memory; the transaction that applies it spends it durably.
    func verifyBatch(_ content: [UInt8], at now: Instant) throws(WireError) -> VerifiedBatch {
        let batch = try door.receiver.verifyBatch(components, content: content, from: peer, now: now)
        try door.nonces.enter(batch.evidence.nonce, of: peer, at: now)
        return batch
    }
}

extension CertificateIdentity {
    /// Of a gateway; nil for anybody else.
    var province: Province? { if case .province(let province) = self { province } else { nil } }
}

extension WireError {
    init(store error: StoreError) {
        switch error.code {
        case .full: self.init(.storageFull, "The store is full; nothing was applied.", retryAfterSeconds: 10)
        default: self.init(.busy, "The store cannot take the batch now; nothing was applied.", retryAfterSeconds: 5)
        }
    }
}
