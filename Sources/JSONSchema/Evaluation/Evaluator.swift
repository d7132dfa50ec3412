import JSONTape

/// One evaluation of a program against an instance: every keyword, in the order of the specification.
///
/// Without a collector it stops at the first failure. With one it goes on, and then annotations of failed subschemas
/// count as well, so that one wrong member does not make all the others unknown.
struct Evaluator {
    let program: Program
    /// The instance's root, from which locations are given.
    let root: JSONView
    /// The fast way to a verdict: passes over members in which there is nothing to tell.
    let image: MachineImage?
    /// Set while failures are to be collected.
    var collector: Collector?
    /// Numbers of the resources that were entered, the outermost first: the dynamic scope.
    private var scope: [Int] = []
    private var depth = 0

    /// Schemas that may be applied inside each other: only a dynamic reference to itself comes near.
    private static let maximumDepth = 2048

    /// Keywords that are applied at most: so many, and for each value of the instance so many more.
    private static let steps = (base: 10_000, each: 500)
    private var remaining: Int

    init(program: Program, image: MachineImage? = nil, root: JSONView, limit: Int?) {
        self.program = program
        self.image = image
        self.root = root
        remaining = Self.steps.base + Self.steps.each * (Int(root.node.next) - root.index)
        collector = limit.map { Collector(limit: $0) }
    }

    var violations: [SchemaViolation] { collector?.violations ?? [] }

    mutating func run(_ view: JSONView) -> Bool {
        var marks = Marks.unneeded
        let isValid = evaluate(program.root, view, &marks)
        if remaining <= 0, violations.isEmpty {
            return fail(
                Frame(schema: program.root, keyword: "$ref"), view,
                Failure(message: "the schema takes too many steps on this value"))
        }
        return isValid
    }

    /// Whether the instance keeps the subschema; what it evaluates is added to the marks.
    mutating func evaluate(_ number: Int, _ view: JSONView, _ marks: inout Marks) -> Bool {
        if let verdict = program.subschemas[number].verdict {
            return verdict || fail(falseSchema: number, view)
        }
        guard remaining > 0 else { return false }
        guard depth < Self.maximumDepth else {
            return fail(
                Frame(schema: number, keyword: "$dynamicRef"), view, Failure(message: "schemas nest without end"))
        }
        let resource = program.subschemas[number].resource
        let enters = scope.last != resource
        if enters { scope.append(resource) }
        depth += 1
        defer {
            depth -= 1
            if enters { scope.removeLast() }
        }
        var own = Marks(isNeeded: marks.isNeeded || program.subschemas[number].needsMarks)
        let isValid = applyKeywords(of: number, view, &own)
        if isValid || collector != nil { marks.formUnion(own) }
        // What was left out may have failed, even inside a `not`.
        return isValid && remaining > 0
    }

    private mutating func applyKeywords(of number: Int, _ view: JSONView, _ marks: inout Marks) -> Bool {
        var isValid = true
        for keyword in program.subschemas[number].keywords {
            remaining -= 1
            if apply(keyword, of: number, view, &marks) { continue }
            isValid = false
            guard let collector, !collector.isFull else { return false }
        }
        return isValid
    }

    private mutating func apply(_ keyword: Keyword, of number: Int, _ view: JSONView, _ marks: inout Marks) -> Bool {
        let frame = Frame(schema: number, keyword: keyword.name)
        if let failure = keyword.rule.failure(of: view) { return fail(frame, view, failure) }
        switch view.kind {
        case .object:
            if let result = applyToObject(keyword.rule, frame, view, &marks) { return result }
        case .array:
            if let result = applyToArray(keyword.rule, frame, view, &marks) { return result }
        default: break
        }
        return applyInPlace(keyword.rule, frame, view, &marks)
    }

    /// The subschema that a dynamic reference means in the present scope.
    func dynamicTarget(_ initial: Int, _ name: String) -> Int {
        for resource in scope {
            if let target = program.dynamicAnchors[DynamicAnchor(resource: resource, name: name)] { return target }
        }
        return initial
    }
}

/// The keyword that is applied.
struct Frame {
    var schema: Int
    var keyword: String
}

/// What an assertion found wrong.
struct Failure {
    var message: String
    var member: String?
}
