import ArgumentParser
import Foundation
import UnixSignals

/// Measures the gateway beside what it stands on, all in one run. `scripts/bench.sh` builds and starts it.
@main
struct YizhanBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "yizhan-bench",
        abstract: "Measures mapping, the store and the way from one gateway to another, each beside its floor.",
        discussion: """
            Every figure is the median of 3 runs; what is compared takes turns, so that a slow minute of the machine is on
            both sides. A ratio is the median of the runs' own ratios. Start it from the repository's folder. Stage 4, parsing
            and validating beside other validators, is scripts/bench-peers.py.
            Example: scripts/bench.sh --stage 2 --rows 20000
            """,
        subcommands: [MakeRecords.self, ValidateRecords.self])

    @Option(help: "Rows of each stage, 1000 to 150000. Default: 100000; 60000 for stage 3.") var rows: Int?
    @Option(help: "Only one stage: 1 mapping and validation, 2 the store, 3 from one gateway to another.") var stage:
        Int?
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        if let stage, !(1...3).contains(stage) { throw ValidationError("--stage is 1, 2 or 3") }
        if let rows, !(1_000...150_000).contains(rows) { throw ValidationError("--rows is 1000 to 150000") }
    }

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        let interruption = Task {
            for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
                Leftovers.clear()
                Foundation.exit(130)
            }
        }
        defer { interruption.cancel() }
        let sample = try Sample()
        var figures: [Figure] = []
        if isAsked(1) { figures += try MappingStage(sample: sample, rows: rows ?? 100_000).run() }
        if isAsked(2) { figures += try await StoreStage(sample: sample, rows: rows ?? 100_000).run() }
        if isAsked(3) { figures += try await TransferStage(sample: sample, rows: rows ?? 60_000).run() }
        try Report(figures).print(json: json)
    }

    private func isAsked(_ number: Int) -> Bool {
        guard (stage ?? number) == number else { return false }
        FileHandle.standardError.write(Data("measuring stage \(number) …\n".utf8))
        return true
    }
}
