import Foundation
import Simulation

/// Thousands of histories of 31 provinces in one process, by a clock and a network that the seed decides. The seed of a history
/// that fails is printed; `--scenario simulation --histories 1 --seed` replays it to the letter.
struct SimulationScenario: Scenario {
    static let name = "simulation"
    /// The most failures that each part tells.
    private static let mostFailures = 5

    func run(_ run: Run) async throws -> Account {
        let seeds = (0..<UInt64(run.extent.histories)).map { run.seed &+ $0 }
        var account = try await Sweep(
            name: Self.name, run: run, jobs: ProcessInfo.processInfo.activeProcessorCount
        ).tried(seeds) { run, seeds in try await play(seeds, run) }
        account.notes = ["seeds \(run.seed) to \(run.seed &+ UInt64(run.extent.histories - 1)), \(account.steps) steps"]
        return account
    }

    private func play(_ seeds: [UInt64], _ run: Run) async throws -> Account {
        var account = Account(scenario: Self.name, seed: run.seed)
        for (number, seed) in seeds.enumerated() {
            guard ContinuousClock.now < run.deadline else {
                account.problems.append("the time was up: \(number) of \(seeds.count) tried in this part")
                break
            }
            let ending = try await World.play(seed: seed)
            account.counts.sent += ending.envelopes
            account.steps += ending.steps
            account.faults += ending.faults
            if !ending.findings.isEmpty {
                account.problems.append("seed \(seed): \(ending.findings.joined(separator: ", "))")
            }
            if account.problems.count >= Self.mostFailures { break }
            if number % 1_000 == 999 { run.progress("\(Self.name): \(number + 1) of \(seeds.count) in this part") }
        }
        return account
    }
}
