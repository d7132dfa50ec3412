import ArgumentParser
import Children
import Foundation
import HeapLayout

/// Measures the gateway beside what it stands on and beside its peers, all in one run. `scripts/bench.sh` builds and starts it.
@main
struct YizhanBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "yizhan-bench",
        abstract: "Measures the gateway, each figure beside its floor or a peer and beside what is owed.",
        discussion: """
            1 mapping and validation, 2 the store, 3 from one gateway to another, 5 the audit log, 6 status questions, 7 a large
            backlog. Every figure is the median of 3 runs; what is compared takes turns, so that a slow minute of the machine is on
            both sides. A ratio is the median of the runs' own ratios. Start it from the repository's folder. Stage 4, parsing
            and validating beside other validators, is scripts/bench-peers.py. Stages 3 and 6 need RabbitMQ, nginx and
            ApacheBench, which scripts/bench.sh installs.
            Example: scripts/bench.sh --stage 2 --rows 20000
            """,
        subcommands: [MakeRecords.self, ValidateRecords.self])

    @Option(
        help: "Rows of stages 1, 2, 3 and 5, 1000 to 150000. Default: 100000; 60000 for stage 3, 30000 for stage 5.")
    var rows: Int?
    @Option(help: "Only one stage, 1 to 7.") var stage: Int?
    @Option(help: "Questions of each run of stage 6, 1000 to 250000.") var questions = 30_000
    @Option(help: "Records of the backlog of stage 7, 400000 to 10000000.") var backlog = 400_000
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        if let stage, ![1, 2, 3, 5, 6, 7].contains(stage) {
            throw ValidationError("--stage is 1, 2, 3, 5, 6 or 7; scripts/bench.sh knows 4 as well")
        }
        if let rows, !(1_000...150_000).contains(rows) { throw ValidationError("--rows is 1000 to 150000") }
        // The policy's limits end at a million a day.
        if !(1_000...250_000).contains(questions) { throw ValidationError("--questions is 1000 to 250000") }
        if !BacklogStage.sizes.contains(backlog) { throw ValidationError("--backlog is 400000 to 10000000") }
    }

    func run() async throws {
        // The stages that run here run as they do in a gateway.
        HeapLayout.set()
        signal(SIGPIPE, SIG_IGN)
        Leftovers.clearWhenInterrupted()
        defer { Leftovers.clear() }
        try Report(try await measure(Sample())).print(json: json)
    }

    private func measure(_ sample: Sample) async throws -> [Figure] {
        var figures: [Figure] = []
        if isAsked(1) { figures += try MappingStage(sample: sample, rows: rows ?? 100_000).run() }
        if isAsked(2) { figures += try await StoreStage(sample: sample, rows: rows ?? 100_000).run() }
        if isAsked(3) { figures += try await TransferStage(sample: sample, rows: rows ?? 60_000).run() }
        if isAsked(5) { figures += try await AuditStage(sample: sample, rows: rows ?? 30_000).run() }
        if isAsked(6) { figures += try await StatusStage(sample: sample, requests: questions).run() }
        if isAsked(7) { figures += try await BacklogStage(sample: sample, backlog: backlog).run() }
        return figures
    }

    private func isAsked(_ number: Int) -> Bool {
        guard (stage ?? number) == number else { return false }
        Progress.say("measuring stage \(number) …")
        return true
    }
}
