import Exchange
import Interchange

/// Back-pressure, as far as one peer can bring it about.
enum PressureRules {
    /// Batches that are sent at once.
    private static let atOnce = 16

    static let all = [
        ConformanceRule(
            "busy.parallel", "Batches that come at once are each taken, or refused with 503 BUSY and Retry-After."
        ) { peer in
            let answers = try await withThrowingTaskGroup(of: Observed.self) { group in
                for _ in 0..<atOnce {
                    let envelopes = await (0..<50).asyncMap { _ in await peer.arrival() }
                    group.addTask { try await peer.offer(envelopes) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for answer in answers where answer.status != 200 {
                guard case .kept = answer.isRefusal(503, .busy), answer.unsigned == nil,
                    answer.response.fields.contains("retry-after")
                else { return .broken(expected: "200, or a signed 503 BUSY with Retry-After", found: answer.words) }
            }
            return .kept
        }
    ]
}

extension ConformancePeer {
    /// Sends a batch that may be refused.
    fileprivate func offer(_ envelopes: [TestEnvelope]) async throws -> Observed {
        let crafted = try batch(of: envelopes, encoding: .gzip)
        let observed = try await send(crafted)
        if observed.status == 200 { remember(try Receipt(decoding: observed.content), of: envelopes) }
        return observed
    }
}

extension Range<Int> {
    fileprivate func asyncMap<Value>(_ make: (Int) async -> Value) async -> [Value] {
        var made: [Value] = []
        for number in self { made.append(await make(number)) }
        return made
    }
}
