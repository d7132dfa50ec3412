import JSONTape

/// Turns a program into machine code.
struct MachineCompiler {
    private let program: Program
    var code = MachineCode()
    private var sites: [[Int]: Int] = [:]
    private var members = CertainMembers()
    private var evaluation = Evaluation()

    /// The members of the site that is being made whose schemas hold whenever they are present.
    private struct CertainMembers {
        /// Whether what is compiled holds in any case, and not only for one of several choices.
        var isCertain = true
        /// Subschemas by slot.
        var schemas: [Int: [Int]] = [:]
    }

    /// What is known of the evaluated members of the schema that counts them.
    private struct Evaluation {
        /// Those that are evaluated in any case.
        var certain: UInt64 = 0
        /// Whether what is compiled is one of several choices.
        var isChosen = false
    }

    /// Nil when a schema has dynamic references, whose targets are known only while it is evaluated.
    ///
    /// - Parameter roots: subschemas of the program; the code has a site for each.
    static func compile(_ program: Program, roots: [Int]) -> MachineCode? {
        guard program.dynamicAnchors.isEmpty else { return nil }
        var compiler = MachineCompiler(program: program)
        for root in roots { compiler.code.roots.append(compiler.site(of: [root])) }
        compiler.code.alone = program.subschemas.indices.map { compiler.sites[[compiler.withoutReference($0)]] ?? -1 }
        return compiler.code
    }

    private init(program: Program) { self.program = program }

    /// The site where all these subschemas apply, made on the first call.
    mutating func site(of numbers: [Int]) -> Int {
        let numbers = numbers.map(withoutReference).uniqued
        if let site = sites[numbers] { return site }
        let site = code.sites.count
        sites[numbers] = site
        code.sites.append(Site())
        let plan = SitePlan(numbers, in: program)
        guard !plan.isForeign else {
            code.sites[site].operations = append(numbers.map { Operation(code: .general, first: Int32($0)) })
            return site
        }
        let outer = (members, evaluation)
        members = CertainMembers()
        evaluation = Evaluation()
        evaluation.certain = numbers.reduce(0) { mask, number in
            numbers.count > 1 && program.subschemas[number].needsMarks
                ? mask : mask | plan.certain(number, in: program)
        }
        var body: [Operation] = []
        for number in numbers { body += operations(of: number, plan, isRoot: numbers.count == 1) }
        body = fused(body)
        let certain = members.schemas
        (members, evaluation) = outer
        code.sites[site].operations = append(body)
        code.sites[site].isLeaf = plan.names.isEmpty && body.allSatisfy(\.isLeaf)
        if !plan.names.isEmpty {
            code.sites[site].names = code.tables.add(NameTable(plan.names))
            addDuties(plan.names.indices.map { certain[$0] ?? [] }, of: site)
        }
        return site
    }

    /// - Parameter schemas: for each slot, the subschemas that its member must keep.
    private mutating func addDuties(_ schemas: [[Int]], of site: Int) {
        let duties = schemas.map { schemas -> MemberDuty in
            if schemas.isEmpty { return MemberDuty() }
            let inner = self.site(of: schemas)
            // A site that is still being made, by recursion, is not known to be a leaf.
            return code.sites[inner].isLeaf
                ? MemberDuty(leaves: code.sites[inner].operations) : MemberDuty(site: Int32(inner))
        }
        code.sites[site].duties = Int32(code.duties.count)
        code.duties += duties
    }

    /// Passes over schemas that are nothing but a reference.
    private func withoutReference(_ number: Int) -> Int {
        var number = number
        while program.subschemas[number].keywords.count == 1,
            case .reference(let target) = program.subschemas[number].keywords[0].rule
        {
            number = target
        }
        return number
    }

    private mutating func append(_ operations: [Operation]) -> OperationRange {
        let start = code.operations.count
        code.operations += operations
        return OperationRange(start: Int32(start), end: Int32(code.operations.count))
    }

    /// The number of the first of some ranges that follow each other.
    private mutating func appendRanges(_ ranges: [OperationRange]) -> Int32 {
        code.ranges += ranges
        return Int32(code.ranges.count - ranges.count)
    }

