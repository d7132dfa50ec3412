import Exchange
import Foundation
import Gateway
import Interchange
import Store

/// Stage 3: from the store of one gateway to that of another, each a process of its own, beside bare uploads of the same
/// batches to a listener that throws them away.
struct TransferStage {
    let sample: Sample
    let rows: Int

    func run() async throws -> [Figure] {
        let export = try sample.distinct(rows)
        let batches = try MadeEnvelope.batches(of: MadeEnvelope.make(of: try sample.drafts(of: export)))
        var moved: [Double] = []
        var uploaded: [Double] = []
        for _ in 0..<Figure.runCount {
            let pair = try GatewayPair()
            defer { pair.end() }
            moved.append(try await move(export, pair))
            pair.stop()
            uploaded.append(try await Uploads(batches: batches, pair: pair).perSecond(envelopes: rows))
        }
        return [
            Figure(3, "records a second, from one gateway to another", .perSecond, moved),
            Figure(3, "records a second, bare uploads of such batches", .perSecond, uploaded),
            Figure(3, "gateways to bare uploads", moved, to: uploaded),
        ]
    }

    /// Takes the export in while the receiver is down, starts it, and waits until nothing is left to send.
    /// - Returns: records a second, from the receiver's readiness.
    private func move(_ export: [UInt8], _ pair: GatewayPair) async throws -> Double {
        let file = "\(pair.scratch.path)/arrivals.csv"
        try Data(export).write(to: URL(fileURLWithPath: file))
        try await pair.guangdong.start()
        try pair.guangdong.submit(file, mapping: sample.mapping.name)
        let sender = try SQLiteReader(path: try pair.guangdong.configuration.storePath)
        try expect(try await lane(sender).waiting, "records wait")
        try await pair.henan.start()
        let watch = Stopwatch()
        let before = try await lane(sender).delivered
        try await Poll.until("nothing waits", seconds: 600, every: .milliseconds(10)) {
            let left = try await lane(sender)
            return left.waiting + left.parked == 0
        }
        let elapsed = watch.seconds
        try expect(try await lane(sender).delivered, "records were delivered")
        let receiver = try SQLiteReader(path: try pair.henan.configuration.storePath)
        try expect(try await receiver.recordsHeld(from: pair.guangdong.province), "records are held")
        return Double(rows - before) / elapsed
    }

    private func lane(_ reader: SQLiteReader) async throws -> LaneBacklog {
        guard let lane = try await reader.backlog().first(where: { $0.peer.number == 41 }) else {
            throw GatewayError(.mistakes, "nothing was taken in for Henan", remedy: "report this as a defect")
        }
        return lane
    }

    private func expect(_ found: Int, _ what: String) throws {
        guard found == rows else {
            throw GatewayError(.mistakes, "\(found) \(what), not \(rows)", remedy: "report this as a defect")
        }
    }
}
