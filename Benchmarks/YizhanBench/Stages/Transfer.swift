import Exchange
import Foundation
import Gateway
import Store

/// Rows that wait in Guangdong's store until Henan's gateway, which is down meanwhile, is started.
struct Transfer {
    let pair: GatewayPair
    let mapping: String

    /// Guangdong's gateway takes the export in; every row must pass.
    func prepare(_ export: [UInt8]) async throws {
        try await pair.guangdong.start()
        try submit(export)
    }

    func submit(_ export: [UInt8]) throws {
        let file = "\(pair.scratch.path)/arrivals.csv"
        try Data(export).write(to: URL(fileURLWithPath: file))
        try pair.guangdong.submit(file, mapping: mapping)
    }

    /// Starts Henan's gateway and waits until so many more are delivered, with their receipts.
    /// - Parameter pause: between two looks. To count what waits takes tens of milliseconds of a core where millions do: often, it would take
    ///   the gateways' time.
    /// - Returns: records a second, from the receiver's readiness.
    func deliver(_ count: Int, lookingEvery pause: Duration = .milliseconds(100)) async throws -> Double {
        let sender = try SQLiteReader(path: try pair.guangdong.configuration.storePath)
        let start = try await lane(sender).delivered
        try await pair.henan.start()
        let watch = Stopwatch()
        let before = try await lane(sender).delivered
        var delivered = before
        try await Poll.until("\(count) records are delivered", seconds: 1_200, every: pause) {
            delivered = try await lane(sender).delivered
            return delivered - start >= count
        }
        return Double(delivered - before) / watch.seconds
    }

    /// What the sender's store says of the lane to Henan.
    func lane(_ reader: SQLiteReader) async throws -> LaneBacklog {
        guard let lane = try await reader.backlog().first(where: { $0.peer == pair.henan.province }) else {
            throw GatewayError(.mistakes, "nothing was taken in for Henan", remedy: "report this as a defect")
        }
        return lane
    }
}
