extension KeywordSource {
    /// The rule of a keyword of the validation vocabulary (draft 2020-12, validation, section 6).
    func assertion() throws(SchemaError) -> Rule? {
        switch name {
        case "type": return try typeRule()
        case "const": return .constant(value)
        case "enum": return .enumeration(Enumeration(try elements()))
        case "minimum": return try bound(.minimum)
        case "exclusiveMinimum": return try bound(.exclusiveMinimum)
        case "maximum": return try bound(.maximum)
        case "exclusiveMaximum": return try bound(.exclusiveMaximum)
        case "multipleOf": return .multipleOf(try divisor())
        case "minLength": return .length(.atLeast(try count()))
        case "maxLength": return .length(.atMost(try count()))
        case "pattern": return .pattern(try pattern(string()))
        default: return try containerAssertion()
        }
    }

    private func containerAssertion() throws(SchemaError) -> Rule? {
        switch name {
        case "minItems": return .itemCount(.atLeast(try count()))
        case "maxItems": return .itemCount(.atMost(try count()))
        case "uniqueItems":
            guard case .bool(let isAsked) = value else { throw refuse("a boolean") }
            return isAsked ? .uniqueItems : nil
        case "minProperties": return .memberCount(.atLeast(try count()))
        case "maxProperties": return .memberCount(.atMost(try count()))
        case "required": return .required(try names())
        case "dependentRequired": return try dependentRequired()
        default: return nil
        }
    }

    private func typeRule() throws(SchemaError) -> Rule {
        let names = value.string == nil ? try names() : [try string()]
        var types: TypeSet = []
        for name in names {
            guard let type = TypeSet(name: name) else { throw refuse("a name of a type, or an array of such") }
            types.formUnion(type)
        }
        return .type(types, names: names.joined(separator: " or "))
    }

    private func bound(_ side: NumberBound.Side) throws(SchemaError) -> Rule {
        let limit = try number()
        return .bound(NumberBound(side: side, limit: limit, small: limit.small))
    }

    private func divisor() throws(SchemaError) -> ExactNumber {
        let divisor = try number()
        guard !divisor.isZero, !divisor.isNegative, divisor.significand != nil else {
            throw refuse("a number above zero with at most 37 significant digits")
        }
        return divisor
    }

    private func dependentRequired() throws(SchemaError) -> Rule {
        var dependencies: [(trigger: String, names: [String])] = []
        for member in try members() {
            dependencies.append((member.name, try Self.names(member.value, of: self)))
        }
        return .dependentRequired(dependencies)
    }
}
