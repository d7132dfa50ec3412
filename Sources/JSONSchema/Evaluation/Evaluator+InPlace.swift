import JSONTape

/// Keywords that apply subschemas to the same instance.
extension Evaluator {
    mutating func applyInPlace(_ rule: Rule, _ frame: Frame, _ view: JSONView, _ marks: inout Marks) -> Bool {
        switch rule {
        case .reference(let target): return descend(target, view, &marks, at: frame.keyword)
        case .dynamicReference(let initial, let name):
            return descend(dynamicTarget(initial, name), view, &marks, at: frame.keyword)
        case .allOf(let schemas): return allOf(schemas, frame, view, &marks)
        case .anyOf(let schemas): return anyOf(schemas, frame, view, &marks)
        case .oneOf(let schemas): return oneOf(schemas, frame, view, &marks)
        case .not(let schema):
            var unused = Marks.unneeded
            guard probe(schema, view, &unused) else { return true }
            return fail(frame, view, Failure(message: "the value is of a form that is excluded"))
        case .condition(let condition, let then, let other):
            return branch(condition, then, other, view, &marks)
        default: return true
        }
    }

    private mutating func allOf(_ schemas: [Int], _ frame: Frame, _ view: JSONView, _ marks: inout Marks) -> Bool {
        var isValid = true
        for (index, schema) in schemas.enumerated() {
            if descend(schema, view, &marks, at: frame.keyword, String(index)) { continue }
            isValid = false
            if collector == nil { break }
        }
        return isValid
    }

    private mutating func anyOf(_ schemas: [Int], _ frame: Frame, _ view: JSONView, _ marks: inout Marks) -> Bool {
        var isValid = false
        for schema in schemas {
            isValid = probe(schema, view, &marks) || isValid
            // Every branch that holds adds its annotations.
            if isValid, !marks.isNeeded { break }
        }
        if !isValid { marks.insertAll() }
        return isValid || fail(frame, view, Failure(message: "the value is of none of the allowed forms"))
    }

    private mutating func oneOf(_ schemas: [Int], _ frame: Frame, _ view: JSONView, _ marks: inout Marks) -> Bool {
        var matches = 0
        for schema in schemas where probe(schema, view, &marks) {
            matches += 1
            if matches == 2 { break }
        }
        if matches == 1 { return true }
        marks.insertAll()
        let message =
            matches == 0 ? "the value is of none of the allowed forms" : "the value is of several forms at once"
        return fail(frame, view, Failure(message: message))
    }

    private mutating func branch(
        _ condition: Int, _ then: Int?, _ other: Int?, _ view: JSONView, _ marks: inout Marks
    ) -> Bool {
        let holds = probe(condition, view, &marks)
        guard let schema = holds ? then : other else { return true }
        return descend(schema, view, &marks, at: holds ? "then" : "else")
    }
}
