import Foundation
import Simulation

/// A connection that ends at every byte of a small batch and of its answer, and connections that fall silent.
struct ConnectionScenario: Scenario {
    static let name = "connection"

    func run(_ run: Run) async throws -> Account {
        var random = Seeded(run.seed, for: Self.name)
        let counting = try Trial(Self.name, run)
        try await counting.stage.start()
        _ = try await pass(counting, nil)
        let bytes = counting.stage.towardsHenan.bytes
        var account = try await counting.finish()
        account.notes.append("\(bytes.up) bytes towards the receiver, \(bytes.down) back")
        let faults =
            silences(bytes, isFull: run.extent.sample == nil)
            + cuts(.up, of: bytes.up, run, &random) + cuts(.down, of: bytes.down, run, &random)
        account.add(
            try await Sweep(name: Self.name, run: run).tried(faults) { run, faults in
                try await self.tryAll(faults, run)
            })
        return account
    }

    private func tryAll(_ faults: [Proxy.Fault], _ run: Run) async throws -> Account {
        let trial = try Trial(Self.name, run)
        try await trial.stage.start()
        for (tried, fault) in faults.enumerated() {
            guard trial.mayGoOn(tried, of: faults.count), try await pass(trial, fault) else { break }
            if tried % 500 == 499 { run.progress("\(Self.name): \(tried + 1) of \(faults.count) in this part") }
        }
        return try await trial.finish()
    }

    /// At every byte, one by a reset and the next by an orderly end.
    private func cuts(
        _ direction: ProxyConnection.Direction, of count: Int, _ run: Run, _ random: inout Seeded
    ) -> [Proxy.Fault] {
        random.sample(0...max(0, count - 1), run.extent.sample ?? count).map {
            .cut(direction, after: $0, hard: $0.isMultiple(of: 2))
        }
    }

    /// Silence costs the client's patience of 15 s, so the short run has none: a connection that is taken and never answered,
    /// and bytes that are swallowed in mid-way, of the batch and of its answer.
    private func silences(_ bytes: (up: Int, down: Int), isFull: Bool) -> [Proxy.Fault] {
        let short: [Proxy.Fault] = [
            .delay(milliseconds: 30), .swallowAnswer(after: bytes.down / 2), .swallowAnswer(after: bytes.down - 1),
        ]
        guard isFull else { return short }
        let up = [0, bytes.up / 2, bytes.up - 1]
        let down = [0, bytes.down / 2, bytes.down - 1]
        return short + up.flatMap { [.blackHole(.up, after: $0), .halfOpen(after: $0)] }
            + down.map { .blackHole(.down, after: $0) } + [.delay(milliseconds: 400)]
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
