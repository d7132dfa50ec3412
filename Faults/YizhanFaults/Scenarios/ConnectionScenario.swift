import Foundation
import Simulation

/// A connection that ends at every byte of a small batch and of its answer, and connections that fall silent.
struct ConnectionScenario: Scenario {
    static let name = "connection"

    func run(_ run: Run) async throws -> Account {
        let trial = try Trial(Self.name, run)
        var random = Seeded(run.seed, for: Self.name)
        try await trial.stage.start()
        _ = try await pass(trial, nil)
        let bytes = trial.stage.towardsHenan.bytes
        trial.note("\(bytes.up) bytes towards the receiver, \(bytes.down) back")
        for (direction, count) in [(ProxyConnection.Direction.up, bytes.up), (.down, bytes.down)] {
            for offset in random.sample(0...max(0, count - 1), run.extent.sample ?? count) {
                let fault = Proxy.Fault.cut(direction, after: offset, hard: offset.isMultiple(of: 2))
                guard try await pass(trial, fault) else { return try await trial.finish() }
            }
            run.progress("\(Self.name): cuts \(direction.rawValue) done")
        }
        for fault in silences(bytes, run.extent.sample == nil) {
            guard try await pass(trial, fault) else { return try await trial.finish() }
        }
        return try await trial.finish()
    }

    /// Silence costs the client's patience of 15 s, so the short run has one.
    private func silences(_ bytes: (up: Int, down: Int), _ isFull: Bool) -> [Proxy.Fault] {
        let short: [Proxy.Fault] = [
            .delay(milliseconds: 30), .swallowAnswer(after: bytes.down / 2), .swallowAnswer(after: bytes.down - 1),
        ]
        let long: [Proxy.Fault] = [
            .blackHole(after: 0), .blackHole(after: bytes.up / 2), .blackHole(after: bytes.up - 1), .halfOpen(after: 0),
            .halfOpen(after: bytes.up / 2),
            .halfOpen(after: bytes.up - 1), .delay(milliseconds: 400),
        ]
        return isFull ? short + long : short
    }

    /// A few rows over a new connection that fails once.
    /// - Returns: whether all is well.
    private func pass(_ trial: Trial, _ fault: Proxy.Fault?) async throws -> Bool {
        let proxy = trial.stage.towardsHenan
        proxy.arm(fault)
        try await trial.loads[0].offer(new: 2, changed: 1)
        let isWell = try await trial.settle(fault.map { "\($0)" } ?? "no fault")
        if proxy.hasFired { trial.injected() }
        return isWell
    }
}
