import ArgumentParser
import Gateway
import Intake
import Interchange
import Mapping

extension MappingCommand {
    struct Try: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Runs a mapping over a file without keeping anything: what passes, and what is wrong with the rest.",
            discussion: """
                Prints counts, codes, columns and row numbers, never a value of a row. With --against it runs two \
                mappings over the file and prints the rows for which they differ.

                Exit status 0 when every row passes, 1 when some do not, 2 when a mapping has mistakes.
                Example: yizhan mapping try mappings/guangdong-arrivals.yaml arrivals.csv
                Example: yizhan mapping try mappings/guangdong-arrivals.yaml --against new.yaml arrivals.csv
                """)

        @Argument(help: "The mapping's file.") var mapping: String
        @Argument(help: "The export.") var file: String
        @Option(help: "Another version of the mapping: what would differ with it.") var against: String?
        @Option(help: "A gateway's configuration, for its province and its key of record ids.") var config: String?
        @Flag(help: "Print a JSON object.") var json = false

        func run() throws {
            let compiled = try MappingLibrary.compile(file: mapping)
            let other = try against.map { try MappingLibrary.compile(file: $0) }
            let context = try TrialContext.make(config: config)
            let stream = try open(compiled, context)
            guard let other else {
                let trial = try Trial(stream)
                if json { try Terminal.say(json: TrialReport(trial)) } else { TrialText(trial).say() }
                return try end(trial)
            }
            let comparison = try TrialComparison(stream, against: try open(other, context))
            if json {
                try Terminal.say(json: ComparisonReport(comparison))
            } else {
                ComparisonText(comparison, names: (mapping, against ?? "")).say()
            }
            try end(comparison.second)
        }

        private func open(_ mapping: CompiledMapping, _ context: TransformContext) throws -> RowStream {
            try Transformer(mapping, context: context).open(try FileSource(path: file))
        }

        private func end(_ trial: Trial) throws {
            if trial.counts.quarantined > 0 { throw ExitCode(1) }
        }
    }
}

/// Without a configuration the published test key makes record ids: they are compared here, and go nowhere.
enum TrialContext {
    static func make(config: String?) throws -> TransformContext {
        guard let config else {
            return TransformContext(
                gateway: nil, recordKey: TransformContext.publishedTestKey, clock: { Instant.now() })
        }
        let configuration = try GatewayConfiguration(file: config)
        return TransformContext(
            gateway: configuration.province, recordKey: try KeyMaterial(configuration).record, clock: { Instant.now() })
    }
}
