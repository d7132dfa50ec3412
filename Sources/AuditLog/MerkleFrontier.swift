/// What is needed of a Merkle tree (RFC 9162, 2.1) to append to it and to know its root: the roots of its perfect
/// subtrees, largest first, one for each bit that is set in the size.
///
/// A value: copy it before a transaction and put the copy back to undo. Appending is amortised one node hash and, once
/// the stack has grown to its final height, no allocation.
public struct MerkleFrontier: Sendable, Hashable {
    /// How many leaves there are.
    public private(set) var size: UInt64
    private var subtrees: [Digest256]

    /// The empty tree.
    public init() {
        size = 0
        subtrees = []
        subtrees.reserveCapacity(64)
    }

    /// - Parameter subtrees: the roots of the perfect subtrees of a tree of this size, largest first.
    /// - Returns: nil when their number is not that of the bits set in `size`.
    public init?(size: UInt64, subtrees: [Digest256]) {
        guard subtrees.count == size.nonzeroBitCount else { return nil }
        self.size = size
        self.subtrees = subtrees
    }

    public mutating func append(_ leaf: Digest256) { append(leaf) { _, _ in } }

    /// Appends a leaf, and tells of every perfect subtree that it completes, the leaf itself (height 0) first.
    @inline(__always)
    mutating func append(_ leaf: Digest256, completed: (_ height: Int, _ node: Digest256) -> Void) {
        var node = leaf
        var height = 0
        completed(0, node)
        while size >> UInt64(height) & 1 == 1 {
            node = .node(subtrees.removeLast(), node)
            height += 1
            completed(height, node)
        }
        subtrees.append(node)
        size += 1
    }

    /// The Merkle tree hash of all leaves; of none, ``Digest256/emptyRoot``.
    public var root: Digest256 {
        guard let last = subtrees.last else { return .emptyRoot }
        return subtrees.dropLast().reversed().reduce(last) { .node($1, $0) }
    }
}
