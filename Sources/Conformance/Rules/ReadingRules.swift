import Exchange
import Interchange

/// What a gateway says of itself.
enum ReadingRules {
    static let all = [
        ConformanceRule("capabilities.unsigned", "GET /v1/capabilities without a signature is 401.") { peer in
            var request = await peer.get(ExchangePath.capabilities)
            request.isSigned = false
            return try await peer.send(request).isRefusal(401, .signatureMissing)
        },
        ConformanceRule("capabilities.query", "A signature that leaves out @query is 401, without a query too.") {
            peer in
            var request = await peer.get(ExchangePath.capabilities)
            request.uncovered = ["@query"]
            return try await peer.send(request).isRefusal(401, .signatureInvalid)
        },
        ConformanceRule("capabilities.keys", "The key that signs answers is among `keys`, as a JWK.") { peer in
            let observed = try await peer.send(peer.get(ExchangePath.capabilities))
            let stated = try Capabilities(decoding: observed.content)
            guard stated.keys.contains(where: { observed.isSigned(by: $0.key.keyID) }) else {
                return .broken(expected: "the signing key", found: "\(stated.keys.count) others")
            }
            return .kept
        },
    ]

    /// First of all: the limits that other rules go by.
    static let capabilities = ConformanceRule(
        "capabilities.members", "GET /v1/capabilities has interchange, encodings, limits, keys, knownKeys, audit."
    ) { peer in
        let observed = try await peer.send(peer.get(ExchangePath.capabilities))
        guard observed.status == 200, observed.unsigned == nil else {
            return .broken(expected: "a signed 200", found: observed.words)
        }
        let stated = try StatedCapabilities(decoding: observed.content)
        await peer.learn(stated)
        guard stated.interchange.contains(where: { $0.hasPrefix("1.") }) else {
            return .broken(expected: "interchange 1", found: stated.interchange.joined(separator: ", "))
        }
        guard stated.knownKeys.contains(peer.keyID) else {
            return .broken(expected: "this peer's key among knownKeys", found: "\(stated.knownKeys.count) others")
        }
        return .kept
    }
}
