import Foundation
import Intake
import Interchange
import Mapping
import Synthesis
import Testing

/// The great law: what the project's own mappings make of a synthetic export is what its truth says, row for row.
@Suite struct MappedTruthTests {
    /// The layouts whose mapping the repository has.
    static let layouts = ExportLayout.names.filter { Repository.text("config/mappings/\($0).yaml") != nil }

    @Test(arguments: layouts)
    func everyRowIsTakenAsTheTruthSays(layout: String) throws {
        let yaml = try #require(Repository.text("config/mappings/\(layout).yaml"))
        let made = try Made(like: layout, seed: 20_260_630, rows: 2_000)
        let counts = try Self.compare(made, yaml)
        #expect(counts.byCode[.forbiddenContent] == 3 * 2_000)
    }

    @Test func departuresFitTheRepositorysMappingAndTheirArrivals() throws {
        let arrivals = try Made(like: "guangdong-arrivals", rows: 500)
        let departures = try Made(like: "guangdong-arrivals", kind: .departure, rows: 500)
        let yaml = try #require(Repository.text("config/mappings/guangdong-departures.yaml"))
        try Self.compare(departures, yaml)
        let arrived = try Self.drafts(
            arrivals, try #require(Repository.text("config/mappings/guangdong-arrivals.yaml")))
        let left = try Self.drafts(departures, yaml)
        #expect(left.count > 400)
        #expect(left.map(\.reference) == arrived.map(\.record))
    }

    @Test(arguments: ExportLayout.kinds, ExportLayout.Encoding.allCases)
    func theMappingThatIsWrittenFitsItsExport(kind: Kind, encoding: ExportLayout.Encoding) throws {
        var layout = try Made.layout(like: "guangdong-arrivals")
        layout.kind = kind
        layout.encoding = encoding
        let made = try Made(SynthesisPlan(layout: layout, seed: 3, rows: 400, defects: try DefectRates("0.5")))
        try Self.compare(made, layout.mapping)
    }

    static func stream(_ made: Made, _ yaml: String) throws -> RowStream {
        let mapping = try CompiledMapping.compile(yaml: yaml, file: "mapping.yaml")
        return try Transformer(mapping, context: .synthetic).open(MemorySource(made.export))
    }

    @discardableResult
    static func compare(_ made: Made, _ yaml: String) throws -> RunCounts {
        let stream = try stream(made, yaml)
        for truth in try made.truths() {
            let row = try #require(try stream.next())
            let codes = row.codes.map(\.rawValue)
            let place: Comment = "row \(truth.row), \(truth.defect): \(codes)"
            #expect(row.row == truth.row)
            #expect(row.outcome.rawValue == truth.outcome, place)
            #expect(Set(truth.codes).isSubset(of: codes), place)
            guard truth.outcome != "quarantine" else { continue }
            let draft = try #require(row.draft, place)
            try compare(
                try JSONDecoder().decode(Envelope.self, from: Data([0x7B] + draft.fixed + [0x7D])), truth, place)
        }
        #expect(try stream.next() == nil)
        return stream.counts
    }

    private static func compare(_ envelope: Envelope, _ truth: Truth, _ place: Comment) throws {
        #expect(envelope.flags ?? [] == truth.codes, place)
        let person = envelope.person
        #expect(
            [person.name, person.sex, person.birthDate, person.idNumber, person.hukouDivision]
                == [truth.name, truth.sex, truth.birthDate, truth.idNumber, truth.hukou], place)
        let content = envelope.content
        #expect(
            [content.residenceDivision, content.arrivalDate, content.registeredOn, content.reason]
                == [truth.residence, truth.arrivalDate, truth.registeredOn, truth.reason], place)
        #expect(
            [content.departureDate, content.cause, content.fromDivision, content.toDivision, content.effectiveDate]
                == [truth.departureDate, truth.cause, truth.fromDivision, truth.toDivision, truth.effectiveDate], place)
        #expect(
            [content.status, content.issuedOn, content.since] == [truth.status, truth.issuedOn, truth.since], place)
    }

    /// Of the rows that pass.
    static func drafts(_ made: Made, _ yaml: String) throws -> [Draft] {
        let stream = try stream(made, yaml)
        var drafts: [Draft] = []
        while let row = try stream.next() { row.draft.map { drafts.append($0) } }
        return drafts
    }
}
