import JSONTape

/// A compiled schema of JSON Schema draft 2020-12, all its vocabularies.
///
/// Compile once and keep it: a schema is a value that any number of tasks may use at once.
///
/// Regular expressions are matched in time linear in the text, so look-around and back references are refused. Numbers
/// are compared exactly, whatever their size. `contentEncoding`, `contentMediaType` and `contentSchema` are annotations.
///
/// Evaluation is linear in the instance: where a recursive schema would take more than 10,000 steps and 500 for each of
/// the instance's values, the instance is said not to keep it.
public struct Schema: Sendable {
    private let program: Program
    /// The fast way to a verdict; nil for schemas with dynamic references, or with recursion that branches.
    private let image: MachineImage?

    /// Compiles a schema with everything that it refers to.
    ///
    /// - Parameters:
    ///   - text: the schema's document in UTF-8.
    ///   - uri: where the document was found: the base of a relative `$id`, and of references when there is no `$id`.
    ///   - registry: the other documents that references may reach; nothing is ever fetched. The metaschemas of
    ///     2020-12 are always there.
    ///   - assertsFormat: whether `format` is checked; when false it is so only for a dialect that has the
    ///     format-assertion vocabulary.
    /// - Throws: ``SchemaError``.
    public init(
        _ text: [UInt8], at uri: String = "", registry: SchemaRegistry = .init(), assertsFormat: Bool = true
    ) throws {
        var registry = registry
        let root = try registry.addRoot(text, at: uri)
        var compiler = SchemaCompiler(registry: registry, assertsFormat: assertsFormat)
        program = try compiler.compile(root)
        let code = BranchingRecursion.isIn(program) ? nil : MachineCompiler.compile(program)
        image = code.map { [program] code in MachineImage(code, program: program) }
    }

    /// Whether the value keeps the schema.
    public func isValid(_ value: JSONView) -> Bool {
        if let image { return image.isValid(value) }
        var evaluator = Evaluator(program: program, root: value, limit: nil)
        return evaluator.run(value)
    }

    /// In what the value breaks the schema; empty when it keeps it.
    ///
    /// Of an `anyOf`, `oneOf`, `not` or `contains` that fails, the keyword itself is told, not its branches. A member
    /// that a failed subschema names is not told as unknown besides.
    ///
    /// - Parameter limit: violations to collect at most, 1 or more.
    public func violations(of value: JSONView, limit: Int = 64) -> [SchemaViolation] {
        if isValid(value) { return [] }
        var evaluator = Evaluator(program: program, root: value, limit: max(limit, 1))
        _ = evaluator.run(value)
        return evaluator.violations
    }
}
