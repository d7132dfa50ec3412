import Simulation

/// Thousands of histories of 31 provinces in one process, by a clock and a network that the seed decides. The seed of a history
/// that fails is printed; `--scenario simulation --histories 1 --seed` replays it to the letter.
struct SimulationScenario: Scenario {
    static let name = "simulation"
    /// The most failures that are told.
    private static let mostFailures = 5

    func run(_ run: Run) async throws -> Account {
        var account = Account(scenario: Self.name, seed: run.seed)
        var steps = 0
        for number in 0..<UInt64(run.extent.histories) {
            let ending = try await World.play(seed: run.seed &+ number)
            account.counts.sent += ending.envelopes
            steps += ending.steps
            account.faults += ending.faults
            if !ending.findings.isEmpty {
                account.problems.append("seed \(run.seed &+ number): \(ending.findings.joined(separator: ", "))")
            }
            if account.problems.count >= Self.mostFailures { break }
            if number % 500 == 499 { run.progress("\(Self.name): \(number + 1) of \(run.extent.histories)") }
        }
        account.notes.append("\(run.extent.histories) histories, \(steps) steps")
        return account
    }
}
