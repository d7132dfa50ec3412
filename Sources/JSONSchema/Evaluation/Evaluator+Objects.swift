import JSONTape

/// Keywords that look at the members of an object.
extension Evaluator {
    /// Nil when the rule is not about members.
    mutating func applyToObject(_ rule: Rule, _ frame: Frame, _ view: JSONView, _ marks: inout Marks) -> Bool? {
        switch rule {
        case .required(let names): return required(names, frame, view)
        case .dependentRequired(let dependencies):
            var isValid = true
            for (trigger, names) in dependencies where view[member: trigger] != nil {
                isValid = required(names, frame, view) && isValid
            }
            return isValid
        case .dependentSchemas(let dependencies):
            var isValid = true
            for (trigger, schema) in dependencies where view[member: trigger] != nil {
                isValid = descend(schema, view, &marks, at: frame.keyword, trigger) && isValid
            }
            return isValid
        case .properties(let table, let schemas): return properties(table, schemas, frame, view, &marks)
        case .patternProperties(let rules, let sources): return patternProperties(rules, sources, frame, view, &marks)
        case .additionalProperties(let schema, let known, let patterns):
            return rest(schema, frame, view, &marks) { name, _, _ in
                known.find(name) == nil && !patterns.contains { $0.matches(name) }
            }
        case .unevaluatedProperties(let schema):
            return rest(schema, frame, view, &marks) { _, position, marks in !marks.contains(position) }
        case .propertyNames(let schema): return propertyNames(schema, frame, view)
        default: return nil
        }
    }

    private mutating func required(_ names: [String], _ frame: Frame, _ view: JSONView) -> Bool {
        var isValid = true
        for name in names where view[member: name] == nil {
            isValid = fail(frame, view, Failure(message: "the member is missing", member: name))
            if collector == nil { break }
        }
        return isValid
    }

    private mutating func properties(
        _ table: NameTable, _ schemas: [Int], _ frame: Frame, _ view: JSONView, _ marks: inout Marks
    ) -> Bool {
        forEachMember(of: view) { evaluator, position, name, value in
            guard let number = table.find(name) else { return true }
            marks.insert(position)
            if evaluator.image?.plainlyKeeps(schemas[number], value) == true { return true }
            var unused = Marks.unneeded
            return evaluator.descend(schemas[number], value, &unused, at: frame.keyword, table.names[number])
        }
    }

    private mutating func patternProperties(
        _ rules: [(pattern: Pattern, schema: Int)], _ sources: [String], _ frame: Frame, _ view: JSONView,
        _ marks: inout Marks
    ) -> Bool {
        forEachMember(of: view) { evaluator, position, name, value in
            var isValid = true
            for (rule, source) in zip(rules, sources) where rule.pattern.matches(name) {
                marks.insert(position)
                var unused = Marks.unneeded
                isValid = evaluator.descend(rule.schema, value, &unused, at: frame.keyword, source) && isValid
            }
            return isValid
        }
    }

    /// Applies a schema to the members that others have left.
    private mutating func rest(
        _ schema: Int, _ frame: Frame, _ view: JSONView, _ marks: inout Marks,
        isLeft: (_ name: JSONView, _ position: Int, _ marks: Marks) -> Bool
    ) -> Bool {
        let isClosed = program.subschemas[schema].verdict == false
        return forEachMember(of: view) { evaluator, position, name, value in
            guard isLeft(name, position, marks) else { return true }
            marks.insert(position)
            if isClosed {
                let unknown = name.string
                return evaluator.fail(frame, view, Failure(message: "the member is unknown", member: unknown))
            }
            var unused = Marks.unneeded
            return evaluator.descend(schema, value, &unused, at: frame.keyword)
        }
    }

    private mutating func propertyNames(_ schema: Int, _ frame: Frame, _ view: JSONView) -> Bool {
        forEachMember(of: view) { evaluator, _, name, _ in
            var unused = Marks.unneeded
            return evaluator.descend(schema, name, &unused, at: frame.keyword)
        }
    }

    /// Whether all members hold; without a collector the first that fails is the last that is asked.
    private mutating func forEachMember(
        of view: JSONView, _ body: (inout Evaluator, _ position: Int, _ name: JSONView, _ value: JSONView) -> Bool
    ) -> Bool {
        var isValid = true
        var position = 0
        view.forEachMember { name, value in
            if isValid || collector?.isFull == false {
                isValid = body(&self, position, name, value) && isValid
            }
            position += 1
        }
        return isValid
    }
}
