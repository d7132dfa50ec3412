/// What a schema applies to one instance, itself and through references, before it is turned into operations.
struct SitePlan {
    /// Member names that matter, each at its slot.
    private(set) var names: [String] = []
    private var slots: [String.UTF8Key: Int] = [:]
    /// Whether evaluated members are asked for.
    private(set) var needsMarks = false
    /// Whether a keyword is left to the evaluator.
    private(set) var hasForeignRules = false
    private var size = 0

    /// Subschemas that may be written out in one site.
    private static let maximumSize = 500

    /// Whether the whole site is left to the evaluator.
    var isForeign: Bool { names.count > 64 || size > Self.maximumSize || needsMarks && hasForeignRules }

    /// - Parameter numbers: the subschemas that all apply to the instance.
    init(_ numbers: [Int], in program: Program) {
        for number in numbers { visit(number, program) }
    }

    func slot(of name: String) -> Int? { slots[String.UTF8Key(name)] }

    func mask(of names: [String]) -> UInt64 {
        names.reduce(0) { mask, name in slot(of: name).map { mask | 1 << UInt64($0) } ?? mask }
    }

    /// The members that a subschema evaluates in any case, whatever it chooses.
    func certain(_ number: Int, in program: Program) -> UInt64 {
        program.subschemas[number].keywords.reduce(0) { mask, keyword in
            switch keyword.rule {
            case .properties(let table, _): return mask | self.mask(of: table.names)
            case .allOf, .reference:
                // One that has evaluated members of its own adds them when it holds.
                let parts = keyword.rule.inPlace.filter { !program.subschemas[$0].needsMarks }
                return parts.reduce(mask) { $0 | certain($1, in: program) }
            default: return mask
            }
        }
    }

    private mutating func visit(_ number: Int, _ program: Program) {
        size += 1
        guard size <= Self.maximumSize else { return }
        let subschema = program.subschemas[number]
        needsMarks = needsMarks || subschema.needsMarks
        if subschema.isForeign(in: program) {
            hasForeignRules = true
            return
        }
        for keyword in subschema.keywords {
            switch keyword.rule {
            case .properties(let table, _), .additionalProperties(_, let table, _): add(table.names)
            case .required(let names): add(names)
            default: break
            }
            for next in keyword.rule.inPlace { visit(next, program) }
        }
    }

    private mutating func add(_ new: [String]) {
        for name in new where slots[String.UTF8Key(name)] == nil {
            slots[String.UTF8Key(name)] = names.count
            names.append(name)
        }
    }
}

extension String {
    /// A string that equals only the same code points; `String` also equals canonical equivalents.
    struct UTF8Key: Hashable {
        private let bytes: [UInt8]

        init(_ text: String) { bytes = Array(text.utf8) }
    }
}

extension Subschema {
    /// Whether a keyword of the schema object itself is one that the machine does not run.
    func isForeign(in program: Program) -> Bool {
        keywords.contains { keyword in
            switch keyword.rule {
            case .dependentRequired, .dependentSchemas, .contains, .unevaluatedItems, .patternProperties,
                .propertyNames,
                .dynamicReference:
                true
            case .additionalProperties(let schema, _, let patterns):
                program.subschemas[schema].verdict == nil || !patterns.isEmpty
            case .unevaluatedProperties(let schema): program.subschemas[schema].verdict != false
            default: false
            }
        }
    }
}
