import JSONTape

extension [UInt8] {
    /// Appends a violation as an output unit of the form `basic` (JSON Schema 2020-12, core, section 12): an object with
    /// `valid`, `keywordLocation`, `absoluteKeywordLocation` when the schema has a URI, `instanceLocation` and `error`.
    public mutating func append(outputUnit violation: SchemaViolation) {
        append(contentsOf: "{\"valid\":false,\"keywordLocation\":".utf8)
        append(jsonString: violation.keywordLocation)
        if let location = violation.absoluteKeywordLocation {
            append(contentsOf: ",\"absoluteKeywordLocation\":".utf8)
            append(jsonString: location)
        }
        append(contentsOf: ",\"instanceLocation\":".utf8)
        append(jsonString: violation.instanceLocation)
        append(contentsOf: ",\"error\":".utf8)
        append(jsonString: violation.member.map { "\(violation.message): \($0)" } ?? violation.message)
        append(UInt8(ascii: "}"))
    }
}
