import Intake
import Interchange
import Mapping
import Testing

/// What a step makes of a text, seen through a mapping that has only this step on a permit's number.
func applied(_ step: String, to text: String) throws -> String? {
    let step = step.contains(":") ? "{ \(step) }" : step
    let yaml = """
        mapping: steps
        kind: permit
        source: { format: csv, encoding: utf-8 }
        constants:
          from: "44"
          purpose: permitService
          legalBasis: 试
          person.idType: passport
          person.name: 王
          person.sex: "1"
          person.birthDate: 1990-01-01
          person.hukouDivision: "110101"
          content.status: applied
          content.permitKind: "01"
        fields:
          person.idNumber: { from: 编号 }
          content.permitNumber: { from: 值, with: [\(step)], lossy: true }
        record: { home: person.hukouDivision, key: [编号] }
        """
    let mapping = try CompiledMapping.compile(yaml: yaml, file: "steps.yaml")
    let rows = try Transformer(mapping, context: Fixtures.context()).rows(of: ["编号", "值"])
    return rows.values(of: RowBuffer(number: 1, cells: ["E12345678", text]))["content.permitNumber"]
}

@Suite struct StepTests {
    @Test(arguments: [
        ("trim", "\u{3000} a\u{A0}\t", "a"), ("trim", "a", "a"), ("halfWidth", "ＡＢ１２，\u{3000}中", "AB12, 中"),
        ("upperCase", "ab中c", "AB中C"), ("nfc", "e\u{301}", "é"), ("nfc", "\u{F92C}", "\u{90CE}"),
        ("idNumber", "'420506197609261557\t", "420506197609261557"),
        ("idNumber", "６２３０２５１９９０１２３０８１７ｘ", "62302519901230817X"),
        ("idNumber", "62302519901230817×", "62302519901230817X"),
        ("idNumber", "62302519901230817*", "62302519901230817X"),
        ("idNumber", "\u{2018}62302519901230817X\u{3000}", "62302519901230817X"),
        ("idNumber", "4.20506E+17", "4.20506E+17"),
        ("personName", "田\u{3000}平豪", "田平豪"), ("personName", " 田 平 豪 ", "田平豪"), ("personName", "阿依古丽・吐尔逊", "阿依古丽·吐尔逊"),
        ("personName", "阿依古丽．吐尔逊", "阿依古丽·吐尔逊"), ("personName", "阿依古丽•吐尔逊", "阿依古丽·吐尔逊"),
        ("personName", "阿依古丽‧吐尔逊", "阿依古丽·吐尔逊"),
        ("personName", "JOHN  Smith", "JOHN  Smith"), ("personName", "李𠮷", "李𠮷"),
        ("date", "2019-10-06", "2019-10-06"), ("date", "20191006", "2019-10-06"), ("date", "2019.1.6", "2019-01-06"),
        ("date", "2019/01/06", "2019-01-06"), ("date", "2019年1月6日", "2019-01-06"), ("date", "２０１９－１０－０６", "2019-10-06"),
        ("date", "2019-10-06 00:00:00", "2019-10-06"), ("date", "2019-10-06T00:00:00.000", "2019-10-06"),
        ("date: { formats: [D/M/YYYY] }", "6/10/2019", "2019-10-06"), ("division", " ４４１８２３", "441823"),
        ("digits", "第12号34", "1234"), ("split: { separator: \"--\", part: 2 }", "a--b--c", "b"),
        ("split: { separator: \"-\", part: 3 }", "a-b-c", "c"), ("default: 无", "", "无"), ("default: 无", "有", "有"),
        ("lowerCase", "AB中C", "ab中c"), ("number", "1,234,567", "1234567"), ("number", "４４１８２３.00", "441823"),
        ("number", "007", "007"), ("slice: { from: 3 }", "a中bc", "bc"), ("slice: { from: 1, count: 2 }", "李𠮷中", "李𠮷"),
        ("replace: { find: 号, by: \"\" }", "12号楼3号", "12楼3"), ("replace: { find: aa, by: b }", "aaa", "ba"),
        ("pad: { length: 6, with: \"0\" }", "4411", "004411"), ("pad: { length: 3, with: x, side: right }", "中", "中xx"),
        ("pad: { length: 2, with: x }", "中文字", "中文字"), ("prefix: \"44\"", "0103", "440103"),
        ("suffix: \"00\"", "4401", "440100"), ("emptyWhen: [无, NULL]", "无锡", "无锡"),
        ("instant", "2024-02-03T04:05:06Z", "2024-02-03T04:05:06Z"),
        ("instant", "2024-02-03T04:05:06.789+08:00", "2024-02-02T20:05:06Z"),
        ("instant", "2024-02-03 07:05", "2024-02-02T23:05:00Z"),
        ("instant", "2024/2/3 9:05:06.5", "2024-02-03T01:05:06Z"),
        ("instant", "1990-07-01T00:00:00-01:30", "1990-07-01T01:30:00Z"),
    ])
    func converts(step: String, text: String, expected: String) throws {
        #expect(try applied(step, to: text)?.unicodeScalars.elementsEqual(expected.unicodeScalars) == true)
    }

    @Test(arguments: [
        ("date", "2022-13-01"), ("date", "20220400"), ("date", "2023-02-29"), ("date", "19-10-06"), ("date", "43744"),
        ("date", "2019-10/06"), ("date", "2019-10-06 12:00:00"), ("date: { formats: [YYYYMMDD] }", "2019-10-06"),
        ("division", "4418"), ("division", "广东省"), ("digits", "无"), ("split: { separator: \"-\", part: 2 }", "a"),
        ("split: { separator: \"-\", part: 2 }", "a--c"), ("emptyWhen: [无, NULL]", " NULL "), ("number", "1.5"),
        ("number", "4.40E+05"), ("number", "12,34"), ("number", "-1"), ("number", ""), ("slice: { from: 3 }", "ab"),
        ("slice: { from: 1, count: 3 }", "中文"), ("instant", "2024-02-30 07:05"), ("instant", "2024-02-03"),
        ("instant", "1990-07-01 07:05"), ("instant", "2024-02-03 24:00"), ("instant", "2024-02-03 07:05+8"),
    ])
    func fails(step: String, text: String) throws {
        #expect(try applied(step, to: text) == nil)
    }

    @Test func theTableNamesEveryStep() {
        let names = [
            "trim", "halfWidth", "upperCase", "lowerCase", "nfc", "idNumber", "personName", "date", "instant",
            "division",
            "number", "digits", "split", "slice", "replace", "pad", "prefix", "suffix", "concat", "firstOf",
            "emptyWhen",
            "default",
        ]
        #expect(StepDescription.all.map(\.name) == names)
        #expect(StepDescription.markdownTable.split(separator: "\n").count == names.count + 2)
    }
}
