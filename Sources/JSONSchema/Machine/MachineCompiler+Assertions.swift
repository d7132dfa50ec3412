import JSONTape

extension MachineCompiler {
    /// The operation of an assertion on the value itself.
    mutating func assertion(_ rule: Rule) -> Operation {
        switch rule {
        case .type(let types, _): return Operation(code: .type, kinds: types.kinds)
        case .enumeration(let values) where values.others.isEmpty: return strings(values.strings)
        case .constant(.string(let text)): return strings(NameTable([text]))
        case .constant(.bool(let value)):
            return Operation(code: .type, kinds: (value ? JSONView.Kind.true : .false).bit)
        case .constant(.null): return Operation(code: .type, kinds: JSONView.Kind.null.bit)
        case .length(.atLeast(let least)): return Operation(code: .length, first: Int32(least), second: Int32.max)
        case .length(.atMost(let most)): return Operation(code: .length, first: 0, second: Int32(most))
        case .format(.date): return Operation(code: .date)
        case .format(.dateTime): return Operation(code: .dateTime)
        case .pattern(let pattern):
            guard let automaton = pattern.automaton else { break }
            return Operation(code: .pattern, first: code.automata.add(automaton))
        case .bound(let bound):
            guard let small = bound.small else { break }
            let range = bound.range(of: small)
            return Operation(
                code: .range, first: add(rule), value: UInt64(bitPattern: Int64(range.lowerBound)),
                other: UInt64(bitPattern: Int64(range.upperBound)))
        default: break
        }
        return Operation(code: .rule, first: add(rule))
    }

    private mutating func strings(_ names: NameTable) -> Operation {
        Operation(code: .oneOfStrings, kinds: JSONView.Kind.string.bit, first: code.tables.add(names))
    }

    private mutating func intersection(_ left: Operation, _ right: Operation) -> Operation {
        let names = code.tables.names[Int(left.first)].names
        let others = Set(code.tables.names[Int(right.first)].names.map(String.UTF8Key.init))
        var both = strings(NameTable(names.filter { others.contains(String.UTF8Key($0)) }))
        both.kinds = left.kinds & right.kinds
        return both
    }

    private mutating func add(_ rule: Rule) -> Int32 {
        code.rules.append(rule)
        return Int32(code.rules.count - 1)
    }

    /// Puts the types into the first assertion, both bounds of a length into one, and lists of strings into what they share; members
    /// that are required or evaluated whatever the others are into one step each.
    mutating func fused(_ operations: [Operation]) -> [Operation] {
        var kinds: UInt8 = 0xFF
        var rest: [Operation] = []
        for operation in operations {
            if operation.code == .type {
                kinds &= operation.kinds
            } else if operation.code == .length, let index = rest.firstIndex(where: { $0.code == .length }) {
                rest[index].first = max(rest[index].first, operation.first)
                rest[index].second = min(rest[index].second, operation.second)
                rest[index].kinds &= operation.kinds
            } else if operation.code == .oneOfStrings,
                let index = rest.firstIndex(where: { $0.code == .oneOfStrings })
            {
                rest[index] = intersection(rest[index], operation)
            } else if operation.code == .required || operation.code == .mark,
                let index = rest.firstIndex(where: { $0.code == operation.code })
            {
                rest[index].value |= operation.value
            } else {
                rest.append(operation)
            }
        }
        if kinds == 0xFF { return rest }
        if let index = rest.firstIndex(where: \.isLeaf) {
            rest[index].kinds &= kinds
            rest.insert(rest.remove(at: index), at: 0)
            return rest
        }
        return [Operation(code: .type, kinds: kinds)] + rest
    }
}

extension Operation {
    /// Whether the operation asks only about the value itself.
    var isLeaf: Bool { code.rawValue <= Code.rule.rawValue }
}

extension JSONView.Kind {
    var bit: UInt8 { 1 << rawValue }
}

extension TypeSet {
    /// The kinds of value of the types; that `1.0` is an integer is the machine's business.
    var kinds: UInt8 {
        var kinds: UInt8 = 0
        if contains(.null) { kinds |= JSONView.Kind.null.bit }
        if contains(.boolean) { kinds |= JSONView.Kind.true.bit | JSONView.Kind.false.bit }
        if contains(.integer) { kinds |= JSONView.Kind.integer.bit }
        if contains(.fraction) { kinds |= JSONView.Kind.number.bit }
        if contains(.string) { kinds |= JSONView.Kind.string.bit }
        if contains(.array) { kinds |= JSONView.Kind.array.bit }
        if contains(.object) { kinds |= JSONView.Kind.object.bit }
        return kinds
    }
}

extension NumberBound {
    /// The integers that the bound allows.
    func range(of small: Int) -> ClosedRange<Int> {
        switch side {
        case .minimum: small...Int.max
        case .exclusiveMinimum: small + 1...Int.max
        case .maximum: Int.min...small
        case .exclusiveMaximum: Int.min...small - 1
        }
    }
}
