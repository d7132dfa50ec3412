import Exchange
import Foundation
import Gateway
import Interchange
import Store

/// Stage 3: from the store of one gateway to that of another, each a process of its own, beside a message broker that moves the
/// same records from queue to queue, and beside bare uploads of the same batches.
struct TransferStage {
    let sample: Sample
    let rows: Int

    private struct Runs {
        var gateways: [Double] = []
        var broker: [Double] = []
        var uploads: [Double] = []
    }

    func run() async throws -> [Figure] {
        let export = try sample.distinct(0..<rows)
        let envelopes = MadeEnvelope.make(of: try sample.drafts(of: export))
        let batches = try MadeEnvelope.batches(of: envelopes)
        var runs = Runs()
        for _ in 0..<Figure.runCount {
            let pair = try GatewayPair()
            defer { pair.end() }
            runs.gateways.append(try await move(export, pair))
            pair.stop()
            runs.broker.append(try await shovel(envelopes, pair))
            runs.uploads.append(try await Uploads(batches: batches, pair: pair).perSecond(envelopes: rows))
        }
        return [
            Figure(3, "records a second, from one gateway to another", .perSecond, runs.gateways),
            Figure(3, "records a second, shovelled from queue to queue by RabbitMQ", .perSecond, runs.broker),
            Figure(3, "gateways to RabbitMQ", runs.gateways, to: runs.broker, owed: .atLeast(3, aim: 8)),
            Figure(3, "records a second, such batches uploaded to nginx", .perSecond, runs.uploads),
            Figure(3, "gateways to uploads", runs.gateways, to: runs.uploads),
        ]
    }

    private func move(_ export: [UInt8], _ pair: GatewayPair) async throws -> Double {
        let transfer = Transfer(pair: pair, mapping: sample.mapping.name)
        try await transfer.prepare(export)
        let sender = try SQLiteReader(path: try pair.guangdong.configuration.storePath)
        try expect(try await transfer.lane(sender).waiting, "records wait")
        let perSecond = try await transfer.deliver(rows)
        try expect(try await transfer.lane(sender).delivered, "records were delivered")
        let receiver = try SQLiteReader(path: try pair.henan.configuration.storePath)
        try expect(try await receiver.recordsHeld(from: pair.guangdong.province), "records are held")
        return perSecond
    }

    private func shovel(_ envelopes: [MadeEnvelope], _ pair: GatewayPair) async throws -> Double {
        let lines = "\(pair.scratch.path)/messages.ndjson"
        try Data(envelopes.map(\.line).joined(separator: [0x0A])).write(to: URL(fileURLWithPath: lines))
        let broker = try await Broker(pair.henan, in: pair.scratch)
        defer { broker.stop() }
        try broker.fill(from: lines)
        return Double(envelopes.count) / (try broker.shovel(envelopes.count))
    }

    private func expect(_ found: Int, _ what: String) throws {
        guard found == rows else {
            throw GatewayError(.mistakes, "\(found) \(what), not \(rows)", remedy: "report this as a defect")
        }
    }
}
