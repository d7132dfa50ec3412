import Exchange
import Foundation
import Gateway

/// The floor of the exchange: libcurl and mutual TLS, without signatures, checks, stores or receipts.
struct Uploads {
    /// The batches go over this often: once would be too short a time to measure.
    private static let rounds = 10

    let batches: [[UInt8]]
    let pair: GatewayPair

    /// One batch after the other, as a gateway sends, over a connection that is open already.
    func perSecond(envelopes: Int) async throws -> Double {
        var files = try pair.henan.configuration.exchange
        files.port = 0
        let listener = try DiscardListener(files)
        let (ports, found) = AsyncStream<Int>.makeStream()
        let serving = Task {
            defer { found.finish() }
            try await listener.run { found.yield($0) }
        }
        defer { serving.cancel() }
        guard let port = await ports.first(where: { $0 > 0 }) else {
            throw GatewayError(.inUse, "the listener did not start", remedy: "report this as a defect")
        }
        let client = try pair.guangdong.client()
        defer { client.shutDown() }
        try await send(batches[0], client, port)
        let watch = Stopwatch()
        for _ in 0..<Self.rounds { for batch in batches { try await send(batch, client, port) } }
        return Double(envelopes * Self.rounds) / watch.seconds
    }

    private func send(_ batch: [UInt8], _ client: CurlClient, _ port: Int) async throws {
        let answer = try await client.send(
            TransportRequest(
                method: "POST", url: "https://localhost:\(port)/v1/batches",
                fields: ["content-type": "application/x-ndjson", "content-encoding": "gzip"], content: batch))
        guard answer.status == 204 else {
            throw GatewayError(
                .unreachable, "the listener answered \(answer.status)", remedy: "report this as a defect")
        }
    }
}
