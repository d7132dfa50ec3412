import Exchange
import Interchange

/// What a batch may hold.
enum LimitRules {
    static let all = [
        ConformanceRule("limit.envelopes", "A batch of more envelopes than advertised is 413 BATCH_TOO_LONG.") { peer in
            let most = await peer.capabilities?.envelopes ?? 1_000
            var lines: [UInt8] = []
            for _ in 0...most { lines += await peer.arrival().line + [0x0A] }
            return try await peer.send(await peer.batch(content: try Gzip.compress(lines), encoding: "gzip"))
                .isRefusal(413, .batchTooLong, .bodyTooLarge)
        },
        ConformanceRule("limit.bytes", "Content over the limit is 413 BODY_TOO_LARGE.") { peer in
            let most = await peer.capabilities?.bytes ?? 8 << 20
            return try await peer.send(await peer.batch(content: [UInt8](repeating: 0x0A, count: most + 1)))
                .isRefusal(413, .bodyTooLarge)
        },
        ConformanceRule("limit.beforeSignature", "Content over the limit is 413 before its signature is looked at.") {
            peer in
            let most = await peer.capabilities?.bytes ?? 8 << 20
            var request = await peer.batch(content: [UInt8](repeating: 0x0A, count: most + 1))
            request.isSigned = false
            return try await peer.send(request).isRefusal(413, .bodyTooLarge)
        },
        ConformanceRule("limit.unreadable", "A line without a UUID `id` makes the batch 422; nothing is applied.") {
            peer in
            let envelope = await peer.arrival()
            let content = envelope.line + Array("\n{\"kind\":\"arrival\"}\n".utf8)
            let observed = try await peer.send(await peer.batch(content: content))
            guard case .kept = observed.isRefusal(422, .batchUnreadable) else {
                return observed.isRefusal(422, .batchUnreadable)
            }
            let outcome = try await peer.outcomes(of: [envelope])[0]
            return outcome == .accepted
                ? .kept : .broken(expected: "the batch's other envelope to be new", found: outcome.words)
        },
        ConformanceRule("limit.mediaType", "Another content type than application/x-ndjson is 415.") { peer in
            var request = try await peer.batch(of: [peer.arrival()])
            request.fields.set("content-type", "application/json")
            return try await peer.send(request).isRefusal(415, .encodingUnsupported)
        },
    ]
}
