import ArgumentParser
import Children
import Foundation

/// Breaks what two gateways stand on, heals it, and counts what was lost, duplicated, unexpected or reordered.
@main
struct YizhanFaults: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "yizhan-faults",
        abstract:
            "Runs two gateways under faults and checks that nothing is lost, duplicated, unexpected or reordered.",
        discussion: """
            Counts as Jepsen's total-queue does, after each fault is healed and the backlog has drained; both audit logs must
            verify. Exit status 0 only if every count is zero. The folder of a scenario that fails is kept.
            Example: yizhan-faults --scenario kill --kills 2000 --seed 7
            """)

    @Option(help: "Replays the choices of an earlier run. Default: a new one, which is printed.") var seed: UInt64?
    @Option(help: "Only this scenario; may be given more than once. Default: all of them.") var scenario: [String] = []
    @Option(help: "SIGKILLs of the scenario kill. Default: 200; 6 with --short.") var kills: Int?
    @Option(help: "Histories of the scenario simulation. Default: 20000; 4000 with --short.") var histories: Int?
    @Option(help: "Sites and offsets tried of each kind. Default: every one; 1 with --short.") var sample: Int?
    @Option(
        help: "No fault is begun after so many minutes; what was not tried is a problem. Default: 180; 10 with --short."
    )
    var minutes: Int?
    @Option(help: "Pairs of gateways that a sweep uses at once.") var jobs = 4
    @Flag(help: "Every site and every offset, even with --short.") var sweep = false
    @Flag(help: "As CI runs it: a sample, in about a minute.") var short = false
    @Flag(help: "Print JSON.") var json = false
    @Option(help: "The gateway's executable. Default: `yizhan` beside this program.") var executable: String?
    @Option(help: "The folder of the preloaded libraries, which the Makefile builds.") var preload = ".build/faults"
    @Option(help: "Where the gateways' folders are made. Default: the temporary folder.") var dir: String?

    func validate() throws {
        for name in scenario where !Run.scenarios.contains(where: { $0.name == name }) {
            throw ValidationError("--scenario is one of \(Run.scenarios.map { $0.name }.joined(separator: ", "))")
        }
        if let kills, !(1...1_000_000).contains(kills) { throw ValidationError("--kills is 1 to 1000000") }
        if let histories, !(1...10_000_000).contains(histories) {
            throw ValidationError("--histories is 1 to 10000000")
        }
        if !(1...64).contains(jobs) { throw ValidationError("--jobs is 1 to 64") }
        if let minutes, !(1...100_000).contains(minutes) { throw ValidationError("--minutes is 1 to 100000") }
        if let sample, !(1...1_000_000).contains(sample) { throw ValidationError("--sample is 1 to 1000000") }
    }

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        Leftovers.clearWhenInterrupted()
        let run = try plan()
        run.progress("seed \(run.seed), folder \(run.folder)")
        var accounts: [Account] = []
        for type in Run.scenarios where scenario.isEmpty || scenario.contains(type.name) {
            accounts.append(try await self.account(of: type, run))
        }
        Leftovers.clear()
        try AccountTable(accounts: accounts).print(json: json)
        guard accounts.allSatisfy(\.isSound) else {
            run.progress("NOT SOUND: seed \(run.seed), kept in \(run.folder)")
            throw ExitCode(1)
        }
        try? FileManager.default.removeItem(atPath: run.folder)
    }

    /// A scenario that cannot go on is one that failed.
    private func account(of type: any Scenario.Type, _ run: Run) async throws -> Account {
        let start = ContinuousClock.now
        defer { run.progress("\(type.name): \(Int((ContinuousClock.now - start).seconds)) s") }
        do {
            return try await type.init().run(run)
        } catch {
            Leftovers.clear()
            var account = Account(scenario: type.name, seed: run.seed)
            account.problems.append("it could not go on: \(error)")
            return account
        }
    }

    private func plan() throws -> Run {
        let base = dir ?? FileManager.default.temporaryDirectory.path
        let path = preload.hasPrefix("/") ? preload : "\(FileManager.default.currentDirectoryPath)/\(preload)"
        return Run(
            folder: "\(base)/yizhan-faults-\(getpid())", executable: try Executable(executable), preload: path,
            seed: seed ?? UInt64.random(in: 1...999_999_999),
            extent: Run.Extent(
                kills: kills ?? (short ? 6 : 200), histories: histories ?? (short ? 4_000 : 20_000),
                sample: sweep ? nil : sample ?? (short ? 1 : nil)),
            jobs: jobs, deadline: ContinuousClock.now + .seconds(60 * (minutes ?? (short ? 10 : 180))),
            progress: { FileHandle.standardError.write(Data("\($0)\n".utf8)) })
    }
}
