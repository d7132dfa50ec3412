import JSONTape

/// Runs machine code against one instance: no allocation, no reference counting, no error path.
///
/// All pointers are the image's and the tape's: a machine lives for one call.
struct Machine {
    private let image: Unmanaged<MachineImage>
    /// The image's part of a note's owner; a site's number completes it.
    private let identity: UInt64
    let bytes: UnsafePointer<UInt8>
    let nodes: UnsafePointer<TapeNode>
    let operations: UnsafePointer<Operation>
    let sites: UnsafePointer<Site>
    let duties: UnsafePointer<MemberDuty>
    let ranges: UnsafePointer<OperationRange>
    private let tables: UnsafePointer<TablePool.Table>
    private let entries: UnsafePointer<WordTable.Entry>
    private let slots: UnsafePointer<UInt32>
    private let pool: UnsafePointer<UInt8>
    let automata: UnsafePointer<AutomatonPool.Entry>
    let classes: UnsafePointer<UInt8>
    let transitions: UnsafePointer<UInt32>
    let accepts: UnsafePointer<Bool>
    let absences: UnsafePointer<UInt16>
    let positions: UnsafePointer<UInt16>

    init(image: MachineImage, value: JSONView) {
        self.image = .passUnretained(image)
        identity = image.identity
        (bytes, nodes) = (value.bytes, value.nodes)
        (operations, sites, ranges) = (image.operations.start, image.sites.start, image.ranges.start)
        duties = image.duties.start
        (tables, entries) = (image.tables.start, image.entries.start)
        (slots, pool) = (image.slots.start, image.pool.start)
        (automata, classes) = (image.automata.start, image.classes.start)
        (transitions, accepts) = (image.transitions.start, image.accepts.start)
        (absences, positions) = (image.absences.start, image.positions.start)
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
        let shape = nodes[instance.index].shape
        if shape == 0 { return search(site, &instance).holds }
        let owner = identity &+ UInt64(UInt(bitPattern: site - sites))
        let place = JSONView.note(for: owner, about: shape, in: nodes)
        // A copy, since the place may be taken for an object inside this one.
        let note = place.pointee
        if note.owner == owner, note.shape == shape { return follow(note, site, &instance) }
        var (holds, found) = search(site, &instance)
        if holds, nodes[instance.index].length <= ShapeNote.capacity {
            (found.owner, found.shape) = (owner, shape)
            place.pointee = found
        }
        return holds
    }

    /// As ``search(_:_:)`` for an object whose names are known to be those of a note.
    @inline(__always)
    private func follow(
        _ note: ShapeNote, _ site: UnsafePointer<Site>, _ instance: inout Instance
    ) -> Bool {
        let duties = duties + Int(site.pointee.duties)
        var name = instance.index &+ 1
        for place in 0..<Int(nodes[instance.index].length) {
            let value = name &+ 1
            let slot = Int(note.members[unchecked: place])
            if slot < Self.noSlot {
                instance.slots[slot] = UInt32(truncatingIfNeeded: value)
                let duty = duties + slot
                if !runLeaves(duty.pointee.leaves, value) { return false }
                if duty.pointee.site >= 0, !check(Int(duty.pointee.site), value) { return false }
            }
            name = Int(nodes[value].next)
        }
        instance.present = note.mask
        instance.hasUnknown = note.flag
        return true
    }

    /// A member whose name does not matter, in a note.
    private static var noSlot: Int { 255 }

    /// Looks each name up. What is found is noted, as far as a note has room.
    @inline(never)
    private func search(
        _ site: UnsafePointer<Site>, _ instance: inout Instance
    ) -> (holds: Bool, note: ShapeNote) {
        var note = ShapeNote()
        let names = Int(site.pointee.names)
        let table = table(names)
        let duties = duties + Int(site.pointee.duties)
        var unknown = false
        var present: UInt64 = 0
        var name = instance.index &+ 1
        let count = Int(nodes[instance.index].length)
        for place in 0..<count {
            let node = nodes[name]
            let value = name &+ 1
            let slot =
                node.flags.contains(.escapes)
                ? findEscaped(name, names) : table.find(bytes + Int(node.offset), Int(node.length), hash: node.next)
            if place < ShapeNote.capacity {
                note.members[place] = slot >= 0 ? UInt8(truncatingIfNeeded: slot) : UInt8(Self.noSlot)
            }
            if slot >= 0 {
                present |= 1 &<< UInt64(truncatingIfNeeded: slot)
                instance.slots[slot] = UInt32(truncatingIfNeeded: value)
                let duty = duties + slot
                if !runLeaves(duty.pointee.leaves, value) { return (false, note) }
                if duty.pointee.site >= 0, !check(Int(duty.pointee.site), value) { return (false, note) }
            } else {
                unknown = true
            }
            name = Int(nodes[value].next)
        }
        instance.present = present
        instance.hasUnknown = unknown
        (note.mask, note.flag) = (present, unknown)
        return (true, note)
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
            entries: entries + table.pointee.entryStart, slots: slots + table.pointee.slotStart,
            mask: table.pointee.mask, multiplier: table.pointee.multiplier, shift: table.pointee.shift,
            pool: pool + table.pointee.poolStart)
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
