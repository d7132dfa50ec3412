import Exchange
import Hummingbird
import Interchange

/// The newest checkpoint that is held of every other log, by its origin: signed notes.
public typealias HeldCheckpoints = @Sendable () async throws -> [String: String]

/// `GET /v1/capabilities`: what this gateway takes, and how it signs.
struct CapabilitiesRoute: Sendable {
    let door: PeerDoor
    let limits: ExchangeLimits
    let notary: Notary
    let checkpoints: HeldCheckpoints

    func add(to router: Router<RequestScope>) {
        router.get("/v1/capabilities") { request, scope in
            try await door.answer(request, scope) { try await answer($0) }
        }
    }

    private func answer(_ visit: PeerVisit) async throws -> SignedAnswer {
        let now = door.clock()
        _ = try visit.verify(try await visit.content(limit: 0), as: .request, at: now)
        let capabilities = Capabilities(
            limits: .init(envelopes: limits.envelopes, bytes: limits.decodedBytes),
            keys: door.signing.keys.published(at: now),
            knownKeys: door.receiver.keys[visit.peer]?.inForce(at: now) ?? [],
            audit: .init(origin: notary.origin, key: notary.signer.verifierKey.description),
            checkpoints: try await checkpoints())
        return try visit.signer.answer(
            visit.components, status: 200, contentType: Capabilities.contentType, content: capabilities.encoded())
    }
}
