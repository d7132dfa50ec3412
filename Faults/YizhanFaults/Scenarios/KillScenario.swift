import Foundation
import Simulation

/// SIGKILL of either gateway at random moments under load, now and then of both, now and then while it starts.
struct KillScenario: Scenario {
    static let name = "kill"

    func run(_ run: Run) async throws -> Account {
        let trial = try Trial(Self.name, run)
        var random = Seeded(run.seed, for: Self.name)
        try await trial.stage.start()
        await trial.press()
        for number in 1...run.extent.kills where trial.mayGoOn(number - 1, of: run.extent.kills) {
            try await Task.sleep(for: .milliseconds(Int.random(in: 5...250, using: &random)))
            let first = Bool.random(using: &random) ? 0 : 1
            let chance = Int.random(in: 0..<10, using: &random)
            let victims = chance == 0 ? [0, 1] : [first]
            for place in victims { trial.stage.stations[place].kill() }
            trial.injected(victims.count)
            if chance == 1 {
                // A second death, before it is up.
                try trial.stage.stations[first].launch()
                try await Task.sleep(for: .milliseconds(Int.random(in: 1...150, using: &random)))
                trial.stage.stations[first].kill()
                trial.injected()
            }
            for place in victims { try await trial.stage.stations[place].heal() }
            if number % 50 == 0 {
                run.progress("\(Self.name): \(number) of \(run.extent.kills)")
                try await trial.quiet()
                guard try await trial.settle("kill \(number)") else { break }
                await trial.press()
            }
        }
        try await trial.quiet()
        return try await trial.finish()
    }
}
