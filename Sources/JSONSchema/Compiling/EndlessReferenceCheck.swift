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

    /// Goes down every way from a subschema; without recursion, so that no chain of references is too long.
    private mutating func visit(_ start: Int) throws(SchemaError) {
        guard marks[start] == .new else { return }
        var path = [enter(start)]
        while let (number, rest) = path.last {
            guard let next = rest.first else {
                marks[number] = .done
                path.removeLast()
                continue
            }
            path[path.count - 1].rest = rest.dropFirst()
            switch marks[next] {
            case .done: break
            case .new: path.append(enter(next))
            case .open:
                throw SchemaError(
                    code: .endlessReference, location: subschemas[next].location,
                    message: "the schema applies itself to the same instance")
            }
        }
    }

    private mutating func enter(_ number: Int) -> (number: Int, rest: ArraySlice<Int>) {
        marks[number] = .open
        return (number, subschemas[number].keywords.flatMap { $0.rule.inPlace }[...])
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
