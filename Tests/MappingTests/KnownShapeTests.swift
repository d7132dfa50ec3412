import Foundation
import Intake
import Interchange
import JSONSchema
import JSONTape
import Mapping
import Seeding
import Testing

/// A row's schema is asked once for all rows of its shape: nothing may come of that but time.
@Suite struct KnownShapeTests {
    @Test func aRowComesOutTheSameAfterOthersOfItsShape() throws {
        let mapping = try Fixtures.mapping("guangdong-arrivals")
        let transformer = Transformer(mapping, context: Fixtures.context(gateway: "44"))
        var reader = try CSVReader(
            input: MemorySource(try Fixtures.bytes("Tests/Fixtures/samples/guangdong-arrivals.csv")), encoding: .gb18030
        )
        let isUsed = reader.columns.map { mapping.usedColumns.contains($0) }
        reader.follow(ReadingPlan(decoded: isUsed, withheld: isUsed.map { _ in false }))
        let seasoned = try transformer.rows(of: reader.columns)
        var (row, compared) = (RowBuffer(), 0)
        while compared < 700, try reader.next(into: &row) {
            let fresh = try transformer.rows(of: reader.columns).transform(row)
            let known = seasoned.transform(row)
            #expect(known.outcome == fresh.outcome)
            #expect(known.violations == fresh.violations)
            #expect(known.draft == fresh.draft)
            compared += 1
        }
        #expect(compared == 700)
    }

    @Test func aFlaggedRowOfAKnownShapeHasItsFlags() throws {
        let rows = Arrivals.header + Arrivals.row() + Arrivals.row(number: "450123198012316805") + Arrivals.row()
        let found = try Fixtures.rows(rows, try Fixtures.mapping("shanghai-arrivals")).rows
        #expect(found.map(\.outcome) == [.accept, .flag, .accept])
        let fixed = try #require(found[1].draft?.fixed)
        #expect(String(decoding: fixed, as: UTF8.self).contains(#","flags":["ID_CHECKSUM"],"person":{"#))
    }

    @Test func aRowOfAKnownShapeThatBreaksARuleSaysInWhat() throws {
        let rows = Arrivals.header + Arrivals.row() + Arrivals.row(registered: "2019-10-05")
        let found = try Fixtures.rows(rows, try Fixtures.mapping("shanghai-arrivals")).rows
        #expect(found[1].outcome == .quarantine)
        #expect(found[1].violations.map(\.violation.code) == [.dateOrder])
        #expect(found[1].violations.first?.column == "登记日期")
    }

    @Test func aCodeThatIsNotOfItsListIsFoundAfterOneThatIs() throws {
        let file = "config/mappings/shanghai-arrivals.yaml"
        let written = String(decoding: try Fixtures.bytes(file), as: UTF8.self)
        let codes = #"codes: { 男: "1", 男性: "1", "1": "1", 女: "2", 女性: "2", "2": "2" } }"#
        try #require(written.contains(codes))
        let mapping = try CompiledMapping.compile(
            yaml: written.replacingOccurrences(of: codes, with: "with: [trim] }"), file: file)
        let rows = Arrivals.header + Arrivals.row(sex: "2") + Arrivals.row(sex: "5") + Arrivals.row(sex: "2")
        let found = try Fixtures.rows(rows, mapping).rows
        #expect(found.map(\.outcome) == [.accept, .quarantine, .accept])
        #expect(found[1].violations.map(\.violation.code) == [.codeUnknown])
    }

    /// What ``KnownShapeTests`` rests on: values of one class are the same to every schema, at every place a mapping fills.
    @Test(arguments: Kind.allCases) func noSchemaTellsValuesOfOneClassApart(kind: Kind) throws {
        let schema = try #require(KindSchemas.standard.schema(of: kind))
        var random = SplitMix64(seed: 2_026_1126)
        for target in Target.all(of: kind) where target.path.split(separator: ".").count <= 2 {
            for length in [1, 2, 3, 4, 6, 15, 17, 18, 20, 50, 51, 64, 65] {
                try expectOne(schema, target, (0..<8).map { _ in random.digits(length, withX: false) })
                try expectOne(schema, target, (0..<8).map { _ in random.digits(length, withX: true) })
                try expectOne(schema, target, (0..<8).map { _ in random.han(length) })
            }
            try expectOne(schema, target, (0..<30).map { _ in random.day() })
        }
    }

    private func expectOne(_ schema: Schema, _ target: Target, _ values: [String]) throws {
        let parts = target.path.split(separator: ".").map(String.init)
        var verdicts = Set<Set<String>>()
        for value in values {
            let text = parts.reversed().reduce("\"\(value)\"") { "{\"\($1)\":\($0)}" }
            try JSONParser().parse(Array(text.utf8)) { root in
                let found = schema.violations(of: root).filter { $0.instanceLocation == target.pointer }
                verdicts.insert(Set(found.map(\.keyword)))
            }
        }
        // Values that must be of a list have no class but their place in a table.
        switch target.form {
        case .code, .province, .word, .list, .instant, .integer: return
        default: break
        }
        #expect(verdicts.count == 1, "\(target.path) tells \(values) apart")
    }
}

/// Values of the classes.
extension SplitMix64 {
    /// - Parameter withX: the last is a capital X.
    fileprivate mutating func digits(_ count: Int, withX: Bool) -> String {
        let digits = (0..<count).map { _ in Character("\(Int.random(in: 0...9, using: &self))") }
        return String(digits.dropLast(withX ? 1 : 0)) + (withX ? "X" : "")
    }

    fileprivate mutating func han(_ count: Int) -> String {
        String(
            (0..<count).compactMap { _ in
                Unicode.Scalar(UInt32.random(in: 0x4E00...0x9FA5, using: &self)).map { Character($0) }
            })
    }

    fileprivate mutating func day() -> String {
        CivilDate(daysSince1970: Int.random(in: -25_000...25_000, using: &self)).description
    }
}
