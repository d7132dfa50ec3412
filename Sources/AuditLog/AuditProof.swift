/// Shows that a leaf stands in a log, to whoever trusts the log's key: what `yizhan audit proof ENTRY` prints.
public struct InclusionStatement: Sendable, Codable, Hashable {
    public var origin: String
    /// The leaf's place, from 0.
    public var index: UInt64
    public var size: UInt64
    /// Digests are in standard base64.
    public var leaf, root: String
    /// Lowest node first (RFC 9162, 2.1.3).
    public var path: [String]
    /// The signed note over `size` and `root`.
    public var checkpoint: String

    public init(
        origin: String, index: UInt64, size: UInt64, leaf: Digest256, root: Digest256, path: [Digest256],
        checkpoint: String
    ) {
        self.origin = origin
        self.index = index
        self.size = size
        (self.leaf, self.root) = (leaf.base64, root.base64)
        self.path = path.map(\.base64)
        self.checkpoint = checkpoint
    }

    /// Checks the path and the checkpoint.
    /// - Parameter leaf: of the entry that is to be shown; nil to take the statement's own.
    /// - Returns: the checkpoint.
    /// - Throws: `proofInvalid`, and what ``Checkpoint/open(_:keys:origin:)`` throws.
    @discardableResult
    public func verify(_ leaf: Digest256? = nil, keys: [NoteVerifierKey]) throws(AuditError) -> Checkpoint {
        let checkpoint = try Checkpoint.open(Array(self.checkpoint.utf8), keys: keys, origin: origin)
        let nodes = path.compactMap { Digest256(base64: $0) }
        guard nodes.count == path.count, checkpoint.size == size, checkpoint.root.base64 == root,
            let stated = Digest256(base64: self.leaf), leaf == nil || leaf == stated
        else { throw AuditError(.proofInvalid, "The proof is not for this entry and this checkpoint.") }
        try MerkleProof.verifyInclusion(of: stated, at: index, size: size, root: checkpoint.root, path: nodes)
        return checkpoint
    }
}

/// Shows that one tree is the beginning of another: what `yizhan audit proof --consistency A B` prints.
public struct ConsistencyStatement: Sendable, Codable, Hashable {
    public var origin: String
    public var from, to: UInt64
    /// Roots of the two sizes, and the nodes of RFC 9162, 2.1.4, in standard base64.
    public var fromRoot, toRoot: String
    public var path: [String]

    public init(
        origin: String, from: UInt64, _ fromRoot: Digest256, to: UInt64, _ toRoot: Digest256, path: [Digest256]
    ) {
        (self.origin, self.from, self.to) = (origin, from, to)
        (self.fromRoot, self.toRoot) = (fromRoot.base64, toRoot.base64)
        self.path = path.map(\.base64)
    }
}
