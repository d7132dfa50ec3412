import JSONTape

extension Machine {
    /// Whether all operations of a range hold.
    func run(_ range: OperationRange, _ instance: Instance, _ seen: inout Seen) -> Bool {
        var step = Int(range.start)
        while step < Int(range.end) {
            let operation = operations + step
            let holds =
                operation.pointee.isLeaf
                ? leaf(operation, instance.index) : runStructure(operation, instance, &seen)
            if !holds { return false }
            step &+= 1
        }
        return true
    }

    @inline(__always)
    private func runStructure(_ operation: UnsafePointer<Operation>, _ instance: Instance, _ seen: inout Seen) -> Bool {
        let first = Int(operation.pointee.first)
        let second = Int(operation.pointee.second)
        let value = operation.pointee.value
        switch operation.pointee.code {
        case .leafMember:
            guard instance.present & (1 &<< UInt64(truncatingIfNeeded: first)) != 0 else { return true }
            return leaf(operations + second, Int(instance.slots[first]))
        case .member:
            guard instance.present & (1 &<< UInt64(truncatingIfNeeded: first)) != 0 else { return true }
            return check(second, Int(instance.slots[first]))
        case .required: return !isObject(instance) || instance.present & value == value
        case .mark: seen.mask |= value
        case .markAll: seen.all = true
        case .closed: return !isObject(instance) || !instance.hasUnknown && instance.present & ~value == 0
        case .unevaluatedClosed:
            return !isObject(instance) || seen.all || !instance.hasUnknown && instance.present & ~seen.mask == 0
        case .items: return items(site: first, from: second, instance.index)
        case .item: return item(site: first, at: second, instance.index)
        case .itemCount: return isCount(first...second, instance.index)
        default: return runChoice(operation, instance, &seen)
        }
        return true
    }

    @inline(__always)
    private func isObject(_ instance: Instance) -> Bool { nodes[instance.index].kind == .object }

    // MARK: Choices

    private func runChoice(_ operation: UnsafePointer<Operation>, _ instance: Instance, _ seen: inout Seen) -> Bool {
        let first = Int(operation.pointee.first)
        let count = Int(operation.pointee.second)
        switch operation.pointee.code {
        case .condition:
            let isTaken = attempt(ranges[first], instance, &seen)
            return run(ranges[isTaken ? first + 1 : first + 2], instance, &seen)
        case .anyOf: return anyOf(ranges + first, count, tryAll: operation.pointee.value != 0, instance, &seen)
        case .oneOf: return oneOf(ranges + first, count, instance, &seen)
        case .not:
            var unused = Seen()
            return !run(ranges[first], instance, &unused)
        case .scoped: return attempt(ranges[first], instance, &seen)
        case .general: return keepsSubschema(first, instance.index)
        default: return false
        }
    }

    /// Runs a range whose evaluated members count only when it holds.
    private func attempt(_ range: OperationRange, _ instance: Instance, _ seen: inout Seen) -> Bool {
        var own = Seen()
        guard run(range, instance, &own) else { return false }
        seen.formUnion(own)
        return true
    }

    private func anyOf(
        _ ranges: UnsafePointer<OperationRange>, _ count: Int, tryAll: Bool, _ instance: Instance, _ seen: inout Seen
    ) -> Bool {
        var holds = false
        for branch in 0..<count where attempt(ranges[branch], instance, &seen) {
            holds = true
            if !tryAll { break }
        }
        return holds
    }

    private func oneOf(
        _ ranges: UnsafePointer<OperationRange>, _ count: Int, _ instance: Instance, _ seen: inout Seen
    ) -> Bool {
        var matches = 0
        for branch in 0..<count where attempt(ranges[branch], instance, &seen) {
            matches &+= 1
            if matches > 1 { return false }
        }
        return matches == 1
    }

    // MARK: Items

    private func items(site: Int, from prefix: Int, _ index: Int) -> Bool {
        guard nodes[index].kind == .array else { return true }
        var item = index &+ 1
        for position in 0..<Int(nodes[index].length) {
            if position >= prefix, !check(site, item) { return false }
            item = Int(nodes[item].next)
        }
        return true
    }

    private func item(site: Int, at position: Int, _ index: Int) -> Bool {
        guard nodes[index].kind == .array, position < Int(nodes[index].length) else { return true }
        var item = index &+ 1
        for _ in 0..<position { item = Int(nodes[item].next) }
        return check(site, item)
    }

    private func isCount(_ bounds: ClosedRange<Int>, _ index: Int) -> Bool {
        nodes[index].kind != .array || bounds.contains(Int(nodes[index].length))
    }
}
