import Foundation
import Simulation

/// The n-th call that changes or flushes a file of the store fails, for every n of a bounded exchange from start to stop and for
/// every way to fail.
struct DiskScenario: Scenario {
    static let name = "disk"

    private struct Fault: Sendable {
        var kind: FaultyDisk.Kind
        var site: Int
        var seed: UInt64
    }

    func run(_ run: Run) async throws -> Account {
        var random = Seeded(run.seed, for: Self.name)
        let counting = try await stage(run)
        // How many calls there are: as counted when nothing fails, twice, since the second starts on what a kill left.
        var sites = 1
        for _ in 0..<2 { sites = max(sites, try await pass(counting, FaultyDisk.Kind.before, at: 0, seed: 1).calls) }
        var account = try await counting.finish()
        account.notes.append("\(sites) calls from start to stop")
        let faults = FaultyDisk.Kind.allCases.flatMap { kind in
            random.sample(1...sites, run.extent.sample ?? sites).map { site in
                Fault(kind: kind, site: site, seed: UInt64.random(in: 1...1_000_000, using: &random))
            }
        }
        account.add(
            try await Sweep(name: Self.name, run: run).tried(faults) { run, faults in
                try await self.tryAll(faults, run)
            })
        return account
    }

    private func stage(_ run: Run) async throws -> Trial {
        let trial = try Trial(Self.name, run)
        try await trial.stage.start()
        try await trial.offer(new: 4, changed: 0)
        try await trial.settle("the start")
        return trial
    }

    private func tryAll(_ faults: [Fault], _ run: Run) async throws -> Account {
        let trial = try await stage(run)
        for (tried, fault) in faults.enumerated() where trial.mayGoOn(tried, of: faults.count) {
            let report = try await pass(trial, fault.kind, at: fault.site, seed: fault.seed)
            if report.hasFired { trial.injected() }
            guard try await trial.settle("\(fault.kind.rawValue) at call \(fault.site)") else { break }
            if tried % 50 == 49 { run.progress("\(Self.name): \(tried + 1) of \(faults.count) in this part") }
        }
        return try await trial.finish()
    }

    /// One bounded exchange on a disk that may fail, then a start on one that does not.
    private func pass(
        _ trial: Trial, _ kind: FaultyDisk.Kind, at site: Int, seed: UInt64
    ) async throws -> FaultyDisk.Report {
        let station = trial.stage.guangdong
        let disk = try FaultyDisk(preload: trial.preload, station)
        station.kill()
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
