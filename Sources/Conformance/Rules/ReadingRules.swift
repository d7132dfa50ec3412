import Exchange
import Interchange

/// What a peer may read: capabilities, and what waits for it.
enum ReadingRules {
    static let all = [
        ConformanceRule("outbox.signed", "GET /v1/outbox is answered with a signed batch or a signed 204.") { peer in
            let observed = try await peer.send(peer.get("/v1/outbox", query: "limit=1&wait=0"))
            guard [200, 204].contains(observed.status), observed.unsigned == nil else {
                return .broken(expected: "a signed 200 or 204", found: observed.words)
            }
            return .kept
        },
        ConformanceRule("outbox.unsigned", "GET /v1/outbox without a signature is 401 SIGNATURE_MISSING.") { peer in
            var request = await peer.get("/v1/outbox", query: "limit=1&wait=0")
            request.isSigned = false
            return try await peer.send(request).isRefusal(401, .signatureMissing)
        },
        ConformanceRule("outbox.query", "A signature that leaves out @query is 401.") { peer in
            var request = await peer.get("/v1/outbox", query: "limit=1&wait=0")
            request.uncovered = ["@query"]
            return try await peer.send(request).isRefusal(401, .signatureInvalid)
        },
        ConformanceRule("capabilities.unsigned", "GET /v1/capabilities without a signature is 401.") { peer in
            var request = await peer.get(ExchangePath.capabilities)
            request.isSigned = false
            return try await peer.send(request).isRefusal(401, .signatureMissing)
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
