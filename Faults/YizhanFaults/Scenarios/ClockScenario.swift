import Foundation
import Simulation

/// The wall clock of either gateway jumps by an hour or a day, back and forth, under load, and is then set right.
struct ClockScenario: Scenario {
    static let name = "clock"
    private static let hour = 3_600
    private static let jumps = [hour, -hour, 24 * hour, -24 * hour]

    func run(_ run: Run) async throws -> Account {
        // What was issued on a clock that is ahead is refused as issued in the future, and set aside with that reason.
        let trial = try Trial(Self.name, run, mayBeSetAside: true)
        var random = Seeded(run.seed, for: Self.name)
        let clocks = try trial.stage.stations.map { try WrongClock(run, $0) }
        for (station, clock) in zip(trial.stage.stations, clocks) {
            guard try await station.start(clock.environment) else {
                throw FaultsError(
                    .notReady, "the gateway of \(station.province) did not start", remedy: "see \(station.log)")
            }
        }
        let rounds = run.extent.sample == nil ? 8 : 1
        for round in 0..<rounds where trial.mayGoOn(round, of: rounds) {
            for jump in Self.jumps.shuffled(using: &random) {
                await trial.press()
                try await Task.sleep(for: .milliseconds(Int.random(in: 50...200, using: &random)))
                let place = Int.random(in: 0...1, using: &random)
                try clocks[place].set(seconds: jump)
                try await Task.sleep(for: .milliseconds(Int.random(in: 300...600, using: &random)))
                try clocks[place].set(seconds: 0)
                trial.injected()
                try await trial.quiet()
                let what = "a jump of \(jump) s at \(trial.stage.stations[place].province)"
                guard try await trial.settle(what) else { return try await trial.finish() }
            }
            run.progress("\(Self.name): round \(round + 1) done")
        }
        return try await trial.finish()
    }
}
