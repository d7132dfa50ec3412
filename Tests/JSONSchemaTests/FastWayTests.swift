import JSONSchema
import JSONTape
import Testing

/// Most schemas are run as machine code, and a parser keeps notes of the objects that it met: neither may change a verdict.
@Suite struct FastWayTests {
    /// The same schema, made to go the long way: the machine leaves schemas with dynamic anchors to the evaluator.
    private func slowly(_ schema: String) -> String { #"{"$dynamicAnchor":"here","allOf":[\#(schema)]}"# }

    @Test func aDateIsTheSameToBothWays() throws {
        let schema = #"{"format":"date"}"#
        let (fast, slow) = (try compiled(schema), try compiled(slowly(schema)))
        var accepted = 0
        for date in ["2024-02-29", "1999-12-31", "0000-01-01", "2023-02-28"] {
            for place in date.utf8.indices {
                for byte in UInt8(0x20)...0x7E where byte != 0x22 && byte != 0x5C {
                    var text = Array(date.utf8)
                    text[date.utf8.distance(from: date.utf8.startIndex, to: place)] = byte
                    let instance = [0x22] + text + [0x22]
                    let verdict = try verdict(fast, instance)
                    #expect(try verdict == self.verdict(slow, instance), "\(String(decoding: text, as: UTF8.self))")
                    accepted += verdict ? 1 : 0
                }
            }
        }
        #expect(accepted > 100)
    }

    @Test func evaluatedMembersAreTheSameToBothWays() throws {
        let schemas = [
            #"{"properties":{"a":true},"if":{"properties":{"a":{"const":1}},"required":["a"]},"then":{"properties":{"b":true}},"unevaluatedProperties":false}"#,
            #"{"anyOf":[{"properties":{"a":{"type":"integer"}},"unevaluatedProperties":false},{"properties":{"b":true},"required":["b"]}]}"#,
            #"{"properties":{"a":true},"anyOf":[{"properties":{"a":{"type":"string"},"b":true}},true],"unevaluatedProperties":false}"#,
            #"{"allOf":[{"properties":{"a":true},"unevaluatedProperties":false}],"properties":{"b":true},"unevaluatedProperties":false}"#,
            #"{"allOf":[{"properties":{"a":true}},{"if":{"properties":{"c":{"type":"null"}}},"else":{"properties":{"c":true}}}],"unevaluatedProperties":false}"#,
            #"{"oneOf":[{"properties":{"a":{"const":1}},"required":["a"]},{"properties":{"b":true},"required":["b"]}],"unevaluatedProperties":false}"#,
        ]
        let values = ["1", "2", #""x""#, "null"]
        for schema in schemas {
            let (fast, slow) = (try compiled(schema), try compiled(slowly(schema)))
            for a in values + [""] {
                for b in values + [""] {
                    for c in values + [""] {
                        let members = [("a", a), ("b", b), ("c", c)].filter { !$0.1.isEmpty }
                        let text = "{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
                        #expect(
                            try verdict(fast, Array(text.utf8)) == verdict(slow, Array(text.utf8)), "\(schema) \(text)")
                    }
                }
            }
        }
    }

    @Test func notesOfEarlierTextsChangeNothing() throws {
        let schemas = try (0..<12).map { number in
            try compiled(
                #"{"properties":{"k\#(number)":{"type":"integer"},"in":{"properties":{"x":{"maximum":\#(number)}},"required":["x"]}},"additionalProperties":\#(number % 2 == 0)}"#
            )
        }
        var texts: [[UInt8]] = []
        for first in 0..<12 {
            for x in [0, 5, 11] {
                texts.append(Array(#"{"k\#(first)":\#(x),"in":{"x":\#(x)}}"#.utf8))
                texts.append(Array(#"{"in":{"y":1,"x":\#(x)},"k\#(first)":"no"}"#.utf8))
            }
        }
        let parser = JSONParser()
        for round in 0..<3 {
            for (place, text) in texts.enumerated() {
                let schema = schemas[(place * 7 + round) % schemas.count]
                let noted = try parser.parse(text) { schema.isValid($0) }
                #expect(try noted == verdict(schema, text), "\(String(decoding: text, as: UTF8.self))")
            }
        }
    }

    @Test func lengthsCountCharactersOfEveryWidth() throws {
        for (character, count) in [("a", 2_100), ("é", 1_030), ("居", 703), ("𠮷", 515), ("居a", 401)] {
            let length = count * character.unicodeScalars.count
            let exact = try compiled(#"{"minLength":\#(length),"maxLength":\#(length)}"#)
            let text = String(repeating: character, count: count)
            #expect(try verdict(exact, Array("\"\(text)\"".utf8)))
            #expect(try !verdict(exact, Array("\"\(text)é\"".utf8)))
            #expect(try !verdict(exact, Array("\"\(text.dropLast())\"".utf8)))
        }
    }

    @Test func everyWordOfALongListIsFound() throws {
        let words = (0..<300).map { "word-\($0)-\(String(repeating: "x", count: $0 % 23))" }
        for count in [1, 3, 9, 34, 63, 64, 65, 300] {
            let listed = words.prefix(count).map { "\"\($0)\"" }
            let schema = try compiled(#"{"enum":[\#(listed.joined(separator: ","))]}"#)
            for word in listed { #expect(try verdict(schema, Array(word.utf8))) }
            for word in words.dropFirst(count) { #expect(try !verdict(schema, Array("\"\(word)\"".utf8))) }
            #expect(try !verdict(schema, Array(#""word-0""#.utf8)))
        }
    }

    private func compiled(_ schema: String) throws -> Schema { try Schema(Array(schema.utf8)) }

    private func verdict(_ schema: Schema, _ text: [UInt8]) throws -> Bool {
        try JSONParser().parse(text) { schema.isValid($0) }
    }
}
