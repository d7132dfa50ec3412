import Exchange
import Interchange

/// Content encodings.
enum EncodingRules {
    static let all: [ConformanceRule] =
        ContentEncoding.allCases.filter { $0 != .identity }.map { encoding in
            ConformanceRule("encoding.\(encoding.rawValue)", "A batch in \(encoding.rawValue) is taken.") { peer in
                if let stated = await peer.capabilities?.encodings, !stated.contains(encoding.rawValue) {
                    return .untested("the implementation does not say that it takes \(encoding.rawValue)")
                }
                let outcome = try await peer.outcomes(of: [peer.arrival()], encoding: encoding)[0]
                return outcome == .accepted ? .kept : .broken(expected: "accepted", found: outcome.words)
            }
        } + [
            ConformanceRule("encoding.unknown", "An unknown content encoding is 415 ENCODING_UNSUPPORTED.") { peer in
                let envelope = await peer.arrival()
                return try await peer.send(await peer.batch(content: envelope.line + [0x0A], encoding: "br"))
                    .isRefusal(415, .encodingUnsupported)
            }
        ]
        + encoded("broken", "Content that is not of its encoding is 422 BATCH_UNREADABLE") { peer, encoding in
            let envelope = await peer.arrival()
            return try await peer.send(await peer.batch(content: envelope.line + [0x0A], encoding: encoding.rawValue))
                .isRefusal(422, .batchUnreadable)
        }
        + encoded("cut", "Content that ends before its encoding does is 422 BATCH_UNREADABLE") { peer, encoding in
            let whole = try encoding.encode(await peer.arrival().line + [0x0A])
            return try await peer.send(await peer.batch(content: Array(whole.dropLast(5)), encoding: encoding.rawValue))
                .isRefusal(422, .batchUnreadable)
        }
        + encoded("bomb", "Content that grows beyond the limit when decoded is 413") { peer, encoding in
            let most = await peer.capabilities?.bytes ?? 64 << 20
            let bomb = try encoding.encode([UInt8](repeating: 0x20, count: most + (1 << 20)))
            return try await peer.send(await peer.batch(content: bomb, encoding: encoding.rawValue))
                .isRefusal(413, .bodyTooLarge)
        }

    /// A rule for each encoding that the implementation says it takes.
    private static func encoded(
        _ id: String, _ statement: String,
        _ check: @Sendable @escaping (ConformancePeer, ContentEncoding) async throws -> Verdict
    ) -> [ConformanceRule] {
        ContentEncoding.preferred.map { encoding in
            ConformanceRule("encoding.\(encoding.rawValue).\(id)", "\(statement) (\(encoding.rawValue)).") { peer in
                if let stated = await peer.capabilities?.encodings, !stated.contains(encoding.rawValue) {
                    return .untested("the implementation does not say that it takes \(encoding.rawValue)")
                }
                return try await check(peer, encoding)
            }
        }
    }
}
