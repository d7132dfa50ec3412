/// Finds schemas that apply themselves to parts of an instance in more than one way at once, such as
/// `{"anyOf": [{"items": {"$ref": "#"}}, {"items": {"$ref": "#"}}]}`: their evaluation may double with each level of the
/// instance, so it is left to the evaluator, which counts its steps.
struct BranchingRecursion {
    private let subschemas: [Subschema]
    /// Subschemas of a component reach each other.
    private let components: [Int]

    static func isIn(_ program: Program) -> Bool {
        let check = BranchingRecursion(subschemas: program.subschemas)
        return program.subschemas.indices.contains(where: check.branches)
    }

    private init(subschemas: [Subschema]) {
        self.subschemas = subschemas
        components = Components(subschemas.map { $0.keywords.flatMap { $0.rule.inPlace + $0.rule.children } }).numbers
    }

    /// Whether two ways back to the subschema can be taken for the same value.
    private func branches(_ number: Int) -> Bool {
        var inPlace = 0
        var (members, patterns, items, contained) = (0, 0, 0, 0)
        for keyword in subschemas[number].keywords {
            inPlace += returning(keyword.rule.inPlace, to: number)
            let children = returning(keyword.rule.children, to: number)
            switch keyword.rule {
            case .patternProperties: patterns += children
            case .contains: contained += children
            case .prefixItems, .items, .unevaluatedItems: items += children
            // Members of other names are others' parts.
            default: members += min(children, 1)
            }
        }
        let isManifold = { (count: Int, others: Int) in count > 1 || count == 1 && others > 0 }
        return isManifold(inPlace, members + patterns + items + contained) || isManifold(patterns, members)
            || isManifold(contained, items)
    }

    private func returning(_ targets: [Int], to number: Int) -> Int {
        targets.count { components[$0] == components[number] }
    }
}

extension Rule {
    /// The subschemas that are applied to parts of the instance.
    var children: [Int] {
        switch self {
        case .prefixItems(let schemas), .properties(_, let schemas): schemas
        case .items(let schema, _), .contains(let schema, _, _), .unevaluatedItems(let schema),
            .additionalProperties(let schema, _, _), .propertyNames(let schema), .unevaluatedProperties(let schema):
            [schema]
        case .patternProperties(let rules, _): rules.map(\.schema)
        default: []
        }
    }
}

/// The strongly connected components of a graph, after S. Rao Kosaraju; no recursion, so that no schema is too deep.
private struct Components {
    /// The component of each node. A node that does not reach itself has one of its own, which no edge returns to.
    private(set) var numbers: [Int]

    init(_ edges: [[Int]]) {
        var order: [Int] = []
        var isSeen = [Bool](repeating: false, count: edges.count)
        for start in edges.indices where !isSeen[start] {
            var path = [(node: start, next: 0)]
            isSeen[start] = true
            while let (node, next) = path.last {
                if next < edges[node].count {
                    path[path.count - 1].next += 1
                    let target = edges[node][next]
                    if !isSeen[target] {
                        isSeen[target] = true
                        path.append((target, 0))
                    }
                } else {
                    order.append(node)
                    path.removeLast()
                }
            }
        }
        numbers = Array(repeating: -1, count: edges.count)
        spread(order.reversed(), over: Self.reversed(edges))
    }

    private mutating func spread(_ order: some Sequence<Int>, over edges: [[Int]]) {
        for (component, start) in order.enumerated() where numbers[start] < 0 {
            var waiting = [start]
            numbers[start] = component
            while let node = waiting.popLast() {
                for target in edges[node] where numbers[target] < 0 {
                    numbers[target] = component
                    waiting.append(target)
                }
            }
        }
    }

    private static func reversed(_ edges: [[Int]]) -> [[Int]] {
        var result = [[Int]](repeating: [], count: edges.count)
        for (node, targets) in edges.enumerated() {
            for target in targets { result[target].append(node) }
        }
        return result
    }
}
