import JSONTape

/// Runs machine code against one instance: no allocation, no reference counting, no error path.
///
/// All pointers are the image's and the tape's: a machine lives for one call.
struct Machine {
    private let image: Unmanaged<MachineImage>
    let bytes: UnsafePointer<UInt8>
    let nodes: UnsafePointer<TapeNode>
    let operations: UnsafePointer<Operation>
    let sites: UnsafePointer<Site>
    let duties: UnsafePointer<MemberDuty>
    let ranges: UnsafePointer<OperationRange>
    private let tables: UnsafePointer<TablePool.Table>
    private let entries: UnsafePointer<WordTable.Entry>
    private let pool: UnsafePointer<UInt8>
    let automata: UnsafePointer<AutomatonPool.Entry>
    let classes: UnsafePointer<UInt8>
    let transitions: UnsafePointer<UInt32>
    let accepts: UnsafePointer<Bool>
    let memberships: UnsafePointer<UInt16>
    let positions: UnsafePointer<UInt16>

    init(image: MachineImage, value: JSONView) {
        self.image = .passUnretained(image)
        (bytes, nodes) = (value.bytes, value.nodes)
        (operations, sites, ranges) = (image.operations.start, image.sites.start, image.ranges.start)
        duties = image.duties.start
        (tables, entries, pool) = (image.tables.start, image.entries.start, image.pool.start)
        (automata, classes) = (image.automata.start, image.classes.start)
        (transitions, accepts) = (image.transitions.start, image.accepts.start)
        (memberships, positions) = (image.memberships.start, image.positions.start)
    }

    /// Whether the value at a node keeps the schema of a site.
    func check(_ site: Int, _ index: Int) -> Bool {
        let site = sites + site
        if site.pointee.isLeaf { return runLeaves(site.pointee.operations, index) }
        let isObject = nodes[index].kind == .object
        let hasNames = isObject && site.pointee.names >= 0
        return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: hasNames ? 64 : 1) { slots in
            guard let slots = slots.baseAddress else { return false }
            var instance = Instance(
                index: index, slots: slots, present: 0, hasUnknown: isObject && nodes[index].length > 0)
            if hasNames, !scan(site, &instance) { return false }
            var seen = Seen()
            return run(site.pointee.operations, instance, &seen)
        }
    }

    /// Finds the members whose names matter, and checks of each what holds in any case.
    @inline(__always)
    private func scan(_ site: UnsafePointer<Site>, _ instance: inout Instance) -> Bool {
        let names = Int(site.pointee.names)
        let table = table(names)
        let duties = duties + Int(site.pointee.duties)
        var unknown = false
        var present: UInt64 = 0
        var name = instance.index &+ 1
        for _ in 0..<nodes[instance.index].length {
            let node = nodes[name]
            let value = name &+ 1
            let slot =
                node.flags.contains(.escapes)
                ? findEscaped(name, names) : table.find(bytes + Int(node.offset), Int(node.length), hash: node.next)
            if slot >= 0 {
                present |= 1 &<< UInt64(truncatingIfNeeded: slot)
                instance.slots[slot] = UInt32(truncatingIfNeeded: value)
                let duty = duties + slot
                if !runLeaves(duty.pointee.leaves, value) { return false }
                if duty.pointee.site >= 0, !check(Int(duty.pointee.site), value) { return false }
            } else {
                unknown = true
            }
            name = Int(nodes[value].next)
        }
        instance.present = present
        instance.hasUnknown = unknown
        return true
    }

    /// Whether all assertions of a range hold, which has no others.
    @inline(__always)
    private func runLeaves(_ range: OperationRange, _ index: Int) -> Bool {
        var step = Int(range.start)
        while step < Int(range.end) {
            if !leaf(operations + step, index) { return false }
            step &+= 1
        }
        return true
    }

    @inline(__always)
    func table(_ number: Int) -> WordTableView {
        let table = tables + number
        return WordTableView(
            entries: entries + table.pointee.entryStart, mask: table.pointee.mask, pool: pool + table.pointee.poolStart)
    }

    @inline(never)
    func findEscaped(_ index: Int, _ table: Int) -> Int {
        image.takeUnretainedValue().names[table].find(view(index)) ?? -1
    }

    /// Applies a rule as the evaluator does.
    @inline(never)
    func keepsRule(_ number: Int, _ index: Int) -> Bool {
        image.takeUnretainedValue().rules[number].failure(of: view(index)) == nil
    }

    /// Applies a subschema as the evaluator does.
    @inline(never)
    func keepsSubschema(_ number: Int, _ index: Int) -> Bool {
        let view = view(index)
        var evaluator = Evaluator(program: image.takeUnretainedValue().program, root: view, limit: nil)
        var marks = Marks.unneeded
        return evaluator.evaluate(number, view, &marks)
    }

    @inline(__always)
    func view(_ index: Int) -> JSONView { JSONView(bytes: bytes, nodes: nodes, index: index) }
}

/// A value with its members found.
struct Instance {
    let index: Int
    /// The node of each member that is present, by slot.
    let slots: UnsafeMutablePointer<UInt32>
    /// The slots whose members are present.
    var present: UInt64
    /// Whether there are members of other names.
    var hasUnknown: Bool
}

/// The members that have been evaluated.
struct Seen {
    var mask: UInt64 = 0
    var all = false

    @inline(__always)
    mutating func formUnion(_ other: Seen) {
        mask |= other.mask
        all = all || other.all
    }
}
