import JSONSchema

extension Report {
    /// Adds what a schema found, as the violation codes of the interchange.
    mutating func add(_ found: [SchemaViolation]) {
        let mistyped = Set(found.filter { $0.keyword == "type" }.map(\.instanceLocation))
        for violation in found {
            // A value of the wrong type is in no list and has no form either.
            if violation.keyword != "type", violation.member == nil, mistyped.contains(violation.instanceLocation) {
                continue
            }
            let code = ViolationCode(violation)
            let pointer = violation.pointer
            if !has(code, at: pointer) { add(code, at: pointer) }
        }
    }
}

extension ViolationCode {
    fileprivate init(_ violation: SchemaViolation) {
        switch violation.keyword {
        case "required": self = .required
        case "type": self = .type
        case "pattern": self = .format
        case "format": self = violation.isAboutDate ? .dateInvalid : .format
        case "minLength", "maxLength": self = .length
        case "unevaluatedProperties", "additionalProperties": self = .unknownField
        case "enum": self = .codeUnknown
        default: self = .schema
        }
    }
}

extension SchemaViolation {
    /// Whether the form that failed is that of a day; other forms, an instant too, are `FORMAT`.
    fileprivate var isAboutDate: Bool {
        absoluteKeywordLocation?.hasSuffix("common.json#/$defs/date/format") ?? false
    }

    /// The place of the missing or unknown member itself.
    fileprivate var pointer: String {
        guard let member else { return instanceLocation }
        return instanceLocation + "/"
            + member.split(separator: "~", omittingEmptySubsequences: false)
            .joined(separator: "~0").split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
    }
}
