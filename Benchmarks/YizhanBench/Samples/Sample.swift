import Foundation
import Gateway
import Intake
import Interchange
import Mapping

/// The published sample of Guangdong's export, and larger exports made of its rows.
struct Sample {
    private static let mappingFile = "config/mappings/guangdong-arrivals.yaml"
    private static let exportFile = "Tests/Fixtures/samples/guangdong-arrivals.csv"

    let mapping: CompiledMapping
    /// What the mapping has the reader do.
    let plan: ReadingPlan
    private let header: [UInt8]
    private let rows: [[UInt8]]
    private let fromHenan: [MadeArrival]

    init() throws {
        let mapping = try MappingLibrary.compile(file: Self.mappingFile)
        guard let export = FileManager.default.contents(atPath: Self.exportFile) else {
            throw GatewayError(.file, "\(Self.exportFile) cannot be read", remedy: "start scripts/bench.sh")
        }
        let bytes = [UInt8](export)
        let stream = try Transformer(mapping, context: Self.context()).open(MemorySource(bytes))
        let reader = try CSVReader(
            input: MemorySource(bytes), encoding: mapping.source.encoding, header: mapping.source.header)
        self.mapping = mapping
        header = Array(bytes.prefix(while: { $0 != 0x0A })) + [0x0A]
        plan = Self.plan(mapping, columns: reader.columns, forbidden: stream.counts.forbiddenColumns)
        (rows, fromHenan) = try Self.read(stream, reader, skip: plan.skip)
    }

    /// As ``Transformer`` tells its reader.
    private static func plan(_ mapping: CompiledMapping, columns: [String], forbidden: [String]) -> ReadingPlan {
        let used = mapping.usedColumns
        var plan = ReadingPlan(
            decoded: columns.map { used.contains($0) && !forbidden.contains($0) },
            withheld: columns.map { forbidden.contains($0) })
        if let rule = mapping.source.skip, let column = columns.firstIndex(of: rule.column) {
            plan.skip = (column: column, pattern: rule.pattern)
        }
        return plan
    }

    /// The rows as they stand in the file, and those from which others can be made.
    private static func read(
        _ stream: RowStream, _ source: CSVReader, skip: (column: Int, pattern: RowPattern)?
    ) throws -> ([[UInt8]], [MadeArrival]) {
        var reader = source
        let everyColumn = reader.columns.map { _ in true }
        reader.follow(ReadingPlan(decoded: everyColumn, withheld: everyColumn.map { _ in false }, skip: skip))
        let columns = (
            number: reader.columns.firstIndex(of: "证件号码") ?? 0,
            birthDate: reader.columns.firstIndex(of: "出生日期") ?? 0
        )
        var cells = RowBuffer()
        var rows: [[UInt8]] = []
        var arrivals: [MadeArrival] = []
        var seen = Set<ArraySlice<UInt8>>()
        while let row = try stream.next(), try reader.next(into: &cells) {
            rows.append(cells.raw)
            guard row.outcome == .accept, let draft = row.draft, draft.to.number == 41, let subject = draft.subject,
                let arrival = MadeArrival(row: cells.raw, columns: columns, number: subject),
                seen.insert(arrival.fixed).inserted
            else { continue }
            arrivals.append(arrival)
        }
        return (rows, arrivals)
    }

    /// As Guangdong's gateway transforms.
    static func context() -> TransformContext {
        TransformContext(
            gateway: Province("44"), recordKey: TransformContext.publishedTestKey, clock: { Instant.now() })
    }

    /// An export of the sample's own rows, over and over.
    func repeated(_ count: Int) -> [UInt8] {
        var export = header
        for place in 0..<count {
            export.append(contentsOf: rows[place % rows.count])
            export.append(0x0A)
        }
        return export
    }

    /// An export of distinct arrivals, all from Henan, that all pass.
    /// - Parameter places: which of those that there are; no two places have the same person.
    func distinct(_ places: Range<Int>) throws -> [UInt8] {
        guard places.upperBound <= fromHenan.count * MadeArrival.variants else {
            throw GatewayError(
                .mistakes, "the sample does not yield \(places.upperBound) arrivals", remedy: "ask for fewer rows")
        }
        var export = header
        for place in places {
            fromHenan[place % fromHenan.count].append(variant: place / fromHenan.count, to: &export)
            export.append(0x0A)
        }
        return export
    }

    /// What the mapping makes of a distinct export.
    func drafts(of export: [UInt8]) throws -> [Draft] {
        let stream = try Transformer(mapping, context: Self.context()).open(MemorySource(export))
        var drafts: [Draft] = []
        while let row = try stream.next() {
            guard let draft = row.draft, row.outcome == .accept else {
                throw GatewayError(
                    .mistakes, "a made row does not pass: \(row.codes.map(\.rawValue))",
                    remedy: "report this as a defect")
            }
            drafts.append(draft)
        }
        return drafts
    }
}
