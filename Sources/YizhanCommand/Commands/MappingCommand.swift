import ArgumentParser
import Foundation
import Gateway
import Intake
import Mapping

struct MappingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mapping", abstract: "Checks mappings before the first record, and tries them on a file.",
        subcommands: [Check.self, Try.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "The static check: every mistake with file, line and column; with a sample, its columns and words too.",
            discussion: """
                Exit status 0 when the mapping passes, 2 when it has mistakes.
                Example: yizhan mapping check mappings/guangdong-arrivals.yaml --sample arrivals.csv
                Example: yizhan mapping check mappings/guangdong-arrivals.yaml --outward
                """)

        @Argument(help: "The mapping's file.") var mapping: String
        @Option(help: "An export to hold against it.") var sample: String?
        @Flag(help: "Check also that received records can be written with it; see yizhan export.") var outward = false
        @Flag(help: "Print a JSON object.") var json = false

        func run() throws {
            var mistakes: [MappingMistake] = []
            var uncovered: [SampleFindings.Uncovered] = []
            do {
                let compiled = try MappingLibrary.compile(file: mapping)
                if let sample {
                    let findings = try compiled.check(sample: try FileSource(path: sample))
                    (mistakes, uncovered) = (findings.mistakes, findings.uncovered)
                }
                if outward { mistakes += outwardMistakes(compiled) }
            } catch let found as MappingMistakes {
                mistakes = found.mistakes
            }
            try report(mistakes, uncovered)
            if !mistakes.isEmpty { throw ExitCode(2) }
        }

        private func outwardMistakes(_ mapping: CompiledMapping) -> [MappingMistake] {
            do throws(MappingMistakes) {
                _ = try mapping.readOutward()
                return []
            } catch {
                return error.mistakes
            }
        }

        private func report(_ mistakes: [MappingMistake], _ uncovered: [SampleFindings.Uncovered]) throws {
            if json { return try Terminal.say(json: CheckReport(mistakes, uncovered)) }
            for mistake in mistakes { Terminal.say(mistake.description) }
            for word in uncovered {
                Terminal.say("\(word.column): “\(word.word)” is in no code table (\(word.count) rows)")
            }
            if mistakes.isEmpty { Terminal.say("\(mapping): passes") }
        }
    }
}

/// The check's result as JSON.
struct CheckReport: Encodable {
    struct Mistake: Encodable {
        var file: String
        var line, column: Int
        var message, remedy: String
    }
    struct Word: Encodable {
        var column, word: String
        var count: Int
    }

    var passes: Bool
    var mistakes: [Mistake]
    var uncovered: [Word]

    init(_ mistakes: [MappingMistake], _ uncovered: [SampleFindings.Uncovered]) {
        passes = mistakes.isEmpty
        self.mistakes = mistakes.map {
            Mistake(file: $0.file, line: $0.line, column: $0.column, message: $0.message, remedy: $0.remedy)
        }
        self.uncovered = uncovered.map { Word(column: $0.column, word: $0.word, count: $0.count) }
    }
}
