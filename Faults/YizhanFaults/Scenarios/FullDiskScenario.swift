import Foundation

/// The disk fills up under load: what does not fit is refused, what was taken stays, and room makes it go on. On a small file
/// system of its own where this process may mount one; otherwise under `limits.databasePages`.
struct FullDiskScenario: Scenario {
    static let name = "fullDisk"
    private static let smallBytes = 3 << 20

    func run(_ run: Run) async throws -> Account {
        let trial = try Trial(Self.name, run)
        let victim = trial.stage.guangdong
        let disk = SmallDisk(folder: victim.state)
        if disk.mount(bytes: Self.smallBytes) {
            trial.note("a file system of \(Self.smallBytes >> 20) MiB")
            // With the reserve that is usual nothing would be taken in at all.
            try limit(victim, "diskReserveBytes: 0")
        } else {
            trial.note("limits.databasePages: this process may not mount")
            try limit(victim, "databasePages: 300")
        }
        defer { disk.unmount() }
        try await trial.stage.start()
        await trial.press()
        try await untilRefused(trial, victim)
        trial.injected()
        if disk.isMounted { disk.resize(bytes: 256 << 20) } else { try await enlarge(victim) }
        // What SQLite calls a failed disk, such as a -shm file that could not grow, wants a new start.
        if try await isBroken(trial) {
            trial.note("the gateway had to be started again")
            victim.kill()
            try await victim.heal()
        }
        try await trial.quiet()
        return try await trial.finish()
    }

    /// Until the register has been refused for a while.
    private func untilRefused(_ trial: Trial, _ victim: Station) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        var last = (taken: -1, at: ContinuousClock.now)
        while ContinuousClock.now < deadline {
            let taken = await trial.loads[0].acknowledged
            if taken != last.taken { last = (taken, ContinuousClock.now) }
            if (ContinuousClock.now - last.at).seconds > 1.5 { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        trial.fail("the disk did not fill up in a minute")
    }

    private func isBroken(_ trial: Trial) async throws -> Bool {
        let before = await trial.loads[0].acknowledged
        for _ in 0..<100 {
            if await trial.loads[0].acknowledged > before { return false }
            try await Task.sleep(for: .milliseconds(50))
        }
        return true
    }

    private func limit(_ station: Station, _ line: String) throws {
        try Stage.edit(station.file) {
            $0.replacingOccurrences(of: "batchEnvelopes: 20 }", with: "batchEnvelopes: 20, \(line) }")
        }
    }

    private func enlarge(_ station: Station) async throws {
        try Stage.edit(station.file) { $0.replacingOccurrences(of: ", databasePages: 300", with: "") }
        station.kill()
        try await station.heal()
    }
}
