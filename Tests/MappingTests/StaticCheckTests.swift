import Intake
import Interchange
import Mapping
import Seeding
import Testing

/// A mapping of verification requests or of another kind, with text replaced, and what is wrong with it.
@Suite struct StaticCheckTests {
    private static let good = """
        mapping: test
        kind: permit
        source: { format: csv, encoding: utf-8 }
        constants:
          from: "44"
          purpose: permitService
          legalBasis: 居住证暂行条例 第7条
        fields:
          person.idType: { from: 证件类型, codes: { 身份证: residentId, 护照: passport } }
          person.idNumber: { from: 证件号码, with: [idNumber] }
          person.name: { from: 姓名, with: [personName] }
          person.sex: { from: 性别, codes: sex }
          person.birthDate: { from: 出生日期, with: [date] }
          person.hukouDivision: { from: 户籍, with: [division] }
          content.permitNumber: { from: 证号, with: [trim] }
          content.permitKind: { value: "01" }
          content.status: { from: 状态, codes: { 签发: issued } }
        record: { home: person.hukouDivision, key: [证件号码] }
        """

    private func mistakes(_ yaml: String) -> [MappingMistake] {
        do throws(MappingMistakes) {
            _ = try CompiledMapping.compile(yaml: yaml, file: "m.yaml")
            return []
        } catch {
            return error.mistakes
        }
    }

