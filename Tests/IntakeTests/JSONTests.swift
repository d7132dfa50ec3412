import Intake
import Testing

private let json = SourceFormat.json(.array([]))
private let ndjson = SourceFormat.json(.lines)

@Suite struct JSONTests {
    private let rows =
        #"{"证件号码":450123198012316804,"比例":4.4e17,"在":true,"无":null,"名":"夏\u5efa\uD842\uDFB7\n","空":""}"#

    @Test func scalarsAreTheirText() throws {
        for (bytes, format) in [("[\(rows)]", json), ("\(rows)\n", ndjson)] {
            let file = try ReadFile(Array(bytes.utf8), format)
            #expect(file.columns == ["证件号码", "比例", "在", "名", "空", "无"])
            #expect(file.rows == [["450123198012316804", "4.4e17", "true", "夏建𠮷\n", "", ""]])
        }
    }

    @Test func valuesFurtherDownAreNamedByTheirPointer() throws {
        let row = #"{"id":1,"person":{"name":"夏","a/b":{"~":2}},"phones":["x","y"],"none":{},"empty":[]}"#
        let file = try ReadFile(Array("[\(row)]".utf8), json)
        #expect(file.columns == ["id", "/person/name", "/person/a~1b/~0", "/phones/0", "/phones/1", "none", "empty"])
        #expect(file.rows == [["1", "夏", "2", "x", "y", "", ""]])
        let whole = try ReadFile(
            Array("[\(row)]".utf8), json, used: ["phones", "/person/a~1b", "/id"], dropped: ["none", "empty"])
        #expect(whole.columns == ["/id", "/person/name", "/person/a~1b", "phones", "none", "empty"])
        #expect(whole.rows == [["1", "夏", #"{"~":2}"#, #"["x","y"]"#, "", ""]])
    }

    @Test func aColumnThatNoRowHasIsEmpty() throws {
        let file = try ReadFile(Array(#"[{"a":1},{"b":2,"a":3}]"#.utf8), json, used: ["a", "c"])
        #expect(file.columns == ["a", "b", "c"])
        #expect(file.rows == [["1", "", ""], ["3", "2", ""]])
        #expect(refusal(Array(#"[{"a":1}]"#.utf8), json, used: ["z"])?.code == .columnMissing)
        #expect(refusal(Array(#"[{"a":1}]"#.utf8), json, used: ["z"])?.byteOffset == 1)
        #expect(try ReadFile(Array("[]".utf8), json, used: ["z"]).rows == [])
    }

    @Test func theArrayMayBeFurtherDown() throws {
        let text = #" {"head":{"n":[1,"]}\\"]},"data":[0,{"rows":[{"a":1},{"a":2}],"more":[{}]}],"tail":"x"} "#
        let format = SourceFormat.json(.array(["data", "1", "rows"]))
        for chunk in 16...60 {
            let file = try ReadFile(Array(text.utf8), format, limits: IntakeLimits(chunkBytes: chunk))
            #expect(file.rows == [["1"], ["2"]], "chunk \(chunk)")
        }
        for path in [
            ["rows"], ["data", "2", "rows"], ["data", "1", "none"], ["head", "n", "1"], ["data", "x"], ["tail"],
        ] {
            #expect(refusal(Array(text.utf8), .json(.array(path)))?.code == .form, "\(path)")
        }
    }

    @Test func aLineThatIsNotJSONSpoilsItselfOnly() throws {
        let lines = [
            #"{"a":"1"}"#, #"{"a":"2""#, #"{"a":"3"}"#, "", "[1]", "7", #"{"a":"4","a":"5"}"#, #"{"a":"\uD800"}"#,
            "{'a':1}",
            #"{"a":6}"#, #"{"a":7}"#, #"{"a":8}"#, #"{"a":9}"#, "  ", #"{"a":10}"#,
        ]
        let file = try ReadFile(Array(lines.joined(separator: "\r\n").utf8), ndjson)
        #expect(
            file.rows.map { $0[0] } == [
                "1", "notJSON", "3", "notAnObject", "notAnObject", "notJSON", "notJSON", "notJSON", "6", "7", "8", "9",
                "10",
            ])
        #expect(file.skipped == 2)
        #expect(file.raw[1].isEmpty)
    }

    @Test func anElementThatIsNotJSONSpoilsItselfOnly() throws {
        let text = #"[{"a":1},{"a":},{"a":01},null,{"a":2},{"a" 3},{"a":4},{"a":5},{"a":6}]"#
        #expect(
            try ReadFile(Array(text.utf8), json).rows.map { $0[0] } == [
                "1", "notJSON", "notJSON", "notAnObject", "2", "notJSON", "4", "5", "6",
            ])
    }

