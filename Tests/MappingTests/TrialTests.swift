import Intake
import Interchange
import Mapping
import Testing

@Suite struct TrialTests {
    private func stream(_ mapping: CompiledMapping, _ text: String) throws -> RowStream {
        try Transformer(mapping, context: Fixtures.context()).open(MemorySource(Array(text.utf8)))
    }

    private func changed(_ old: String, _ new: String) throws -> CompiledMapping {
        let yaml = String(decoding: try Fixtures.bytes("config/mappings/shanghai-arrivals.yaml"), as: UTF8.self)
        #expect(yaml.contains(old))
        let text = yaml.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false).joined(separator: new)
        return try CompiledMapping.compile(yaml: text, file: "changed.yaml")
    }

    private static let total = Arrivals.row().replacing("1,", with: "合计,", maxReplacements: 1)
    private static let file =
        Arrivals.header + Arrivals.row() + Arrivals.row(reason: "打酱油") + total
        + Arrivals.row(number: "450123198012316805")
        + Arrivals.row(reason: "打酱油") + Arrivals.row(arrived: "正月初三") + Arrivals.row(name: "夏 建 雪")

    @Test func aTrialCountsAndNamesTheFirstRows() throws {
        let trial = try Trial(stream(try Fixtures.mapping("shanghai-arrivals"), Self.file))
        #expect(trial.rows == 6)
        #expect(trial.passed == 3)
        #expect(trial.share == 0.5)
        #expect(trial.counts.skipped == 1)
        #expect(trial.counts.byCode == [.codeUnknown: 2, .idChecksum: 1, .dateInvalid: 1, .forbiddenContent: 18])
        #expect(trial.problems.map(\.code) == [.codeUnknown, .dateInvalid, .idChecksum])
        #expect(trial.problems[0].rows == [2, 4])
        #expect(trial.problems[0].column == "流入原因")
        #expect(trial.problems[2].severity == .flag)
    }

    @Test func aTrialHoldsNoValue() throws {
        let trial = try Trial(stream(try Fixtures.mapping("shanghai-arrivals"), Self.file))
        let everything = String(reflecting: trial)
        for value in ["夏建雪", "450123198012316804", "450123198012316805", "打酱油", "正月初三", "1980-12-31"] {
            #expect(!everything.contains(value))
        }
    }

    @Test func aMappingDoesNotDifferFromItself() throws {
        let mapping = try Fixtures.mapping("shanghai-arrivals")
        let comparison = try TrialComparison(stream(mapping, Self.file), against: stream(mapping, Self.file))
        #expect(comparison.differing.count == 0)
        #expect(comparison.first.counts == comparison.second.counts)
    }

    @Test func twoMappingsAreComparedRowByRow() throws {
        let old = try Fixtures.mapping("shanghai-arrivals")
        let new = try changed("codes: arrival-reason", "codes: { 其他: \"01\", 打酱油: \"99\" }")
        let comparison = try TrialComparison(stream(old, Self.file), against: stream(new, Self.file))
        let recovered = TrialComparison.Change(before: "quarantine CODE_UNKNOWN", after: "accept")
        #expect(comparison.outcomes.keys.sorted() == [recovered])
        #expect(comparison.outcomes[recovered]?.rows == [2, 4])
        #expect(comparison.members.keys.sorted() == ["/content/reason"])
        #expect(comparison.members["/content/reason"]?.rows == [1, 3, 6])
        #expect(comparison.records.count == 0)
        #expect(comparison.differing.count == 5)
        #expect(comparison.second.passed == 5)
    }

    @Test func anotherKeyIsAnotherRecord() throws {
        let old = try Fixtures.mapping("shanghai-arrivals")
        let new = try changed("key: [证件号码, 来本地日期]", "key: [证件号码]")
        let comparison = try TrialComparison(stream(old, Self.file), against: stream(new, Self.file))
        #expect(comparison.records.rows == [1, 3, 6])
        #expect(comparison.members.isEmpty)
        #expect(comparison.outcomes.isEmpty)
    }

    @Test func aRowThatOneMappingSkipsStillPairsWithItself() throws {
        let old = try Fixtures.mapping("shanghai-arrivals")
        let new = try changed("\"^(合计|小计)\"", "\"^小计\"")
        let comparison = try TrialComparison(stream(old, Self.file), against: stream(new, Self.file))
        #expect(comparison.outcomes.keys.map(\.before) == ["skipped"])
        #expect(comparison.differing.count == 1)
        #expect(comparison.first.rows == 6)
        #expect(comparison.second.rows == 7)
    }
}
