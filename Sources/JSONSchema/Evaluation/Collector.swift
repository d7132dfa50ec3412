import JSONTape

/// Violations as they are found, and the way from the root schema to the present one.
struct Collector {
    let limit: Int
    private(set) var violations: [SchemaViolation] = []
    var path: [String] = []

    var isFull: Bool { violations.count >= limit }

    init(limit: Int) { self.limit = limit }

    mutating func add(_ failure: Failure, keyword: String, tokens: [String], schema: String, instance: String) {
        guard !isFull else { return }
        violations.append(
            SchemaViolation(
                keyword: keyword, instanceLocation: instance,
                keywordLocation: (path + tokens).map { "/" + JSONPointer.token($0) }.joined(),
                absoluteKeywordLocation: schema.hasPrefix("#") ? nil : schema + tokens.map { "/" + $0 }.joined(),
                member: failure.member, message: failure.message))
    }
}

extension Evaluator {
    /// Records a failure when failures are collected.
    ///
    /// - Returns: false, always.
    mutating func fail(_ frame: Frame, _ view: JSONView, _ failure: @autoclosure () -> Failure) -> Bool {
        guard collector != nil else { return false }
        let instance = instanceLocation(of: view)
        collector?.add(
            failure(), keyword: frame.keyword, tokens: [frame.keyword],
            schema: program.subschemas[frame.schema].location, instance: instance)
        return false
    }

    mutating func fail(falseSchema number: Int, _ view: JSONView) -> Bool {
        guard collector != nil else { return false }
        let instance = instanceLocation(of: view)
        collector?.add(
            Failure(message: "no value is allowed here"), keyword: "false", tokens: [],
            schema: program.subschemas[number].location, instance: instance)
        return false
    }

    /// Evaluates a subschema that stands at the tokens below the present one.
    mutating func descend(_ number: Int, _ view: JSONView, _ marks: inout Marks, at tokens: String...) -> Bool {
        guard let length = collector?.path.count else { return evaluate(number, view, &marks) }
        collector?.path += tokens
        defer { collector?.path.removeSubrange(length...) }
        return evaluate(number, view, &marks)
    }

    /// Evaluates with nothing collected: what fails here need not be wrong.
    mutating func probe(_ number: Int, _ view: JSONView, _ marks: inout Marks) -> Bool {
        let kept = collector
        collector = nil
        defer { collector = kept }
        return evaluate(number, view, &marks)
    }

    /// The instance's place, found by walking the tape from the root.
    private func instanceLocation(of view: JSONView) -> String {
        var location = ""
        var current = root
        while current.index != view.index, let (token, child) = current.child(around: view.index) {
            location += "/" + JSONPointer.token(token)
            current = child
        }
        return location
    }
}

extension JSONView {
    /// The element or member that is, or encloses, the value at a node.
    fileprivate func child(around target: Int) -> (token: String, view: JSONView)? {
        var found: (token: String, view: JSONView)?
        var position = 0
        forEachElement { element in
            if element.index <= target, target < Int(element.node.next) { found = (String(position), element) }
            position += 1
        }
        forEachMember { name, value in
            // A member's name may itself be the instance, of propertyNames.
            if name.index <= target, target < Int(value.node.next) {
                found = (name.string ?? "", name.index == target ? name : value)
            }
        }
        return found
    }
}
