/// A checkpoint as someone shows it: the signed note, or the request to witness it, whose proof says what its first entries were.
public struct ShownCheckpoint: Sendable, Hashable {
    public let checkpoint: Checkpoint
    /// What the proof that came with it says of a smaller tree.
    fileprivate let past: (size: UInt64, root: Digest256)?

    /// - Parameters:
    ///   - bytes: a signed note, or a ``WitnessRequest`` with one.
    ///   - keys: the log's.
    /// - Throws: `noteMalformed`, `noteUnsigned`, `signatureInvalid` or `checkpointMalformed`.
    public init(_ bytes: [UInt8], keys: [NoteVerifierKey]) throws(AuditError) {
        let request = try? WitnessRequest(parsing: bytes)
        checkpoint = try Checkpoint.open(request?.note ?? bytes, keys: keys)
        past = request.flatMap { [checkpoint] request in
            MerkleProof.pastRoot(
                of: request.oldSize, in: checkpoint.size, checkpoint.root, path: request.proof
            ).map { (request.oldSize, $0) }
        }
    }

    public static func == (left: ShownCheckpoint, right: ShownCheckpoint) -> Bool {
        left.checkpoint == right.checkpoint && left.past?.size == right.past?.size
            && left.past?.root == right.past?.root
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(checkpoint) }

    /// What it says the root of this size is; nil when it says nothing.
    fileprivate func root(of size: UInt64) -> Digest256? {
        if checkpoint.size == size { return checkpoint.root }
        return past?.size == size ? past?.root : nil
    }
}

/// What two checkpoints of one log say of each other.
public enum CheckpointComparison: Sendable, Hashable {
    /// One size, two roots, both under the log's signature: the log shows two histories.
    case forked(size: UInt64)
    /// They state the same root of one size.
    case consistent
    /// Neither says anything of the other's size: a consistency proof would decide.
    case undecided
    /// They are of different logs.
    case unrelated

    public init(_ left: ShownCheckpoint, _ right: ShownCheckpoint) {
        guard left.checkpoint.origin == right.checkpoint.origin else {
            self = .unrelated
            return
        }
        self = .undecided
        let sizes =
            [left.checkpoint.size, right.checkpoint.size] + [left.past?.size, right.past?.size].compactMap { $0 }
        for size in sizes {
            guard let first = left.root(of: size), let second = right.root(of: size) else { continue }
            self = first == second ? .consistent : .forked(size: size)
            if first != second { return }
        }
    }
}
