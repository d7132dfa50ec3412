import Foundation
import Gateway
import Simulation
import Store

/// A stage with load in both directions, and what came of it.
final class Trial {
    /// How long the backlog may take to drain after healing, in seconds.
    static let drainSeconds = 60

    let stage: Stage
    /// The folder of the preloaded libraries.
    let preload: String
    let loads: [Load]
    /// Whether envelopes may end in front of an operator.
    private let mayBeSetAside: Bool
    private var ledgers: [Ledger]
    private(set) var account: Account
    private let deadline: ContinuousClock.Instant
    private var isOutOfTime = false
    private var running: [Task<Void, any Error>] = []

    init(_ name: String, _ run: Run, limits: String = "batchEnvelopes: 20", mayBeSetAside: Bool = false) throws {
        self.mayBeSetAside = mayBeSetAside
        (deadline, preload) = (run.deadline, run.preload)
        account = Account(scenario: name, seed: run.seed)
        stage = try Stage(folder: "\(run.folder)/\(name)", executable: run.executable, limits: limits)
        loads = [
            try Load(
                stage.guangdong, Persons(home: "411303", residence: "440111"),
                random: Seeded(run.seed, for: "\(name) 44")),
            try Load(
                stage.henan, Persons(home: "440111", residence: "411303"), random: Seeded(run.seed, for: "\(name) 41")),
        ]
        ledgers = [
            Ledger(from: stage.guangdong, to: stage.henan), Ledger(from: stage.henan, to: stage.guangdong),
        ]
    }

    /// Both registers hand over rows until ``quiet()``.
    func press() async {
        for load in loads {
            await load.resume()
            running.append(Task { try await load.run() })
        }
    }

    /// Ends the load; what was begun is handed over to its end.
    func quiet() async throws {
        for load in loads { await load.stop() }
        for task in running { try await task.value }
        running = []
    }

    /// A few rows in both directions, each until it is taken.
    func offer(new: Int, changed: Int) async throws { try await Self.offer(loads, new: new, changed: changed) }

    static func offer(_ loads: [Load], new: Int, changed: Int) async throws {
        try await withThrowingTaskGroup { group in
            for load in loads { group.addTask { _ = try await load.offer(new: new, changed: changed) } }
            try await group.waitForAll()
        }
    }

    /// Rows that the gateways said they have.
    var acknowledged: Int {
        get async {
            var rows = 0
            for load in loads { rows += await load.acknowledged }
            return rows
        }
    }

    func injected(_ count: Int = 1) { account.faults += count }

    func note(_ text: String) { account.notes.append(text) }

    /// Whether there is time for one fault more. An extent that was not tried whole is a problem, once.
    func mayGoOn(_ tried: Int, of all: Int) -> Bool {
        if ContinuousClock.now < deadline { return true }
        if !isOutOfTime { fail("the time was up: \(tried) of \(all) tried") }
        isOutOfTime = true
        return false
    }

    func fail(_ problem: String) { account.problems.append(problem) }

    /// Waits until nothing waits on either side, and counts.
    /// - Returns: whether all is well so far.
    @discardableResult
    func settle(_ after: String) async throws -> Bool {
        let seconds = try await drain(after)
        account.drainSeconds = max(account.drainSeconds, seconds)
        var counts = Counts()
        for place in loads.indices {
            counts = counts + (try await ledgers[place].counts(acknowledged: await loads[place].acknowledged))
        }
        if !counts.areZero || (counts.setAside > 0 && !mayBeSetAside) { fail("after \(after): \(counts)") }
        account.counts = counts
        return account.isSound
    }

    private func drain(_ after: String) async throws -> Double {
        let start = ContinuousClock.now
        while true {
            let waiting = try await waiting()
            let seconds = (ContinuousClock.now - start).seconds
            if waiting == 0 { return seconds }
            guard seconds < Double(Self.drainSeconds) else {
                fail(
                    "after \(after): \(waiting) envelopes still waited after \(Self.drainSeconds) s: \(try await lanes())"
                )
                return seconds
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Envelopes that are neither delivered nor in front of an operator.
    func waiting() async throws -> Int {
        var waiting = 0
        for station in stage.stations {
            waiting += try await station.reader().backlog().reduce(0) { $0 + $1.waiting + $1.parked }
        }
        return waiting
    }

    private func lanes() async throws -> String {
        var found: [String] = []
        for station in stage.stations {
            for lane in try await station.reader().backlog() {
                found.append(
                    "\(station.province) to \(lane.peer): \(lane.waiting) waiting, \(lane.dead) dead, "
                        + "\(lane.blockedOn ?? "-"), \(lane.detail ?? "-"), next \(lane.nextAttempt.map { "\($0)" } ?? "-")"
                )
            }
        }
        return found.joined(separator: "; ")
    }

    /// Stops both and checks everything: counts, tables against logs, both audit logs.
    func finish() async throws -> Account {
        try await settle("the end")
        stage.stop()
        for ledger in ledgers {
            let counts = try await ledger.disagreements()
            if !counts.areZero { fail("tables and logs disagree: \(counts)") }
            account.counts = account.counts + counts
        }
        for station in stage.stations {
            let configuration = try station.configuration
            let report = try await station.reader().verifyAudit(
                checkpoints: [], keys: [try KeyMaterial(configuration).audit.verifierKey], origin: configuration.origin)
            account.entries += Int(report.size)
            if !report.isSound {
                fail("the audit log of \(station.province) is not sound: \(report.findings.prefix(3))")
            }
        }
        stage.end()
        if account.isSound { stage.remove() }
        return account
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
