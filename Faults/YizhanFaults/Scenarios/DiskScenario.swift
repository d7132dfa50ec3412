import Foundation
import Simulation

/// The n-th call that changes or flushes a file of the store fails, for every n of a bounded exchange from start to stop and for
/// every way to fail.
struct DiskScenario: Scenario {
    static let name = "disk"

    func run(_ run: Run) async throws -> Account {
        let trial = try Trial(Self.name, run)
        var random = Seeded(run.seed, for: Self.name)
        try await trial.stage.start()
        try await trial.offer(new: 4, changed: 0)
        try await trial.settle("the start")
        let disk = try FaultyDisk(run, trial.stage.guangdong)
        // How many calls there are: as counted when nothing fails.
        let sites = try await pass(trial, disk, kind: .before, at: 0).calls
        trial.note("\(sites) calls from start to stop")
        for kind in FaultyDisk.Kind.allCases {
            for site in random.sample(1...sites, run.extent.sample ?? sites) {
                let seed = UInt64.random(in: 1...1_000_000, using: &random)
                let report = try await pass(trial, disk, kind: kind, at: site, seed: seed)
                if report.hasFired { trial.injected() }
                guard try await trial.settle("\(kind.rawValue) at call \(site)") else {
                    return try await trial.finish()
                }
            }
            run.progress("\(Self.name): \(kind.rawValue) done")
        }
        return try await trial.finish()
    }

    /// One bounded exchange on a disk that may fail, then a start on one that does not.
    private func pass(
        _ trial: Trial, _ disk: FaultyDisk, kind: FaultyDisk.Kind, at site: Int, seed: UInt64 = 1
    ) async throws -> FaultyDisk.Report {
        let station = trial.stage.guangdong
        station.stop()
        try disk.reset()
        let isUp = try await station.start(disk.environment(kind, at: site, seed: seed))
        let owed = await trial.acknowledged + 12
        let offer = Task { [loads = trial.loads] in try await Trial.offer(loads, new: 4, changed: 2) }
        if isUp {
            try await disk.work {
                guard await trial.acknowledged == owed else { return false }
                return try await trial.waiting() == 0
            }
            station.stop()
        }
        let report = try disk.report()
        station.kill()
        try await station.heal()
        try await offer.value
        return report
    }
}
