extension SchemaCompiler {
    /// The rule of a keyword of the applicator vocabulary (draft 2020-12, core, section 10).
    mutating func applicator(_ source: KeywordSource) throws(SchemaError) -> Rule? {
        switch source.name {
        case "allOf": return .allOf(try numbers(of: source))
        case "anyOf": return .anyOf(try numbers(of: source))
        case "oneOf": return .oneOf(try numbers(of: source))
        case "not": return .not(try number(of: source))
        case "if": return try condition(source)
        case "dependentSchemas": return try dependentSchemas(source)
        case "prefixItems": return .prefixItems(try numbers(of: source))
        case "items":
            return .items(try number(of: source), after: source.schema.value["prefixItems"]?.elements?.count ?? 0)
        case "contains": return try contains(source)
        case "properties": return try properties(source)
        case "patternProperties": return try patternProperties(source)
        case "additionalProperties": return try additionalProperties(source)
        case "propertyNames": return .propertyNames(try number(of: source))
        default: return nil
        }
    }

    /// The rule of a keyword of the unevaluated vocabulary (draft 2020-12, core, section 11).
    mutating func unevaluated(_ source: KeywordSource) throws(SchemaError) -> Rule? {
        switch source.name {
        case "unevaluatedItems": return .unevaluatedItems(try number(of: source))
        case "unevaluatedProperties": return .unevaluatedProperties(try number(of: source))
        default: return nil
        }
    }

    private mutating func number(of source: KeywordSource) throws(SchemaError) -> Int {
        try number(of: source.place(source.value))
    }

    private mutating func numbers(of source: KeywordSource) throws(SchemaError) -> [Int] {
        var numbers: [Int] = []
        for (index, value) in try source.elements().enumerated() {
            numbers.append(try number(of: source.place(value, String(index))))
        }
        return numbers
    }

    private mutating func condition(_ source: KeywordSource) throws(SchemaError) -> Rule {
        let schema = source.schema
        let condition = try number(of: source)
        var branches: [Int?] = []
        for name in ["then", "else"] {
            branches.append(
                try schema.value[name].map { value throws(SchemaError) in
                    try number(of: schema.child(value, name))
                })
        }
        return .condition(if: condition, then: branches[0], else: branches[1])
    }

    private mutating func dependentSchemas(_ source: KeywordSource) throws(SchemaError) -> Rule {
        var dependencies: [(trigger: String, schema: Int)] = []
        for member in try source.members() {
            dependencies.append((member.name, try number(of: source.place(member.value, member.name))))
        }
        return .dependentSchemas(dependencies)
    }

    private mutating func contains(_ source: KeywordSource) throws(SchemaError) -> Rule {
        // The bounds belong to another vocabulary, but say nothing without this keyword.
        func bound(_ name: String) throws(SchemaError) -> Int? {
            try source.schema.value[name].map { value throws(SchemaError) in
                try KeywordSource(name: name, value: value, schema: source.schema).count()
            }
        }
        return .contains(
            try number(of: source), atLeast: try bound("minContains") ?? 1, atMost: try bound("maxContains"))
    }

    private mutating func properties(_ source: KeywordSource) throws(SchemaError) -> Rule {
        let members = try source.members()
        var numbers: [Int] = []
        for member in members { numbers.append(try number(of: source.place(member.value, member.name))) }
        return .properties(NameTable(members.map(\.name)), numbers)
    }

    private mutating func patternProperties(_ source: KeywordSource) throws(SchemaError) -> Rule {
        var rules: [(pattern: Pattern, schema: Int)] = []
        for member in try source.members() {
            let schema = try number(of: source.place(member.value, member.name))
            rules.append((try source.pattern(member.name), schema))
        }
        return .patternProperties(rules, sources: try source.members().map(\.name))
    }

    private mutating func additionalProperties(_ source: KeywordSource) throws(SchemaError) -> Rule {
        let schema = source.schema.value
        var patterns: [Pattern] = []
        for member in schema["patternProperties"]?.members ?? [] { patterns.append(try source.pattern(member.name)) }
        let known = NameTable(schema["properties"]?.members?.map(\.name) ?? [])
        return .additionalProperties(try number(of: source), known: known, patterns: patterns)
    }
}