    /// The operations of a subschema inside a site.
    private mutating func operations(of number: Int, _ plan: SitePlan, isRoot: Bool = false) -> [Operation] {
        let subschema = program.subschemas[number]
        if let verdict = subschema.verdict { return verdict ? [] : [Operation(code: .fail)] }
        if subschema.isForeign(in: program) { return [Operation(code: .general, first: Int32(number))] }
        let outer = evaluation
        if subschema.needsMarks, !isRoot { evaluation = Evaluation(certain: plan.certain(number, in: program)) }
        defer { evaluation = outer }
        var body: [Operation] = []
        for keyword in subschema.keywords { body += operations(of: keyword.rule, plan) }
        body = fused(body)
        if !subschema.needsMarks || isRoot { return body }
        let range = append(body)
        return [Operation(code: .scoped, first: appendRanges([range]))]
    }

    private mutating func operations(of rule: Rule, _ plan: SitePlan) -> [Operation] {
        switch rule {
        case .reference(let target): return operations(of: target, plan)
        case .allOf(let schemas): return schemas.flatMap { operations(of: $0, plan) }
        case .anyOf(let schemas):
            let first = ranges(of: schemas, plan)
            return [
                Operation(code: .anyOf, first: first, second: Int32(schemas.count), value: plan.needsMarks ? 1 : 0)
            ]
        case .oneOf(let schemas):
            let first = ranges(of: schemas, plan)
            return [Operation(code: .oneOf, first: first, second: Int32(schemas.count))]
        case .not(let schema): return [Operation(code: .not, first: ranges(of: [schema], plan))]
        case .condition(let condition, let then, let other):
            return [Operation(code: .condition, first: ranges(of: [condition, then, other], plan))]
        default: return memberOperations(of: rule, plan) ?? itemOperations(of: rule) ?? [assertion(rule)]
        }
    }

    private mutating func ranges(of schemas: [Int?], _ plan: SitePlan) -> Int32 {
        let outer = (members.isCertain, evaluation)
        (members.isCertain, evaluation.isChosen) = (false, true)
        defer { (members.isCertain, evaluation) = outer }
        var ranges: [OperationRange] = []
        for schema in schemas { ranges.append(append(schema.map { operations(of: $0, plan) } ?? [])) }
        return appendRanges(ranges)
    }

    // MARK: Members and items

    private mutating func memberOperations(of rule: Rule, _ plan: SitePlan) -> [Operation]? {
        switch rule {
        case .required(let names): return [Operation(code: .required, value: plan.mask(of: names))]
        case .properties(let table, let schemas):
            var operations: [Operation] = []
            for (name, schema) in zip(table.names, schemas) {
                guard let slot = plan.slot(of: name) else { continue }
                if members.isCertain {
                    members.schemas[slot, default: []].append(schema)
                } else {
                    let site = site(of: [schema])
                    operations.append(member(Int32(slot), site: site))
                }
            }
            let evaluated = plan.mask(of: table.names)
            if plan.needsMarks, !evaluation.isChosen || evaluated & ~evaluation.certain != 0 {
                operations.append(Operation(code: .mark, value: evaluated))
            }
            return operations
        case .additionalProperties(let schema, let known, _):
            if program.subschemas[schema].verdict == true { return plan.needsMarks ? [Operation(code: .markAll)] : [] }
            return [Operation(code: .closed, value: plan.mask(of: known.names))]
        case .unevaluatedProperties: return [Operation(code: .unevaluatedClosed)]
        default: return nil
        }
    }

    private func member(_ slot: Int32, site: Int) -> Operation {
        let range = code.sites[site].operations
        // A site that is still being made, by recursion, has no operations yet.
        guard range.end == range.start + 1, code.operations[Int(range.start)].isLeaf else {
            return Operation(code: .member, first: slot, second: Int32(site))
        }
        return Operation(code: .leafMember, first: slot, second: range.start)
    }

    private mutating func itemOperations(of rule: Rule) -> [Operation]? {
        switch rule {
        case .itemCount(.atLeast(let least)):
            return [Operation(code: .itemCount, first: Int32(least), second: Int32.max)]
        case .itemCount(.atMost(let most)): return [Operation(code: .itemCount, first: 0, second: Int32(most))]
        case .items(let schema, let prefix):
            return [Operation(code: .items, first: Int32(site(of: [schema])), second: Int32(prefix))]
        case .prefixItems(let schemas):
            return schemas.enumerated().map { position, schema in
                Operation(code: .item, first: Int32(site(of: [schema])), second: Int32(position))
            }
        default: return nil
        }
    }
}

extension [Int] {
    /// Each number once, where it first stands.
    fileprivate var uniqued: [Int] {
        var seen = Set<Int>()
        return filter { seen.insert($0).inserted }
    }
}
