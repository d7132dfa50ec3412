/// Proofs of RFC 9162, 2.1.3 and 2.1.4, computed from a tree's perfect subtrees.
public enum MerkleProof {
    /// The path that shows leaf `index` to be in the tree of `size` leaves (2.1.3.1), lowest node first.
    /// - Throws: `proofOutOfRange` unless `index < size`, and what the reader throws.
    public static func inclusion(of index: UInt64, size: UInt64, in reader: some HashReader) throws -> [Digest256] {
        guard index < size else {
            throw AuditError(.proofOutOfRange, "Leaf \(index) is not in a tree of \(size) leaves.")
        }
        var siblings: [Range<UInt64>] = []
        var range = 0..<size
        while range.count > 1 {
            let split = range.lowerBound + largestPowerOfTwo(below: UInt64(range.count))
            if index < split {
                siblings.append(split..<range.upperBound)
                range = range.lowerBound..<split
            } else {
                siblings.append(range.lowerBound..<split)
                range = split..<range.upperBound
            }
        }
        return try siblings.reversed().map { try root(of: $0, in: reader) }
    }

    /// The nodes that show the tree of `old` leaves to be the beginning of that of `new` (2.1.4.1).
    /// - Throws: `proofOutOfRange` unless `0 < old <= new`, and what the reader throws.
    public static func consistency(from old: UInt64, to new: UInt64, in reader: some HashReader) throws -> [Digest256] {
        guard 0 < old, old <= new else {
            throw AuditError(.proofOutOfRange, "There is no consistency proof from \(old) to \(new) leaves.")
        }
        var nodes: [Range<UInt64>] = []
        var range = 0..<new
        while range.upperBound != old {
            let split = range.lowerBound + largestPowerOfTwo(below: UInt64(range.count))
            if old <= split {
                nodes.append(split..<range.upperBound)
                range = range.lowerBound..<split
            } else {
                nodes.append(range.lowerBound..<split)
                range = split..<range.upperBound
            }
        }
        if range.lowerBound != 0 { nodes.append(range) }
        return try nodes.reversed().map { try root(of: $0, in: reader) }
    }

    /// The root of the tree's first `size` leaves.
    public static func root(size: UInt64, in reader: some HashReader) throws -> Digest256 {
        size == 0 ? .emptyRoot : try root(of: 0..<size, in: reader)
    }

    /// The Merkle tree hash of a range that the splitting rule of 2.1.1 makes, so aligned at its start.
    private static func root(of range: Range<UInt64>, in reader: some HashReader) throws -> Digest256 {
        var subtrees: [Digest256] = []
        var start = range.lowerBound
        while start < range.upperBound {
            let height = 63 - (range.upperBound - start).leadingZeroBitCount
            subtrees.append(try reader.node(height: height, index: start >> UInt64(height)))
            start += 1 << UInt64(height)
        }
        guard let last = subtrees.popLast() else { return .emptyRoot }
        return subtrees.reversed().reduce(last) { .node($1, $0) }
    }

    /// - Parameter count: at least 2.
    private static func largestPowerOfTwo(below count: UInt64) -> UInt64 {
        1 << UInt64(63 - (count - 1).leadingZeroBitCount)
    }
}

extension MerkleProof {
    /// Checks that `leaf` stands at `index` of the tree of `size` leaves with that root (2.1.3.2).
    /// - Throws: `proofInvalid`.
    public static func verifyInclusion(
        of leaf: Digest256, at index: UInt64, size: UInt64, root: Digest256, path: [Digest256]
    ) throws(AuditError) {
        guard index < size else { throw invalid }
        var (node, last) = (index, size - 1)
        var hash = leaf
        for sibling in path {
            guard last != 0 else { throw invalid }
            if node & 1 == 1 || node == last {
                hash = .node(sibling, hash)
                while node & 1 == 0, node != 0 { (node, last) = (node >> 1, last >> 1) }
            } else {
                hash = .node(hash, sibling)
            }
            (node, last) = (node >> 1, last >> 1)
        }
        guard last == 0, hash == root else { throw invalid }
    }

    /// Checks that the tree of `old` leaves is the beginning of that of `new` (2.1.4.2). Of no leaves every tree is a
    /// continuation; equal sizes need equal roots and an empty proof.
    /// - Throws: `proofInvalid`.
    public static func verifyConsistency(
        from old: UInt64, _ oldRoot: Digest256, to new: UInt64, _ newRoot: Digest256, path: [Digest256]
    ) throws(AuditError) {
        guard old <= new else { throw invalid }
        guard old != 0, old != new else {
            guard path.isEmpty, old != new || oldRoot == newRoot, old != 0 || oldRoot == .emptyRoot else {
                throw invalid
            }
            return
        }
        var rest = path[...]
        if old.nonzeroBitCount == 1 { rest = ([oldRoot] + path)[...] }
        guard let first = rest.popFirst() else { throw invalid }
        var (node, last) = (old - 1, new - 1)
        while node & 1 == 1 { (node, last) = (node >> 1, last >> 1) }
        var (oldHash, newHash) = (first, first)
        for sibling in rest {
            guard last != 0 else { throw invalid }
            if node & 1 == 1 || node == last {
                (oldHash, newHash) = (.node(sibling, oldHash), .node(sibling, newHash))
                while node & 1 == 0, node != 0 { (node, last) = (node >> 1, last >> 1) }
            } else {
                newHash = .node(newHash, sibling)
            }
            (node, last) = (node >> 1, last >> 1)
        }
        guard last == 0, oldHash == oldRoot, newHash == newRoot else { throw invalid }
    }

    private static var invalid: AuditError {
        AuditError(.proofInvalid, "The proof does not lead to the root.")
    }
}
