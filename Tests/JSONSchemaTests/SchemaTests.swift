import JSONSchema
import JSONTape
import Testing

@Suite struct SchemaTests {
    /// The shape of an exchange envelope: closed objects put together from several documents.
    private static let envelope = ##"""
        {"$id": "https://example.org/arrival", "$ref": "envelope",
         "properties": {"content": {
            "type": "object", "required": ["arrival"], "unevaluatedProperties": false,
            "properties": {"arrival": {"type": "string", "format": "date"}, "reason": {"enum": ["01", "02"]},
                           "members": {"type": "array", "maxItems": 2, "items": {"$ref": "envelope#/$defs/person"}}},
            "if": {"properties": {"reason": {"const": "02"}}, "required": ["reason"]},
            "then": {"properties": {"employer": {"type": "string", "minLength": 2}}, "required": ["employer"]}}},
         "required": ["content"], "unevaluatedProperties": false}
        """##
    private static let shared = ##"""
        {"$id": "https://example.org/envelope", "type": "object", "required": ["version", "person"],
         "properties": {"version": {"type": "integer", "minimum": 1}, "person": {"$ref": "#/$defs/person"}},
         "$defs": {"person": {"type": "object", "required": ["name"], "unevaluatedProperties": false,
            "properties": {"name": {"type": "string", "minLength": 1, "maxLength": 4},
                           "number": {"type": "string", "pattern": "^[0-9]{17}[0-9X]$"}}}}}
        """##

    private func isValidEnvelope(_ instance: String) throws -> Bool {
        var registry = SchemaRegistry()
        try registry.add(Array(Self.shared.utf8))
        return try isValid(instance, by: Self.envelope, registry: registry)
    }

    @Test(arguments: [
        #"{"version": 1, "person": {"name": "王芳"}, "content": {"arrival": "2024-02-29"}}"#,
        #"{"content": {"reason": "02", "employer": "工厂", "arrival": "2024-02-29"}, "person": {"name": "a"}, "version": 1.0}"#,
        #"{"version": 1, "person": {"n\u0061me": "阿卜杜拉", "number": "11010119900307003X"}, "content": {"arrival": "2024-02-29", "members": [{"name": "a"}]}}"#,
        #"{"version": 1, "person": {"name": "\u738b\u82b3\ud83d\ude00"}, "content": {"reason": "0\u0031", "arrival": "2024\u002d02-29"}}"#,
    ])
    func acceptsEnvelopes(instance: String) throws { #expect(try isValidEnvelope(instance)) }

    @Test(arguments: [
        #"{"version": 0, "person": {"name": "王芳"}, "content": {"arrival": "2024-02-29"}}"#,
        #"{"version": 1.5, "person": {"name": "王芳"}, "content": {"arrival": "2024-02-29"}}"#,
        #"{"version": 1, "person": {"name": "阿卜杜拉汗"}, "content": {"arrival": "2024-02-29"}}"#,
        #"{"version": 1, "person": {"name": "王芳", "age": 3}, "content": {"arrival": "2024-02-29"}}"#,
        #"{"version": 1, "person": {"name": "王芳", "number": "1101011990030700"}, "content": {"arrival": "2024-02-29"}}"#,
        #"{"version": 1, "person": {"name": "王芳"}, "content": {"arrival": "2023-02-29"}}"#,
        #"{"version": 1, "person": {"name": "王芳"}, "content": {"arrival": "2024-02-29", "employer": "工厂"}}"#,
        #"{"version": 1, "person": {"name": "王芳"}, "content": {"arrival": "2024-02-29", "reason": "02"}}"#,
        #"{"version": 1, "person": {"name": "王芳"}, "content": {"arrival": "2024-02-29", "members": [{"name": ""}]}}"#,
        #"{"version": 1, "person": {"name": "王芳"}, "content": {"arrival": "2024-02-29"}, "extra": null}"#,
        #"{"version": 1, "person": {"name": "王芳"}}"#, "[]", "null",
    ])
    func refusesEnvelopes(instance: String) throws { #expect(try !isValidEnvelope(instance)) }

    @Test func comparesNumbersExactly() throws {
        #expect(try !isValid("9007199254740993", by: #"{"const": 9007199254740992}"#))
        #expect(try isValid("1.50e1", by: #"{"const": 15}"#))
        #expect(try !isValid("100000000000000000000000000000.1", by: #"{"maximum": 100000000000000000000000000000}"#))
        #expect(try isValid("-0", by: #"{"enum": [0]}"#))
        #expect(try isValid("0.3", by: #"{"multipleOf": 0.1}"#))
        #expect(try isValid("1e308", by: #"{"type": "integer", "multipleOf": 0.5}"#))
        #expect(try !isValid("1e-999999999999", by: #"{"maximum": 0}"#))
        #expect(try !isValid("-3", by: #"{"exclusiveMinimum": -3.0}"#))
    }

    @Test func tellsNamesApartThatOnlyLookAlike() throws {
        let composed = #"{"properties": {"é": {"type": "null"}}, "additionalProperties": false}"#
        #expect(try isValid(#"{"é": null}"#, by: composed))
        #expect(try !isValid(#"{"e\u0301": null}"#, by: composed))
        #expect(try !isValid(#""e\u0301""#, by: #"{"enum": ["é"]}"#))
    }

    @Test func findsEqualItemsAmongMany() throws {
        let many = (0..<200).map { "[\($0), {\"a\": \($0), \"b\": [true]}]" }
        let schema = #"{"uniqueItems": true}"#
        #expect(try isValid("[" + many.joined(separator: ",") + "]", by: schema))
        #expect(
            try !isValid("[" + (many + [#"[7.0, {"b": [true], "a": 70e-1}]"#]).joined(separator: ",") + "]", by: schema)
        )
    }

    @Test func handlesMoreNamesThanAMaskHasBits() throws {
        let names = (0..<150).map { "member\($0)" }
        let properties = names.map { "\"\($0)\": {\"type\": \"integer\"}" }.joined(separator: ",")
        let required = names.map { "\"\($0)\"" }.joined(separator: ",")
        let schema = "{\"properties\": {\(properties)}, \"required\": [\(required)], \"unevaluatedProperties\": false}"
        let members = names.map { "\"\($0)\": 1" }
        #expect(try isValid("{\(members.joined(separator: ","))}", by: schema))
        #expect(try !isValid("{\(members.dropLast().joined(separator: ","))}", by: schema))
        #expect(try !isValid("{\((members + ["\"x\": 1"]).joined(separator: ","))}", by: schema))
        #expect(try !isValid("{\((members.dropLast() + ["\"member149\": null"]).joined(separator: ","))}", by: schema))
    }

    @Test func judgesPartsOfAText() throws {
        let schema = try Schema(Array(#"{"required": ["b"], "properties": {"b": {"type": "string"}}}"#.utf8))
        try JSONParser().parse(Array(#"{"a": {"b": "x"}, "b": [{"b": 1}]}"#.utf8)) { view in
            let part = try #require(view["a"])
            #expect(schema.isValid(part))
            #expect(!schema.isValid(view))
            try view["b"]?.forEachElement { element in
                let violation = try #require(schema.violations(of: element).first)
                #expect(violation.instanceLocation == "/b")
            }
        }
    }

    @Test func servesManyTasksAtOnce() async throws {
        let schema = try Schema(Array(Self.shared.utf8))
        let results = try await withThrowingTaskGroup(of: Bool.self) { group in
            for version in 0..<64 {
                group.addTask {
                    try JSONParser().parse(Array(#"{"person":{"name":"a"},"version":\#(version)}"#.utf8)) {
                        schema.isValid($0)
                    }
                }
            }
            return try await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        #expect(results.count { $0 } == 63)
    }
}
