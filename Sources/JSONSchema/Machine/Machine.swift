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
    let ranges: UnsafePointer<OperationRange>
    private let tables: UnsafePointer<TablePool.Table>
    private let entries: UnsafePointer<WordTable.Entry>
    private let pool: UnsafePointer<UInt8>
    let automata: UnsafePointer<AutomatonPool.Entry>
    let classes: UnsafePointer<UInt8>
    let transitions: UnsafePointer<UInt32>
    let accepts: UnsafePointer<Bool>

    init(image: MachineImage, value: JSONView) {
        self.image = .passUnretained(image)
        (bytes, nodes) = (value.bytes, value.nodes)
        (operations, sites, ranges) = (image.operations.start, image.sites.start, image.ranges.start)
        (tables, entries, pool) = (image.tables.start, image.entries.start, image.pool.start)
        (automata, classes) = (image.automata.start, image.classes.start)
        (transitions, accepts) = (image.transitions.start, image.accepts.start)
    }

    /// Whether the value at a node keeps the schema of a site.
    func check(_ site: Int, _ index: Int) -> Bool {
        let names = Int(sites[site].names)
        let range = sites[site].operations
        if names < 0 || nodes[index].kind != .object {
            let isObject = nodes[index].kind == .object
            return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 1) { slots in
                guard let slots = slots.baseAddress else { return false }
                let instance = Instance(
                    index: index, slots: slots, present: 0, hasUnknown: isObject && nodes[index].length > 0)
                var seen = Seen()
                return run(range, instance, &seen)
            }
        }
        return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { slots in
            guard let slots = slots.baseAddress else { return false }
            let instance = scan(index, names, slots)
            var seen = Seen()
            return run(range, instance, &seen)
        }
    }

    /// Finds the members whose names matter.
    @inline(__always)
    private func scan(_ index: Int, _ names: Int, _ slots: UnsafeMutablePointer<UInt32>) -> Instance {
        let table = table(names)
        var instance = Instance(index: index, slots: slots, present: 0, hasUnknown: false)
        var name = index &+ 1
        for _ in 0..<nodes[index].length {
            let node = nodes[name]
            let slot =
                node.flags.contains(.escapes)
                ? findEscaped(name, names) : table.find(bytes + Int(node.offset), Int(node.length))
            if slot >= 0 {
                instance.present |= 1 &<< UInt64(truncatingIfNeeded: slot)
                slots[slot] = UInt32(truncatingIfNeeded: name &+ 1)
            } else {
                instance.hasUnknown = true
            }
            name = Int(nodes[name &+ 1].next)
        }
        return instance
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
