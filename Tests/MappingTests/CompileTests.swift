import Intake
import Mapping
import Testing

/// A mapping that is right, with some text replaced.
private func mistakes(_ old: String, _ new: String) throws -> [MappingMistake] {
    let good = String(decoding: try Fixtures.bytes("config/mappings/guangdong-arrivals.yaml"), as: UTF8.self)
    #expect(good.contains(old))
    var parts = good.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2 { parts.insert(Substring(new), at: 1) }
    do throws(MappingMistakes) {
        _ = try CompiledMapping.compile(yaml: parts.joined(), file: "m.yaml")
        return []
    } catch {
        return error.mistakes
    }
}

@Suite struct CompileTests {
    @Test(arguments: [
        "guangdong-arrivals", "guangdong-departures", "heilongjiang-arrivals", "liaoning-arrivals", "shanghai-arrivals",
        "zhejiang-arrivals",
    ])
    func mappingsOfTheRepositoryAreRight(name: String) throws {
        #expect(try Fixtures.mapping(name).name == name)
    }

    @Test(
        arguments: [
            // What is replaced, by what, the place, and how the message begins.
            ("  person.name: { from: 姓名, with: [personName] }\n", "", 13, 1, "no rule fills person.name"),
            ("content.reason:", "content.cause:", 23, 3, "there is no target content.cause"),
            ("with: [personName]", "with: [personNam]", 16, 35, "there is no step personNam"),
            ("with: [personName]", "mit: [personName]", 16, 28, "person.name has no key mit"),
            ("codes: arrival-reason", "codes: arrival-reasons", 23, 40, "there is no code list arrival-reasons"),
            ("codes: arrival-reason", "codes: sex", 23, 3, "content.reason has no code"),
            ("codes: arrival-reason", "codes: { 打工: \"05\" }", 23, 46, "content.reason has no code 05"),
            ("男: \"1\"", "男: \"3\"", 17, 39, "person.sex has no code 3"),
            ("from: 流入原因", "from: 婚姻状况", 23, 3, "the column 婚姻状况 tells of"),
            (
                "{ from: 户籍地区划, with: [division] }", "{ from: 户籍地区划, with: [date] }", 19, 3,
                "what date gives does not fit"
            ),
            ("with: [division]", "with: [digits]", 19, 47, "the step digits loses information"),
            ("with: [division]", "with: [{ trim: 1 }]", 19, 49, "the step trim takes no argument"),
            ("with: [division]", "with: [{ split: { part: 1 } }]", 19, 49, "split needs a separator"),
            ("with: [division]", "with: [{ date: { formats: [YY] } }]", 19, 67, "YY is no date format"),
            ("from: 流入原因", "from: 联系电话", 23, 3, "the column 联系电话 is both used and dropped"),
            ("kind: arrival", "kind: arrivals", 3, 7, "there is no kind arrivals"),
            ("header: 1", "header: [1, 3]", 7, 11, "source.header must be a line number"),
            ("header: 1", "separator: dash", 7, 14, "source.separator is not known"),
            ("format: csv", "format: fixedWidth", 7, 11, "source.header must be a mapping"),
            ("format: csv", "format: ndjson", 7, 11, "source.header does not belong to ndjson"),
            ("format: csv", "format: json", 7, 11, "source.header must be the JSON Pointer"),
            ("format: csv", "format: xml", 7, 11, "source.header must be the name of an element"),
            ("format: csv", "format: dbf", 7, 11, "the language driver 1 is not of this version"),
            ("kind: arrival", "kind: retraction", 13, 1, "no rule fills content.ground"),
            ("kind: arrival", "kind: retraction", 20, 3, "there is no target content.residenceDivision"),
            ("format: csv", "format: cvs", 5, 11, "source.format cvs is not known"),
            ("encoding: gb18030", "encoding: big5", 6, 13, "source.encoding big5 is not known"),
            ("header: 1", "header: eins", 7, 11, "source.header must be a line number"),
            ("\"^(合计|小计)\"", "\"^(合计|小计\"", 8, 41, "the pattern cannot be read"),
            ("purpose: residenceRegistration", "purpose: fun", 11, 12, "purpose cannot be fun"),
            ("home: person.hukouDivision", "home: person.name", 24, 9, "record.home must be a division"),
            ("record: {", "recor: {", 24, 1, "the mapping has no key recor"),
            ("kind: arrival", "kind: arrival\nkind: arrival", 3, 1, "a key is written twice"),
            ("fields:", "fields: [", 15, 3, "the file is not YAML"),
            (
                "person.birthDate: { from: 出生日期, with: [date] }", "person.birthDate: {}", 18, 3,
                "person.birthDate needs exactly one"
            ),
            ("{ from: 出生日期, with: [date] }", "{ value: 1990-02-30 }", 18, 3, "person.birthDate cannot be 1990-02-30"),
            ("{ from: 出生日期, with: [date] }", "{ from: [年, 月], with: [date] }", 18, 3, "columns are joined before"),
            ("purpose: residenceRegistration", "person.name: 某", 16, 3, "person.name is filled twice"),
        ] as [(String, String, Int, Int, String)])
    func aMistakeIsToldWithItsPlace(old: String, new: String, line: Int, column: Int, message: String) throws {
        let found = try mistakes(old, new)
        let places = found.map { "\($0.line):\($0.column) \($0.message)" }
        #expect(found.contains { $0.line == line && $0.column == column && $0.message.hasPrefix(message) }, "\(places)")
        #expect(found.allSatisfy { $0.file == "m.yaml" && !$0.remedy.isEmpty })
    }

    @Test func everyMistakeIsToldAtOnce() throws {
        let yaml = "mapping: A b\nkind: arrival\nsource: { format: csv }\nfields: {}\nrecord: { home: x, key: [] }\n"
        let error = #expect(throws: MappingMistakes.self) { try CompiledMapping.compile(yaml: yaml, file: "m.yaml") }
        #expect(error?.mistakes.count == 14)
        #expect(error?.mistakes.first?.description.hasPrefix("m.yaml:1:10: mapping must be a name") == true)
    }

    @Test func aSampleShowsColumnsThatAreNeitherUsedNorDropped() throws {
        let mapping = try Fixtures.mapping("guangdong-departures")
        let sample = "序号,姓名,性别,出生日期,证件类型,证件号码,户籍地区划,来本地日期,离开日期,离开原因,血型,孕检情况\n"
        let findings = try mapping.check(sample: MemorySource(Array(sample.utf8)))
        #expect(
            findings.mistakes.map(\.message) == [
                "the column 血型 is neither used nor dropped",
                "the column 孕检情况 tells of reproduction, medicine or marriage and is not dropped",
            ])
    }

    @Test func aSampleShowsWordsThatNoTableCovers() throws {
        let mapping = try Fixtures.mapping("guangdong-arrivals")
        let sample = try Fixtures.bytes("Tests/Fixtures/samples/guangdong-arrivals.csv")
        let findings = try mapping.check(sample: MemorySource(sample))
        #expect(findings.mistakes.isEmpty)
        #expect(findings.uncovered == [SampleFindings.Uncovered(column: "流入原因", word: "打酱油", count: 40)])
    }
}
