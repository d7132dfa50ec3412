import Exchange
import Hummingbird
import Interchange
import Logging
import NIOCore
import Store

/// `POST /v1/reconciliation`: one step of a reconciliation, signed both ways.
struct ReconciliationRoute: Sendable {
    /// Steps of one peer that are answered at once.
    static let stepsPerPeer = 2
    static let limits = ExchangeLimits(encodedBytes: ReconciliationLimits.bytes)

    let responder: ReconciliationResponder
    /// With ``limits``.
    let receiver: RequestReceiver
    let signer: MessageSigner
    let gate: PeerGate
    let clock: WallClock
    let logger: Logger

    func add(to router: Router<RequestScope>) {
        router.post("/v1/reconciliation") { request, scope in try await answer(request, scope) }
    }

    private func answer(_ request: Request, _ scope: RequestScope) async throws -> Response {
        let components = request.components
        do {
            guard case .province(let peer)? = scope.identity, receiver.keys[peer] != nil else {
                throw WireError(.peerUnknown, "The certificate names no configured peer.")
            }
            guard gate.enter(peer) else {
                throw WireError(.busy, "Too many steps of this peer are being answered.", retryAfterSeconds: 1)
            }
            defer { gate.leave(peer) }
            let step = try await step(request, components, from: peer)
            let answer = ReconciliationMessage(
                from: responder.province, to: peer, step: try await responder.answer(step, of: peer))
            return try signer.answer(
                components, status: 200, contentType: ReconciliationMessage.contentType, content: answer.encoded()
            ).response
        } catch let error as WireError {
            logger.notice("reconciliation refused", metadata: ["code": "\(error.code.rawValue)"])
            return try signer.answer(components, error: error).response
        } catch let error as StoreError {
            logger.error("reconciliation failed", metadata: ["error": "\(error)"])
            return try signer.answer(components, error: WireError(store: error)).response
        }
    }

    /// The question, after its signature, nonce and form are checked.
    private func step(
        _ request: Request, _ components: HTTPRequestComponents, from peer: Province
    ) async throws -> ReconciliationStep {
        var content: [UInt8] = []
        for try await part in request.body {
            guard content.count + part.readableBytes <= ReconciliationLimits.bytes else {
                throw WireError(
                    .bodyTooLarge, "The content is over the limit of \(ReconciliationLimits.bytes) bytes.")
            }
            content.append(contentsOf: part.readableBytesView)
        }
        let now = clock()
        let evidence = try receiver.verify(components, content: content, from: peer, as: .request, now: now)
        guard try await responder.store.spend(nonce: evidence.nonce, of: peer, at: now) else {
            throw WireError(.nonceReplayed, "The nonce was used before; sign anew.")
        }
        guard components.fields.mediaType == ReconciliationMessage.contentType,
            !components.fields.contains("content-encoding")
        else {
            throw WireError(
                .encodingUnsupported, "The content is not \(ReconciliationMessage.contentType) without an encoding.")
        }
        let message: ReconciliationMessage
        do { message = try ReconciliationMessage(decoding: content) } catch {
            throw WireError(.requestInvalid, error.description)
        }
        guard message.from == peer, message.to == responder.province else {
            throw WireError(.identityMismatch, "The message is not from the caller to this gateway.")
        }
        return message.step
    }
}
