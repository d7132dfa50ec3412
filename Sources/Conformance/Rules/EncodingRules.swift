import Exchange
import Interchange

/// Content encodings.
enum EncodingRules {
    static let all =
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
            },
            ConformanceRule("encoding.broken", "Content that is not of its encoding is 422 BATCH_UNREADABLE.") { peer in
                let envelope = await peer.arrival()
                return try await peer.send(await peer.batch(content: envelope.line + [0x0A], encoding: "gzip"))
                    .isRefusal(422, .batchUnreadable)
            },
            ConformanceRule("encoding.bomb", "Content that grows beyond the limit when decoded is 413.") { peer in
                let bomb = try Gzip.compress([UInt8](repeating: 0x20, count: 48 << 20), level: 9)
                return try await peer.send(await peer.batch(content: bomb, encoding: "gzip"))
                    .isRefusal(413, .bodyTooLarge)
            },
        ]
}
