import JSONSchema
import Testing

@Suite struct SchemaRegistryTests {
    @Test func resolvesReferencesAcrossDocuments() throws {
        var registry = SchemaRegistry()
        try registry.add(
            Array(
                ##"{"$id": "https://example.org/schemas/person", "$defs": {"sex": {"$anchor": "sex", "enum": ["1"]}}}"##
                    .utf8))
        try registry.add(Array(##"{"$ref": "person#sex"}"##.utf8), at: "https://example.org/schemas/code")
        let schema = #"{"$id": "https://example.org/schemas/a", "items": {"$ref": "code"}}"#
        #expect(try isValid(#"["1"]"#, by: schema, registry: registry))
        #expect(try !isValid(#"["2"]"#, by: schema, registry: registry))
    }

    @Test func servesADocumentUnderItsPlaceAndItsID() throws {
        var registry = SchemaRegistry()
        try registry.add(Array(#"{"$id": "b", "type": "null"}"#.utf8), at: "https://example.org/a")
        for reference in ["https://example.org/a", "https://example.org/b"] {
            #expect(try isValid("null", by: #"{"$ref": "\#(reference)"}"#, registry: registry))
            #expect(try !isValid("1", by: #"{"$ref": "\#(reference)"}"#, registry: registry))
        }
    }

    @Test func holdsTheMetaschemas() throws {
        let schema = #"{"$ref": "https://json-schema.org/draft/2020-12/schema"}"#
        #expect(try isValid(#"{"type": "object", "properties": {"a": {"minLength": 1}}}"#, by: schema))
        #expect(try !isValid(#"{"type": "object", "properties": {"a": {"minLength": -1}}}"#, by: schema))
    }

    @Test func refusesASecondDocumentOfTheSameURI() throws {
        var registry = SchemaRegistry()
        try registry.add(Array("{}".utf8), at: "https://example.org/a")
        let error = #expect(throws: SchemaError.self) {
            try registry.add(Array("{}".utf8), at: "https://example.org/a")
        }
        #expect(error?.code == .duplicateIdentifier)
    }

    @Test(
        arguments: [
            ("{", .invalidJSON), ("1", .invalidKeyword), (#"{"type": "text"}"#, .invalidKeyword),
            (#"{"minLength": -1}"#, .invalidKeyword), (#"{"properties": {"a": 1}}"#, .invalidKeyword),
            (#"{"multipleOf": 0}"#, .invalidKeyword), (#"{"pattern": "("}"#, .invalidPattern),
            (#"{"pattern": "(?=a)"}"#, .invalidPattern), (##"{"$ref": "#/$defs/a"}"##, .unresolvedReference),
            (#"{"$ref": "https://example.org/missing"}"#, .unresolvedReference),
            (##"{"$ref": "#a"}"##, .unresolvedReference),
            (##"{"$ref": "#"}"##, .endlessReference), (##"{"anyOf": [{"not": {"$ref": "#"}}]}"##, .endlessReference),
            (#"{"$schema": "http://json-schema.org/draft-07/schema#"}"#, .unsupportedDialect),
            (##"{"$defs": {"a": {"$anchor": "x"}, "b": {"$anchor": "x"}}}"##, .duplicateIdentifier),
            (##"{"$ref": "#%zz"}"##, .invalidURI),
        ] as [(String, SchemaError.Code)])
    func refusesSchemasThatCannotWork(text: String, code: SchemaError.Code) {
        let error = #expect(throws: SchemaError.self) { try Schema(Array(text.utf8)) }
        #expect(error?.code == code)
        #expect(error?.remedy.isEmpty == false)
    }

    @Test func tellsTheSchemasPlace() {
        let text = #"{"$id": "https://example.org/a", "properties": {"b": {"minimum": "1"}}}"#
        #expect(
            throws: SchemaError(
                code: .invalidKeyword, location: "https://example.org/a#/properties/b/minimum",
                message: "minimum must be a number")
        ) { try Schema(Array(text.utf8)) }
    }
}
