/// A compiled schema: every subschema that can be reached, by number.
final class Program: Sendable {
    let subschemas: [Subschema]
    let root: Int
    /// Subschemas with `$dynamicAnchor`, by resource and name.
    let dynamicAnchors: [DynamicAnchor: Int]

    init(subschemas: [Subschema], root: Int, dynamicAnchors: [DynamicAnchor: Int]) {
        self.subschemas = subschemas
        self.root = root
        self.dynamicAnchors = dynamicAnchors
    }
}

struct DynamicAnchor: Sendable, Hashable {
    /// The resource's number.
    var resource: Int
    var name: String
}

/// One schema object, or a boolean.
struct Subschema: Sendable {
    /// Set for a boolean schema.
    var verdict: Bool?
    /// The number of the resource that it belongs to.
    var resource: Int
    /// Its own place: the resource's URI and a JSON Pointer.
    var location: String
    /// In the order of evaluation: those that need annotations of the others last.
    var keywords: [Keyword] = []
    /// Whether it has `unevaluatedItems` or `unevaluatedProperties`.
    var needsMarks = false
}

struct Keyword: Sendable {
    var name: String
    var rule: Rule
}

/// What a keyword asks. Subschemas are given by number.
enum Rule: Sendable {
    case type(TypeSet, names: String)
    case constant(SchemaValue)
    case enumeration(Enumeration)
    case bound(NumberBound)
    case multipleOf(ExactNumber)
    case length(CountBound)
    case pattern(Pattern)
    case format(Format)
    case itemCount(CountBound)
    case uniqueItems
    case memberCount(CountBound)
    case required([String])
    case dependentRequired([(trigger: String, names: [String])])

    case reference(Int)
    case dynamicReference(initial: Int, anchor: String)
    case allOf([Int])
    case anyOf([Int])
    case oneOf([Int])
    case not(Int)
    case condition(if: Int, then: Int?, else: Int?)
    case dependentSchemas([(trigger: String, schema: Int)])

    case prefixItems([Int])
    case items(Int, after: Int)
    case contains(Int, atLeast: Int, atMost: Int?)
    case unevaluatedItems(Int)
    case properties(NameTable, [Int])
    case patternProperties([(pattern: Pattern, schema: Int)], sources: [String])
    case additionalProperties(Int, known: NameTable, patterns: [Pattern])
    case propertyNames(Int)
    case unevaluatedProperties(Int)
}

/// A bound on a number's value.
struct NumberBound: Sendable {
    enum Side: Sendable { case minimum, exclusiveMinimum, maximum, exclusiveMaximum }

    var side: Side
    var limit: ExactNumber
    /// The limit, when it is an integer of at most 18 digits.
    var small: Int?

    func allows(_ value: ExactNumber) -> Bool {
        switch side {
        case .minimum: value >= limit
        case .exclusiveMinimum: value > limit
        case .maximum: value <= limit
        case .exclusiveMaximum: value < limit
        }
    }

    func allows(_ value: Int, small: Int) -> Bool {
        switch side {
        case .minimum: value >= small
        case .exclusiveMinimum: value > small
        case .maximum: value <= small
        case .exclusiveMaximum: value < small
        }
    }
}

/// A bound on a number of characters, items or members.
enum CountBound: Sendable {
    case atLeast(Int)
    case atMost(Int)

    func allows(_ count: Int) -> Bool {
        switch self {
        case .atLeast(let limit): count >= limit
        case .atMost(let limit): count <= limit
        }
    }
}

/// The values of `enum`, its strings ready to be looked up.
struct Enumeration: Sendable {
    var strings: NameTable
    var others: [SchemaValue]

    init(_ values: [SchemaValue]) {
        strings = NameTable(values.compactMap(\.string))
        others = values.filter { $0.string == nil }
    }
}
