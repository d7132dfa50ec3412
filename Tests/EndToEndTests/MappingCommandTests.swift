import Foundation
import Testing

/// `mapping check`, `mapping try` and `export` as an operator meets them.
@Suite struct MappingCommandTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    private let sample = "\(root)/Tests/Fixtures/samples/shanghai-arrivals.csv"
    private let mapping = "\(root)/config/mappings/shanghai-arrivals.yaml"

    /// The sample's first rows.
    private func few(_ scratch: Scratch, _ rows: Int) throws -> String {
        let lines = try String(contentsOfFile: sample, encoding: .utf8).components(separatedBy: "\r\n")
        return try scratch.write(lines.prefix(rows + 1).joined(separator: "\r\n") + "\r\n", to: "few.csv")
    }

    private func changed(_ scratch: Scratch, _ old: String, _ new: String) throws -> String {
        let text = try String(contentsOfFile: mapping, encoding: .utf8)
        #expect(text.contains(old))
        return try scratch.write(text.replacingOccurrences(of: old, with: new), to: "changed.yaml")
    }

    @Test func aTrialPrintsCountsAndRowsButNoValue() throws {
        let scratch = try Scratch()
        let result = try Executable.run(["mapping", "try", mapping, sample])
        #expect(result.status == 1)
        #expect(
            result.output.hasPrefix(
                "925 of 1,000 rows pass (92.5 %): 915 accepted, 10 flagged; 75 quarantined, 1 skipped\n"))
        #expect(result.output.contains("dropped unread: 婚姻状况, 子女数, 避孕措施"))
        #expect(result.output.contains("CODE_UNKNOWN, column 流入原因: "))
        #expect(!result.output.contains("打酱油"))
        #expect(result.output.range(of: "[0-9]{15}", options: .regularExpression) == nil)
        let json = try Executable.run(["mapping", "try", mapping, try few(scratch, 200), "--json"])
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        #expect(object["quarantined"] as? Int == 14)
        #expect(object["share"] as? Double == 0.93)
    }

    @Test func aTrialEndsWithTheStatusOfTheDesign() throws {
        let scratch = try Scratch()
        let good = try few(scratch, 2)
        #expect(try Executable.run(["mapping", "try", mapping, good]).status == 0)
        #expect(try Executable.run(["mapping", "try", try changed(scratch, "from: 姓名", "form: 姓名"), good]).status == 2)
        #expect(try Executable.run(["mapping", "try", mapping, "\(scratch.path)/nothing.csv"]).status == 1)
        #expect(try Executable.run(["mapping", "try", mapping]).status == 2)
    }

    @Test func twoMappingsAreHeldAgainstEachOther() throws {
        let scratch = try Scratch()
        let other = try changed(scratch, "codes: arrival-reason", "codes: { 务工: \"01\" }")
        let result = try Executable.run(["mapping", "try", mapping, "--against", other, try few(scratch, 50)])
        #expect(result.status == 1)
        #expect(result.output.contains("accept → quarantine CODE_UNKNOWN: "))
        let json = try Executable.run(["mapping", "try", mapping, "--against", mapping, try few(scratch, 50), "--json"])
        #expect(json.output.contains(#""differing":{"count":0,"rows":[]}"#))
    }

    @Test func whatWasTransformedIsExportedAgain() throws {
        let scratch = try Scratch()
        let envelopes = try Executable.run(["transform", "--mapping", mapping, try few(scratch, 50)]).output
        let file = try scratch.write(envelopes, to: "received.ndjson")
        let result = try Executable.run(["export", "--mapping", mapping, file])
        #expect(result.status == 0, "\(result.errors)")
        let lines = result.output.components(separatedBy: "\r\n")
        #expect(lines[0] == "序号,证件类型,证件号码,姓名,性别,出生日期,户籍地区划,现居住地区划,来本地日期,登记日期,流入原因")
        #expect(lines[1] == ",居民身份证,513230200507027869,侯婷刚,女,2005-07-02,513230,310105,2018-04-23,2018-04-26,工作调动")
        #expect(lines.count == 51)
        let written = try scratch.write(result.output, to: "again.csv")
        let again = try Executable.run(["transform", "--mapping", mapping, written])
        #expect(again.status == 0)
        #expect(again.output.split(separator: "\n").count == 49)
    }

    @Test func recordsThatTheFormatCannotHoldAreLeftOutAndTold() throws {
        let scratch = try Scratch()
        let envelopes = try Executable.run(["transform", "--mapping", mapping, try few(scratch, 50)]).output.split(
            separator: "\n")
        let other = String(envelopes[0]).replacing(#""kind":"arrival""#, with: #""kind":"permit""#)
        let foreign = String(envelopes[1]).replacing(#""idType":"residentId""#, with: #""idType":"passport""#)
        let file = try scratch.write(
            [String(envelopes[0]), other, foreign, "{", ""].joined(separator: "\n"), to: "r.ndjson")
        let output = "\(scratch.path)/out.csv"
        let result = try Executable.run(["export", "--mapping", mapping, file, "--output", output])
        #expect(result.status == 1)
        #expect(
            result.errors.contains(
                "r.ndjson:3: NO_SOURCE_TEXT 证件类型: the mapping has no text for the value of person.idType"))
        #expect(result.errors.contains("r.ndjson:4: NOT_AN_ENVELOPE: "))
        #expect(result.errors.contains("note: passed over, of other kinds than arrival: 1 envelope\n"))
        #expect(result.errors.contains("left out: 2 records; written: 1"))
        #expect(try String(contentsOfFile: output, encoding: .utf8).components(separatedBy: "\r\n").count == 3)
        let mode = try FileManager.default.attributesOfItem(atPath: output)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try Executable.run(["export", "--mapping", mapping, file, "--output", output]).status == 2)
    }

    @Test func aMappingThatCannotBeReadOutwardSaysWhere() throws {
        let scratch = try Scratch()
        let departures = "\(Self.root)/config/mappings/guangdong-departures.yaml"
        let check = try Executable.run(["mapping", "check", departures, "--outward"])
        #expect(check.status == 2)
        #expect(check.output.contains("guangdong-departures.yaml:22:"))
        let empty = try scratch.write("", to: "empty.ndjson")
        #expect(try Executable.run(["export", "--mapping", departures, empty]).status == 2)
        #expect(try Executable.run(["mapping", "check", mapping, "--outward"]).status == 0)
    }
}