    @Test func theMappingIsRight() { #expect(mistakes(Self.good).isEmpty) }

    @Test(
        arguments: [
            ("{ from: 姓名, with: [personName] }", "{ value: 张3 }", 11, 3, "person.name breaks NAME_INVALID"),
            ("居住证暂行条例 第7条", String(repeating: "长", count: 81), 7, 3, "legalBasis breaks LENGTH"),
            ("居住证暂行条例 第7条", "计划生育条例", 7, 3, "legalBasis tells of reproduction"),
            ("from: \"44\"", "from: \"44\"\n  to: \"44\"", 6, 3, "to breaks SAME_PROVINCE"),
            ("from: \"44\"", "from: \"99\"", 5, 9, "from cannot be 99"),
            ("value: \"01\"", "value: \"05\"", 16, 3, "content.permitKind cannot be 05"),
            ("value: \"01\"", "value: [\"01\"]", 16, 32, "content.permitKind must be one value"),
            ("value: \"01\"", "value: \"01\", with: [trim]", 16, 38, "with belongs to from"),
            (
                "with: [trim]", "with: [{ default: 12345678901234567890123456789012345678901 }]", 15, 3,
                "content.permitNumber breaks LENGTH"
            ),
            ("with: [trim]", "with: trim", 15, 43, "with must be a list of steps"),
            ("with: [trim]", "with: [date]", 15, 3, nil),
            (
                "with: [idNumber]", "with: [{ pad: { length: 18, with: \"0\" } }, idNumber]", 10, 43,
                "the step pad would repair a person's number"
            ),
            ("with: [idNumber]", "codes: { a: b }", 10, 41, "person.idNumber takes no table of codes"),
            ("with: [personName]", "with: [digits], lossy: true", 11, 3, "what digits gives does not fit person.name"),
            ("with: [date]", "with: [digits], lossy: true", 13, 3, "what digits gives does not fit person.birthDate"),
            ("with: [date]", "with: [date, { default: 2020-02-30 }]", 13, 50, "person.birthDate cannot be 2020-02-30"),
            (
                "with: [date]", "with: [{ replace: { find: 年, by: \"-\" } }, date]", 13, 44,
                "the step replace loses information"
            ),
            (
                "with: [date]", "with: [{ replace: { find: 年, by: \"-\" } }, date], lossy: maybe", 13, nil,
                "lossy must be true or false"
            ),
            ("with: [date]", "with: [{ date: { formats: [YYYYMD] } }]", 13, 62, "YYYYMD is no date format"),
            ("from: 户籍,", "from: [省, 县],", 14, 3, "columns are joined before anything else"),
            ("from: 户籍,", "from: [县, 县],", 14, 33, "from names a column twice"),
            ("from: 户籍,", "from: ,", 14, 3, "from names no column"),
            ("with: [division]", "with: [division, firstOf]", 14, 3, "columns are joined before anything else"),
            ("with: [trim]", "with: [{ slice: { from: 0 } }], lossy: true", 15, 46, "slice needs from"),
            ("with: [trim]", "with: [{ pad: { length: 99, with: \"0\" } }]", 15, 46, "pad needs a length"),
            ("with: [trim]", "with: [{ prefix: \"\" }]", 15, 46, "prefix needs a text"),
            ("with: [trim]", "with: [{ emptyWhen: [] }]", 15, 46, "emptyWhen needs the texts"),
            ("with: [trim]", "list: 、", 15, 43, "content.permitNumber is one value"),
            ("签发: issued", "签发: issued, 签发: cancelled", 17, nil, "a key is written twice"),
            ("签发: issued", "\" 签发\": issued", 17, nil, "a word of codes is empty or has blanks around it"),
            (
                "codes: { 签发: issued }", "codes: { 签发: issued }, with: [{ default: 注销 }]", 17, nil,
                "the default is in no row of codes"
            ),
            ("codes: { 签发: issued }", "codes: [issued]", 17, nil, "codes must be a mapping"),
            ("record: {", "outward: { columns: [a, a] }\nrecord: {", 18, 21, "outward.columns names a column twice"),
            ("record: {", "outward: { root: 1a }\nrecord: {", 18, 18, "outward.root is no name of an element"),
            ("key: [证件号码]", "key: []", 18, 44, "record.key names no column"),
            ("key: [证件号码]", "key: [{ from: 证件号码, with: [firstOf] }]", 18, nil, "a part of the key is one column"),
            ("key: [证件号码]", "key: [生育证号]", 18, 45, "the column 生育证号 tells of"),
            ("purpose: permitService", "purpose: [permitService]", 6, 12, "purpose must be one value"),
        ] as [(String, String, Int, Int?, String?)])
    func aMistakeIsToldWithItsPlace(old: String, new: String, line: Int, column: Int?, message: String?) {
        let parts = Self.good.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false)
        #expect(parts.count == 2)
        let found = mistakes(parts.joined(separator: new))
        let told = found.map { "\($0.line):\($0.column) \($0.message)" }
        guard let message else {
            #expect(told.isEmpty)
            return
        }
        #expect(
            found.contains { $0.line == line && (column ?? $0.column) == $0.column && $0.message.hasPrefix(message) },
            "\(told)")
        #expect(found.allSatisfy { !$0.remedy.isEmpty && !$0.remedy.hasSuffix(".") && !$0.message.hasSuffix(".") })
    }

    @Test func anEmploymentHasOnePurpose() throws {
        let yaml = Self.good.replacing("kind: permit", with: "kind: employment")
            .replacing("  content.permitNumber: { from: 证号, with: [trim] }\n", with: "")
            .replacing("  content.permitKind: { value: \"01\" }\n", with: "").replacing(
                "签发: issued", with: "在职: employed")
        let found = mistakes(yaml)
        #expect(found.map(\.message).contains { $0.hasPrefix("purpose breaks PURPOSE_FORBIDS") })
        #expect(found.map(\.line) == [6])
    }

    @Test func whatARowDecidesIsNoMistakeOfATable() {
        // A table of divisions may have those of the gateway's own province, and ones that only its own list knows.
        let yaml = Self.good.replacing(
            "{ from: 户籍, with: [division] }", with: "{ from: 户籍, codes: { 甲: 440101, 乙: 459999 } }")
        #expect(mistakes(yaml).isEmpty)
        let short = yaml.replacing("459999", with: "45999")
        #expect(mistakes(short).map(\.message) == ["person.hukouDivision cannot be 45999"])
    }

    @Test func aRequestAsksSomething() {
        let yaml = Self.good.replacing("kind: permit", with: "kind: verificationRequest")
            .split(separator: "\n").filter { !$0.contains("content.") }.joined(separator: "\n")
        #expect(mistakes(yaml).map(\.message) == ["no rule fills content.assertions, which is required"])
        let asked = yaml.replacing("fields:", with: "  content.assertions: [alive, dead]\nfields:")
        #expect(mistakes(asked).count == 1)
        let twice = yaml.replacing(
            "fields:", with: "  content.assertions: alive\n  content.assertions.hukouHere: \"yes\"\nfields:")
        #expect(mistakes(twice).map(\.message) == ["content.assertions is filled twice"])
    }

    @Test func anArrivalIsNobodysButAResidents() throws {
        let yaml = String(decoding: try Fixtures.bytes("config/mappings/guangdong-arrivals.yaml"), as: UTF8.self)
            .replacing("居民身份证: residentId", with: "居民身份证: residentId, 护照: passport")
        #expect(mistakes(yaml).map(\.message) == ["person.idType has no code passport"])
    }

    @Test func noMessageRepeatsANameOrNumber() {
        let yaml = Self.good.replacing("fields:", with: "  person.hukouAsOf: 2020-01-01\nfields:")
            .replacing("{ from: 姓名, with: [personName] }", with: "{ value: 张三丰3 }")
            .replacing("{ from: 证件号码, with: [idNumber] }", with: "{ value: \"\" }")
        #expect(!mistakes(yaml).isEmpty)
        #expect(!"\(MappingMistakes(mistakes(yaml)))".contains("张三丰"))
    }
}

