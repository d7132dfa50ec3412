import ArgumentParser
import Foundation

/// Writes the records that stage 4 gives to every validator.
struct MakeRecords: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "records",
        abstract: "Writes invented envelopes of about 1 KB, the same in every run; one in five hundred has a defect.",
        discussion: "Example: yizhan-bench records records.ndjson")

    @Argument(help: "The NDJSON file.") var path: String
    @Option(help: "How many, 100 to 1000000.") var count = 10_000

    func validate() throws {
        if !(100...1_000_000).contains(count) { throw ValidationError("--count is 100 to 1000000") }
    }

    func run() throws {
        let lines = RecordMaker.lines(count, seed: 20_261_124)
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: path))
    }
}

/// The product's side of stage 4. `scripts/bench-peers.py` starts it and has it take turns with its peers.
struct ValidateRecords: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "For each number on standard input, makes so many passes over the records and prints the seconds.",
        discussion: "Example: echo 10 | yizhan-bench validate records.ndjson")

    @Argument(help: "The NDJSON file.") var path: String

    func run() throws {
        let passes = try ValidationPasses(path: path)
        while let line = readLine(), let count = Int(line), count > 0 {
            let (seconds, outcome) = passes.run(count)
            let text = """
                {"seconds":\(seconds),"accepted":\(outcome.accepted),"refused":\(outcome.refused),\
                "violations":\(outcome.violations)}

                """
            FileHandle.standardOutput.write(Data(text.utf8))
        }
    }
}
