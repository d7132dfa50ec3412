import JSONSchema
import Testing

@Suite struct SchemaViolationTests {
    @Test func tellsWhereAndWhat() throws {
        let found = try violations(
            of: #"{"person": {"sex": "9", "a/b": true}}"#,
            by: """
                {"$id": "https://example.org/envelope",
                 "properties": {"person": {"$ref": "#/$defs/person"}},
                 "$defs": {"person": {
                    "properties": {"sex": {"enum": ["1", "2"]}, "a/b": {"type": "string"}}, "required": ["name"]}}}
                """)
        #expect(
            found == [
                SchemaViolation(
                    keyword: "enum", instanceLocation: "/person/sex",
                    keywordLocation: "/properties/person/$ref/properties/sex/enum",
                    absoluteKeywordLocation: "https://example.org/envelope#/$defs/person/properties/sex/enum",
                    member: nil, message: "the value is not one of those that are allowed"),
                SchemaViolation(
                    keyword: "type", instanceLocation: "/person/a~1b",
                    keywordLocation: "/properties/person/$ref/properties/a~1b/type",
                    absoluteKeywordLocation: "https://example.org/envelope#/$defs/person/properties/a~1b/type",
                    member: nil, message: "the value must be of type string"),
                SchemaViolation(
                    keyword: "required", instanceLocation: "/person",
                    keywordLocation: "/properties/person/$ref/required",
                    absoluteKeywordLocation: "https://example.org/envelope#/$defs/person/required",
                    member: "name", message: "the member is missing"),
            ])
    }

    @Test func hasNoAbsoluteLocationWithoutURI() throws {
        let found = try violations(of: "[0, -1]", by: #"{"items": {"minimum": 0}}"#)
        #expect(found.map(\.absoluteKeywordLocation) == [nil])
        #expect(found.map(\.instanceLocation) == ["/1"])
        #expect(found.map(\.keywordLocation) == ["/items/minimum"])
    }

    @Test func namesUnknownMembersAtTheirObject() throws {
        for keyword in ["additionalProperties", "unevaluatedProperties"] {
            let found = try violations(
                of: #"{"a": 1, "b": {}, "c": []}"#, by: #"{"properties": {"a": true}, "\#(keyword)": false}"#)
            #expect(found.map(\.member) == ["b", "c"])
            #expect(found.map(\.keyword) == [keyword, keyword])
            #expect(found.map(\.instanceLocation) == ["", ""])
        }
    }

    @Test func doesNotCallTheMembersOfAFailedSubschemaUnknown() throws {
        let found = try violations(
            of: #"{"a": 1, "b": 2, "c": 3}"#,
            by: """
                {"allOf": [{"properties": {"a": {"type": "string"}, "b": true}}], "unevaluatedProperties": false}
                """)
        #expect(found.map(\.keyword) == ["type", "unevaluatedProperties"])
        #expect(found.map(\.member) == [nil, "c"])
    }

    @Test(arguments: ["anyOf", "oneOf"])
    func tellsABranchingKeywordOnce(keyword: String) throws {
        let found = try violations(of: "true", by: #"{"\#(keyword)": [{"type": "string"}, {"type": "null"}]}"#)
        #expect(found.map(\.keywordLocation) == ["/\(keyword)"])
    }

    @Test func followsTheBranchThatIsTaken() throws {
        let schema = #"{"if": {"type": "string"}, "then": {"minLength": 2}, "else": {"minimum": 3}}"#
        #expect(try violations(of: "\"a\"", by: schema).map(\.keywordLocation) == ["/then/minLength"])
        #expect(try violations(of: "1", by: schema).map(\.keywordLocation) == ["/else/minimum"])
    }

    @Test func keepsToTheLimit() throws {
        let instance = "[" + Array(repeating: "1", count: 100).joined(separator: ",") + "]"
        let schema = #"{"items": {"type": "string"}}"#
        #expect(try violations(of: instance, by: schema, limit: 5).count == 5)
        #expect(try violations(of: instance, by: schema).count == 64)
    }

    @Test func neverRepeatsAValue() throws {
        let secret = "110101199003070038"
        let schema =
            #"{"allOf": [{"maxLength": 1}, {"pattern": "^x"}, {"const": 1}, {"enum": []}, {"format": "date"}, false]}"#
        let found = try violations(of: quoted(secret), by: schema)
        #expect(found.count == 6)
        #expect(!found.contains { "\($0)".contains(secret) })
    }

    @Test func isEmptyForAValidInstance() throws {
        #expect(try violations(of: "1", by: "{}").isEmpty)
    }
}
