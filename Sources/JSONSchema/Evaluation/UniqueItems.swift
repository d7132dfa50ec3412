import JSONTape

extension JSONView {
    /// In arrays of up to this many nodes every pair is compared; in larger ones, only items of the same hash.
    private static let pairwiseBound = 32

    /// Whether no two items of an array are equal.
    var hasUniqueItems: Bool {
        Int(node.next) - index <= Self.pairwiseBound ? hasUniquePairs : hasUniqueHashes
    }

    private var hasUniquePairs: Bool {
        var left = index + 1
        for remaining in stride(from: count - 1, to: 0, by: -1) {
            var right = Int(nodes[left].next)
            for _ in 0..<remaining {
                if at(left).equals(at(right)) { return false }
                right = Int(nodes[right].next)
            }
            left = Int(nodes[left].next)
        }
        return true
    }

    private var hasUniqueHashes: Bool {
        var seen: [Int: [Int]] = [:]
        var isUnique = true
        forEachElement { item in
            guard isUnique else { return }
            // The standard library's hash is seeded at random, so no text can be made to collide.
            var hasher = Hasher()
            item.hash(into: &hasher)
            let hash = hasher.finalize()
            isUnique = !seen[hash, default: []].contains { at($0).equals(item) }
            seen[hash, default: []].append(item.index)
        }
        return isUnique
    }

    /// Equal values hash alike.
    private func hash(into hasher: inout Hasher) {
        switch kind {
        case .null, .false, .true: hasher.combine(kind)
        case .integer, .number: hasher.combine(ExactNumber(self))
        case .string:
            _ = withUTF8 { text in
                hasher.combine(text.count)
                hasher.combine(bytes: text)
            }
        case .array: forEachElement { $0.hash(into: &hasher) }
        case .object:
            var sum = 0
            forEachMember { name, value in
                var member = Hasher()
                name.hash(into: &member)
                value.hash(into: &member)
                sum &+= member.finalize()
            }
            hasher.combine(sum)
        }
        hasher.combine(count)
    }
}
