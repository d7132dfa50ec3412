import Gateway
import Intake
import Mapping

/// Stage 1: mapping and validation on one core, and how much of its time is reading the CSV.
struct MappingStage {
    let sample: Sample
    let rows: Int

    func run() throws -> [Figure] {
        let export = sample.repeated(rows)
        var whole: [Double] = []
        var reading: [Double] = []
        for _ in 0..<Figure.runCount {
            reading.append(try read(export))
            whole.append(try transform(export))
        }
        return [
            Figure(
                1, "rows a second, mapped and validated on one core", .perSecond, whole.map { Double(rows) / $0 },
                owed: .atLeast(100_000, aim: 200_000)),
            Figure(1, "of that time, reading the CSV alone", .share, zip(reading, whole).map { $0 / $1 }),
        ]
    }

    private func transform(_ export: [UInt8]) throws -> Double {
        let watch = Stopwatch()
        let stream = try Transformer(sample.mapping, context: Sample.context()).open(MemorySource(export))
        while try stream.next() != nil {}
        let elapsed = watch.seconds
        try check(stream.counts.read)
        return elapsed
    }

    /// The same two passes over the file that ``Transformer`` has its reader make.
    private func read(_ export: [UInt8]) throws -> Double {
        let watch = Stopwatch()
        let source = sample.mapping.source
        var reader = try CSVReader(input: MemorySource(export), encoding: source.encoding, header: source.header)
        reader.follow(sample.plan)
        try reader.verify()
        var row = RowBuffer()
        var found = 0
        while try reader.next(into: &row) { found += 1 }
        let elapsed = watch.seconds
        try check(found)
        return elapsed
    }

    private func check(_ found: Int) throws {
        guard found == rows else {
            throw GatewayError(.mistakes, "\(found) rows were read, not \(rows)", remedy: "report this as a defect")
        }
    }
}