    @Test func aFileWhoseRowsCannotBeToldApartIsRefused() {
        for (text, code, offset) in [
            (#"[{"a":1} {"a":2}]"#, IntakeError.Code.form, 9), (#"[{"a":1},{"a":"2]"#, .truncated, 9),
            (#"[{"a":1},"#, .truncated, 9), (#"[{"a":1}"#, .truncated, 8), (#"[{"a":1},]"#, .form, 9),
            (#"[{"a":1}] x"#, .form, 10), (#"{"a":1}"#, .form, 0), ("", .empty, 0), ("  ", .form, 2),
            ("[1,2,3]", .form, 1),
        ] {
            #expect(refusal(Array(text.utf8), json)?.code == code, "\(text)")
            #expect(refusal(Array(text.utf8), json)?.byteOffset == offset, "\(text)")
        }
    }

    @Test func everyChunkSizeGivesTheSameRows() throws {
        let text = #"[{"a":"\"]}\\","b":{"c":"夏𠮷"}},{"a":12345678901234567890,"b":{"c":null}} , {"a":""}]"#
        for chunk in 16...90 {
            let file = try ReadFile(Array(text.utf8), json, limits: IntakeLimits(chunkBytes: chunk))
            #expect(file.rows == [["\"]}\\", "夏𠮷"], ["12345678901234567890", ""]], "chunk \(chunk)")
            #expect(file.skipped == 1)
        }
    }

    @Test func theTextMayBeGB18030() throws {
        // The second byte of 誠 (D5 5C) is a backslash.
        let bytes = Array("[{\"a\":\"".utf8) + xia + [0xD5, 0x5C] + Array("\"},{\"a\":1}]".utf8)
        #expect(try ReadFile(bytes, json, encoding: .gb18030).rows == [["夏建雪誠"], ["1"]])
    }

    @Test func damagedBytesSpoilTheirRowOnly() throws {
        let bytes = Array("{\"a\":\"夏\"}\n{\"a\":\"".utf8) + xia + Array("\",\"b\":1}\n{\"a\":\"建\"}\n".utf8)
        let file = try ReadFile(bytes, ndjson)
        #expect(file.damaged == [[], ["a"], []])
        #expect(file.rows[1][1] == "1")
        let wrong =
            Array("{\"a\":\"".utf8) + xia + Array("\"}\n{\"a\":\"建\"}\n{\"a\":\"".utf8) + xia + Array("\"}\n".utf8)
        #expect(refusal(wrong, ndjson, encoding: .utf8)?.code == .encoding)
        #expect(refusal(wrong, ndjson, encoding: .utf8)?.byteOffset == 6)
    }

    @Test func depthAndLengthHaveLimits() throws {
        let limits = IntakeLimits(rowBytes: 120, cells: 8, cellBytes: 30, depth: 4, chunkBytes: 16)
        let good = #"{"a":1}"#
        let deep = #"{"a":\#(String(repeating: "[", count: 9))\#(String(repeating: "]", count: 9))}"#
        let long = #"{"a":"\#(String(repeating: "x", count: 31))"}"#
        let huge = #"{"a":"\#(String(repeating: "x", count: 3000))"}"#
        let rows = [good, deep, good, long, good, huge, good]
        let expected = ["1", "tooDeep(limit: 4)", "1", "cellTooLong(limit: 30)", "1", "rowTooLong(limit: 120)", "1"]
        let array = Array("[\(rows.joined(separator: ","))]".utf8)
        #expect(try ReadFile(array, json, limits: limits).rows.map { $0[0] } == expected)
        let lines = Array(rows.joined(separator: "\n").utf8)
        #expect(try ReadFile(lines, ndjson, limits: limits).rows.map { $0[0] } == expected)
        let many = "[{\((0..<9).map { "\"c\($0)\":1" }.joined(separator: ","))}]"
        #expect(refusal(Array(many.utf8), json, limits: limits)?.code == .limit)
        #expect(refusal([UInt8](repeating: 0x5B, count: 200_000), json)?.code == .truncated)
    }

    @Test func withheldValuesAreNotInTheRawBytes() throws {
        let row = #"{"a":1,"婚姻":{"x":"secret"},"b":"ok","孕":"secret"}"#
        let file = try ReadFile(Array("[\(row),{}]".utf8), json, used: ["a"], withheld: ["/婚姻/x", "孕"])
        #expect(file.texts == [#"{"a":1,"婚姻":{"x":null},"b":"ok","孕":null}"#])
        #expect(file.skipped == 1)
    }

    @Test func rowsCanBeSkipped() throws {
        let file = try ReadFile(Array("{\"n\":\"1\"}\n{\"n\":\"合计\"}\n".utf8), ndjson, skip: ("n", "^合计"))
        #expect(file.rows == [["1"]])
        #expect(file.skipped == 1)
    }

    @Test func aMarkOfTheEncodingIsNoText() throws {
        #expect(try ReadFile([0xEF, 0xBB, 0xBF] + Array("[{\"a\":1}]".utf8), json).rows == [["1"]])
        #expect(try ReadFile([0xEF, 0xBB, 0xBF] + Array("{\"a\":1}".utf8) + [0x1A], ndjson).rows == [["1"]])
    }
}