/// YAML that is made to harm.
@Suite struct HostileMappingTests {
    private func first(_ yaml: String) -> MappingMistake? {
        do throws(MappingMistakes) {
            _ = try CompiledMapping.compile(yaml: yaml, file: "m.yaml")
            return nil
        } catch {
            return error.mistakes.first
        }
    }

    @Test func aliasesThatStandForMoreThanMemoryAreRefused() {
        var yaml = "a0: &a0 [x, x]\n"
        for level in 1...40 { yaml += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        #expect(first(yaml + "{*a40: 1}\n")?.message == "the file has more than 16 aliases")
    }

    @Test func aFewAliasesCannotStandForManyValues() {
        let items = [String](repeating: "x", count: 5_000).joined(separator: ",")
        var yaml = "a0: &a0 [\(items)]\n"
        for level in 1...5 { yaml += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1), *a\(level - 1)]\n" }
        #expect(first(yaml)?.message == "the file stands for more than 100000 values")
    }

    @Test func aTableMayBeSharedByAnAlias() throws {
        let yaml = String(decoding: try Fixtures.bytes("config/mappings/guangdong-arrivals.yaml"), as: UTF8.self)
            .replacing("codes: { 居民身份证: residentId }", with: "codes: &table { 居民身份证: residentId }")
        #expect(first(yaml) == nil)
        #expect(
            first(yaml.replacing("codes: arrival-reason", with: "codes: *table"))?.message
                == "content.reason has no code residentId")
    }

    @Test(arguments: ["[", "{a: ", "- ", "? ", "!!x "])
    func deepNestingIsRefused(opening: String) {
        let mistake = first(String(repeating: opening, count: 60_000))
        #expect(mistake?.message.hasPrefix("the file is not YAML") == true)
    }

    @Test(arguments: [
        "", "\u{0}", "a: b: c", "- 1", "'", "\u{FEFF}", "*a", "&a", "%YAML 9.9\n---\nx", "{}", "[]", "null",
        "---\n...\n---\n",
    ])
    func whatIsNoMappingIsTold(yaml: String) throws {
        let mistake = try #require(first(yaml))
        #expect(mistake.line >= 1)
        #expect(!mistake.remedy.isEmpty)
    }

    @Test func aHugeFileIsNotRead() {
        let yaml = "description: \"" + String(repeating: "x", count: CompiledMapping.mostBytes) + "\"\n"
        #expect(first(yaml)?.message == "a mapping has at most 262144 bytes")
    }

    /// Every text either compiles, or its mistakes have a place and a remedy; none ends the program.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func damagedMappingsAreTold(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let names = ["guangdong-arrivals", "guangdong-departures"]
        let good = try names.map { try Fixtures.bytes("config/mappings/\($0).yaml") }
        for round in 0..<150 {
            var bytes = good[round % good.count]
            for _ in 0...random.next(below: 3) { Self.damage(&bytes, &random) }
            do throws(MappingMistakes) {
                let mapping = try CompiledMapping.compile(yaml: String(decoding: bytes, as: UTF8.self), file: "m.yaml")
                _ = try? mapping.readOutward()
            } catch {
                #expect(!error.mistakes.isEmpty, "seed \(seed), round \(round)")
                #expect(error.mistakes.allSatisfy { $0.line >= 1 && $0.column >= 1 && !$0.remedy.isEmpty })
            }
        }
    }

    private static func damage(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        let place = random.next(below: bytes.count)
        let marks = Array("{}[]:,-*&!|>'\"#%@`?\n \t\u{0}0aA=~".utf8)
        switch random.next(below: 4) {
        case 0: bytes[place] = marks[random.next(below: marks.count)]
        case 1: bytes.insert(marks[random.next(below: marks.count)], at: place)
        case 2: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.next(below: 12)))
        default:
            let other = random.next(below: bytes.count)
            let piece = Array(bytes[other..<min(bytes.count, other + 1 + random.next(below: 40))])
            bytes.insert(contentsOf: piece, at: place)
        }
    }
}
