import Foundation
import Intake
import Interchange
import Mapping
import Testing

@Suite struct SampleTruthTests {
    /// What the generator of the samples says of one row.
    struct Truth: Decodable {
        var row: Int
        var outcome: String
        var codes: [String]
        var name, sex, birthDate, idNumber, hukou, residence, arrivalDate, registeredOn, reason: String?
    }

    struct Envelope: Decodable {
        struct Person: Decodable { var name, sex, birthDate, idNumber, hukouDivision, idType: String }
        struct Content: Decodable { var residenceDivision, arrivalDate, registeredOn: String; var reason: String? }
        var purpose, legalBasis: String
        var flags: [String]?
        var person: Person
        var content: Content
    }

    @Test(arguments: [
        ("guangdong-arrivals", "csv", 4_585, 44, 371, 1), ("shanghai-arrivals", "csv", 915, 10, 75, 1),
        ("zhejiang-arrivals", "xml", 906, 10, 84, 0), ("liaoning-arrivals", "dbf", 927, 12, 61, 1),
        ("heilongjiang-arrivals", "txt", 469, 4, 27, 0),
    ])
    func everyRowIsAsTheTruthSays(
        name: String, suffix: String, accepted: Int, flagged: Int, quarantined: Int, skipped: Int
    ) throws {
        let read = accepted + flagged + quarantined
        let truths = try String(decoding: Fixtures.bytes("Tests/Fixtures/samples/\(name).truth.jsonl"), as: UTF8.self)
            .split(separator: "\n").map { try JSONDecoder().decode(Truth.self, from: Data($0.utf8)) }
        let path = Fixtures.root.appendingPathComponent("Tests/Fixtures/samples/\(name).\(suffix)").path
        let transformer = Transformer(try Fixtures.mapping(name), context: Fixtures.context())
        let stream = try transformer.open(try FileSource(path: path))
        for truth in truths {
            let row = try #require(try stream.next())
            #expect(row.row == truth.row)
            #expect(row.outcome.rawValue == truth.outcome, "row \(truth.row): \(row.codes.map(\.rawValue))")
            let codes = row.codes.map(\.rawValue)
            #expect(Set(truth.codes).isSubset(of: codes), "row \(truth.row): \(codes)")
            if truth.outcome != "quarantine" { try compare(row, truth) } else { #expect(row.draft == nil) }
        }
        #expect(try stream.next() == nil)
        let counts = stream.counts
        #expect(counts.accepted == accepted)
        #expect(counts.flagged == flagged)
        #expect(counts.quarantined == quarantined)
        #expect(counts.skipped == skipped)
        #expect(counts.read == read + skipped)
        #expect(counts.byCode[.forbiddenContent] == 3 * read)
    }

    @Test(arguments: [
        ("zhejiang-arrivals", "xml", 906, 10, 84), ("liaoning-arrivals", "dbf", 927, 12, 61),
        ("heilongjiang-arrivals", "txt", 469, 4, 27), ("shanghai-arrivals", "csv", 915, 10, 75),
    ])
    func theEncodingIsFoundWhereTheMappingLeavesItOpen(
        name: String, suffix: String, accepted: Int, flagged: Int, quarantined: Int
    ) throws {
        let yaml = String(decoding: try Fixtures.bytes("config/mappings/\(name).yaml"), as: UTF8.self)
        let open = yaml.replacing(#/encoding: (gb18030|utf-8)/#, with: "encoding: auto")
        #expect(open != yaml)
        let mapping = try CompiledMapping.compile(yaml: open, file: "open.yaml")
        let sample = try Fixtures.bytes("Tests/Fixtures/samples/\(name).\(suffix)")
        let stream = try Transformer(mapping, context: Fixtures.context()).open(MemorySource(sample))
        while try stream.next() != nil {}
        #expect(stream.counts.accepted == accepted)
        #expect(stream.counts.flagged == flagged)
        #expect(stream.counts.quarantined == quarantined)
    }

    private func compare(_ row: TransformedRow, _ truth: Truth) throws {
        let draft = try #require(row.draft)
        let json = Data([0x7B] + draft.fixed + [0x7D])
        let envelope = try JSONDecoder().decode(Envelope.self, from: json)
        #expect(envelope.person.name == truth.name)
        #expect(envelope.person.sex == truth.sex)
        #expect(envelope.person.birthDate == truth.birthDate)
        #expect(envelope.person.hukouDivision == truth.hukou)
        #expect(envelope.content.residenceDivision == truth.residence)
        #expect(envelope.content.arrivalDate == truth.arrivalDate)
        #expect(envelope.content.registeredOn == truth.registeredOn)
        #expect(envelope.content.reason == truth.reason)
        if let number = truth.idNumber { #expect(envelope.person.idNumber == number) }
        #expect(envelope.flags ?? [] == draft.flags.map(\.rawValue))
        #expect(draft.from.description == truth.residence?.prefix(2).description)
        #expect(draft.to.description == truth.hukou?.prefix(2).description)
    }
}
