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
    /// What is copied with a schema: one reference.
    private final class Body: Sendable {
        let program: Program
        /// The fast way to a verdict; nil for schemas with dynamic references, or with recursion that branches.
        let image: MachineImage?
        /// Where this schema begins in the image.
        let site: Int

        init(program: Program, image: MachineImage?, site: Int) {
            self.program = program
            self.image = image
            self.site = site
        }
    }

    private let body: Body

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
        let family = try Self.family([(text, uri)], registry: registry, assertsFormat: assertsFormat)
        guard let schema = family.first else {
            throw SchemaError(code: .unresolvedReference, location: "", message: "there is no schema")
        }
        self = schema
    }

    private init(program: Program, image: MachineImage?, site: Int) {
        body = Body(program: program, image: image, site: site)
    }

    /// Compiles schemas that refer to the same parts. What they share is made once, so that it stays in the processor's
    /// cache when values are held against now one schema, now another.
    ///
    /// - Parameter texts: the schemas' documents in UTF-8; of several, each has an `$id` of its own.
    /// - Returns: the schemas in the order of the texts. For the rest see ``init(_:registry:assertsFormat:)``.
    public static func family(
        _ texts: [[UInt8]], registry: SchemaRegistry = .init(), assertsFormat: Bool = true
    ) throws -> [Schema] {
        try family(texts.map { ($0, "") }, registry: registry, assertsFormat: assertsFormat)
    }

    private static func family(
        _ documents: [(text: [UInt8], uri: String)], registry: SchemaRegistry, assertsFormat: Bool
    ) throws -> [Schema] {
        var registry = registry
        var roots: [SchemaPlace] = []
        for document in documents {
            let root = try registry.addRoot(document.text, at: document.uri)
            guard !roots.contains(where: { $0.resource == root.resource }) else {
                throw root.error(.duplicateIdentifier, "two schemas of the family have the same $id")
            }
            roots.append(root)
        }
        var compiler = SchemaCompiler(registry: registry, assertsFormat: assertsFormat)
        let programs = try compiler.compile(roots)
        guard let first = programs.first, !BranchingRecursion.isIn(first),
            let code = MachineCompiler.compile(first, roots: programs.map(\.root))
        else {
            return programs.map { Schema(program: $0, image: nil, site: 0) }
        }
        let image = MachineImage(code, program: first)
        return zip(programs, code.roots).map { Schema(program: $0, image: image, site: $1) }
    }

    /// Whether the value keeps the schema.
    public func isValid(_ value: JSONView) -> Bool {
        if let image = body.image { return image.isValid(value, site: body.site) }
        var evaluator = Evaluator(program: body.program, root: value, limit: nil)
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
        var evaluator = Evaluator(program: body.program, image: body.image, root: value, limit: max(limit, 1))
        _ = evaluator.run(value)
        return evaluator.violations
    }
}
