import Exchange
import Foundation
import Gateway

/// The floor of the exchange: libcurl and nginx with the gateways' certificates, without signatures, checks, stores or receipts.
struct Uploads {
    /// The batches go over this often: once would be too short a time to measure.
    private static let rounds = 10

    let batches: [[UInt8]]
    let pair: GatewayPair

    /// One batch after the other, as a gateway sends, over a connection that is open already.
    func perSecond(envelopes: Int) async throws -> Double {
        let nginx = try await Nginx(pair.henan, answer: [], in: pair.scratch)
        defer { nginx.stop() }
        let client = try pair.guangdong.client()
        defer { client.shutDown() }
        try await send(batches[0], as: 0, client, nginx)
        let watch = Stopwatch()
        for _ in 0..<Self.rounds {
            for (place, batch) in batches.enumerated() { try await send(batch, as: place, client, nginx) }
        }
        return Double(envelopes * Self.rounds) / watch.seconds
    }

    private func send(_ batch: [UInt8], as place: Int, _ client: CurlClient, _ nginx: Nginx) async throws {
        let answer = try await client.send(
            TransportRequest(
                method: "PUT", url: "https://localhost:\(nginx.port)/v1/batches/\(place)",
                fields: ["content-type": "application/x-ndjson", "content-encoding": "gzip"], content: batch))
        guard answer.status == 201 || answer.status == 204 else {
            throw GatewayError(.unreachable, "nginx answered \(answer.status)", remedy: "report this as a defect")
        }
    }
}
