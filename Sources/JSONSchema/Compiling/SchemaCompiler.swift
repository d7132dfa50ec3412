/// Turns the documents of a registry into a program, beginning at one place and following every reference.
struct SchemaCompiler {
    let registry: SchemaRegistry
    let assertsFormat: Bool

    /// Schemas that may be compiled inside each other.
    private static let maximumDepth = 500

    private(set) var subschemas: [Subschema] = []
    private var depth = 0
    private var numbers: [String: Int] = [:]
    private var resources: [String: Int] = [:]
    private var dialects: [String: Dialect] = [:]
    /// Names of `$dynamicRef` that may resolve elsewhere than they first do.
    private var dynamicNames: Set<String> = []
    private var dynamicAnchors: [DynamicAnchor: Int] = [:]

    init(registry: SchemaRegistry, assertsFormat: Bool) {
        self.registry = registry
        self.assertsFormat = assertsFormat
    }

    /// Programs that begin at each of the places and share their subschemas.
    mutating func compile(_ roots: [SchemaPlace]) throws(SchemaError) -> [Program] {
        var numbers: [Int] = []
        for root in roots { numbers.append(try number(of: root)) }
        try compileDynamicAnchors()
        try EndlessReferenceCheck.run(subschemas)
        let (subschemas, dynamicAnchors) = (subschemas, dynamicAnchors)
        return numbers.map { Program(subschemas: subschemas, root: $0, dynamicAnchors: dynamicAnchors) }
    }

    /// The number of the subschema at a place, compiled on the first call.
    mutating func number(of place: SchemaPlace) throws(SchemaError) -> Int {
        let place = place.entered()
        if let number = numbers[place.location] { return number }
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else {
            throw place.error(.tooDeep, "schemas contain and refer to each other more than \(Self.maximumDepth) deep")
        }
        let number = subschemas.count
        numbers[place.location] = number
        subschemas.append(Subschema(resource: resourceNumber(place.resource), location: place.location))
        switch place.value {
        case .bool(let verdict): subschemas[number].verdict = verdict
        case .object(let members): try compileKeywords(members, of: number, at: place)
        default: throw place.error(.invalidKeyword, "a schema must be an object or a boolean")
        }
        return number
    }

    private mutating func resourceNumber(_ resource: String) -> Int {
        let number = resources[resource] ?? resources.count
        resources[resource] = number
        return number
    }

    private mutating func compileKeywords(
        _ members: [SchemaValue.Member], of number: Int, at place: SchemaPlace
    ) throws(SchemaError) {
        let dialect = try self.dialect(at: place)
        var keywords: [Keyword] = []
        var last: [Keyword] = []
        for member in members {
            guard let rule = try rule(for: member, at: place, in: dialect) else { continue }
            let keyword = Keyword(name: member.name, rule: rule)
            if member.name.hasPrefix("unevaluated") { last.append(keyword) } else { keywords.append(keyword) }
        }
        subschemas[number].keywords = keywords + last
        subschemas[number].needsMarks = !last.isEmpty
    }

    private mutating func rule(
        for member: SchemaValue.Member, at place: SchemaPlace, in dialect: Dialect
    ) throws(SchemaError) -> Rule? {
        let source = KeywordSource(name: member.name, value: member.value, schema: place)
        if dialect.vocabularies.contains(.validation), let rule = try source.assertion() { return rule }
        if dialect.vocabularies.contains(.applicator), let rule = try applicator(source) { return rule }
        if dialect.vocabularies.contains(.unevaluated), let rule = try unevaluated(source) { return rule }
        if member.name == "format", assertsFormat || dialect.vocabularies.contains(.formatAssertion) {
            return try Format(rawValue: source.string()).map { .format($0) }
        }
        return try reference(source)
    }

    private mutating func dialect(at place: SchemaPlace) throws(SchemaError) -> Dialect {
        if let known = dialects[place.resource] { return known }
        let dialect = try Dialect(registry.resources[place.resource]?.dialect, registry: registry, place: place)
        dialects[place.resource] = dialect
        return dialect
    }

    mutating func mayBeDynamic(_ name: String) { dynamicNames.insert(name) }

    /// Compiles what dynamic references may reach: each target may bring new resources and new references.
    private mutating func compileDynamicAnchors() throws(SchemaError) {
        var before = -1
        while before != subschemas.count {
            before = subschemas.count
            for (resource, number) in resources {
                for name in dynamicNames {
                    guard let anchor = registry.anchors[AnchorName(resource: resource, name: name)], anchor.isDynamic
                    else { continue }
                    dynamicAnchors[DynamicAnchor(resource: number, name: name)] = try self.number(of: anchor.place)
                }
            }
        }
    }
}
