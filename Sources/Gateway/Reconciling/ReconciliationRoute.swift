import Exchange
import Hummingbird
import Interchange
import Store

/// `POST /v1/reconciliation`: one step of a reconciliation, signed both ways.
struct ReconciliationRoute: Sendable {
    /// Steps of one peer that are answered at once.
    static let stepsPerPeer = 2
    static let limits = ExchangeLimits(encodedBytes: ReconciliationLimits.bytes)

    /// Its receiver has ``limits``.
    let door: PeerDoor
    let responder: ReconciliationResponder
    let gate: PeerGate

    func add(to router: Router<RequestScope>) {
        router.post("/v1/reconciliation") { request, scope in
            try await door.answer(request, scope, through: gate) { try await answer($0) }
        }
    }

    private func answer(_ visit: PeerVisit) async throws -> SignedAnswer {
        let step = try await step(visit)
        let answer = ReconciliationMessage(
            from: responder.province, to: visit.peer, step: try await responder.answer(step, of: visit.peer))
        return try visit.signer.answer(
            visit.components, status: 200, contentType: ReconciliationMessage.contentType, content: answer.encoded())
    }

    /// The question, after its signature, nonce and form are checked.
    private func step(_ visit: PeerVisit) async throws -> ReconciliationStep {
        let content = try await visit.content(limit: ReconciliationLimits.bytes)
        let (now, peer, components) = (door.clock(), visit.peer, visit.components)
        let evidence = try visit.verify(content, as: .request, at: now)
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
