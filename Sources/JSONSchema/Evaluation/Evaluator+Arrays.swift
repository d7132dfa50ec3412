import JSONTape

/// Keywords that look at the items of an array.
extension Evaluator {
    /// Nil when the rule is not about items.
    mutating func applyToArray(_ rule: Rule, _ frame: Frame, _ view: JSONView, _ marks: inout Marks) -> Bool? {
        switch rule {
        case .prefixItems(let schemas):
            return forEachItem(of: view) { evaluator, position, item in
                guard position < schemas.count else { return true }
                marks.insert(position)
                var unused = Marks.unneeded
                return evaluator.descend(schemas[position], item, &unused, at: frame.keyword, String(position))
            }
        case .items(let schema, let prefix):
            marks.insertAll()
            return forEachItem(of: view) { evaluator, position, item in
                guard position >= prefix else { return true }
                var unused = Marks.unneeded
                return evaluator.descend(schema, item, &unused, at: frame.keyword)
            }
        case .unevaluatedItems(let schema):
            let before = marks
            marks.insertAll()
            return forEachItem(of: view) { evaluator, position, item in
                guard !before.contains(position) else { return true }
                var unused = Marks.unneeded
                return evaluator.descend(schema, item, &unused, at: frame.keyword)
            }
        case .contains(let schema, let least, let most):
            return contains(schema, least, most, frame, view, &marks)
        default: return nil
        }
    }

    private mutating func contains(
        _ schema: Int, _ least: Int, _ most: Int?, _ frame: Frame, _ view: JSONView, _ marks: inout Marks
    ) -> Bool {
        var matches = 0
        var position = 0
        view.forEachElement { item in
            var unused = Marks.unneeded
            if probe(schema, item, &unused) {
                matches += 1
                marks.insert(position)
            }
            position += 1
        }
        if matches < least {
            let frame = Frame(schema: frame.schema, keyword: least == 1 ? "contains" : "minContains")
            return fail(frame, view, Failure(message: "too few items are of the form that is asked for"))
        }
        if let most, matches > most {
            let frame = Frame(schema: frame.schema, keyword: "maxContains")
            return fail(frame, view, Failure(message: "too many items are of the form that is bounded"))
        }
        return true
    }

    private mutating func forEachItem(
        of view: JSONView, _ body: (inout Evaluator, _ position: Int, _ item: JSONView) -> Bool
    ) -> Bool {
        var isValid = true
        var position = 0
        view.forEachElement { item in
            if isValid || collector?.isFull == false { isValid = body(&self, position, item) && isValid }
            position += 1
        }
        return isValid
    }
}
