/// Refuses schemas that apply themselves to the same instance: their evaluation would not end.
struct EndlessReferenceCheck {
    private enum Mark { case new, open, done }

    private let subschemas: [Subschema]
    private var marks: [Mark]

    static func run(_ subschemas: [Subschema]) throws(SchemaError) {
        var check = EndlessReferenceCheck(
            subschemas: subschemas, marks: Array(repeating: .new, count: subschemas.count))
        for number in subschemas.indices { try check.visit(number) }
    }

    private mutating func visit(_ number: Int) throws(SchemaError) {
        switch marks[number] {
        case .done: return
        case .open:
            throw SchemaError(
                code: .endlessReference, location: subschemas[number].location,
                message: "the schema applies itself to the same instance")
        case .new: break
        }
        marks[number] = .open
        for keyword in subschemas[number].keywords {
            for next in keyword.rule.inPlace { try visit(next) }
        }
        marks[number] = .done
    }
}

extension Rule {
    /// The subschemas that are applied to the same instance.
    var inPlace: [Int] {
        switch self {
        case .reference(let schema), .dynamicReference(let schema, _), .not(let schema): [schema]
        case .allOf(let schemas), .anyOf(let schemas), .oneOf(let schemas): schemas
        case .condition(let condition, let then, let other): [condition, then, other].compactMap { $0 }
        case .dependentSchemas(let dependencies): dependencies.map(\.schema)
        default: []
        }
    }
}
