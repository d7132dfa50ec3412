/// What a log's owner asks of a witness (C2SP `tlog-witness`, `add-checkpoint`): a line `old SIZE`, the consistency proof from
/// there, a hash a line, an empty line, and the signed checkpoint.
public struct WitnessRequest: Sendable, Hashable {
    /// More proof lines than this are refused.
    public static let mostProofLines = 63
    /// A longer request is refused, in bytes.
    public static let longest = 64 << 10

    /// The size of the checkpoint that the witness is thought to hold; 0 for none.
    public var oldSize: UInt64
    public var proof: [Digest256]
    /// The signed note.
    public var note: [UInt8]

    public init(oldSize: UInt64, proof: [Digest256], note: [UInt8]) {
        self.oldSize = oldSize
        self.proof = proof
        self.note = note
    }

    /// As it travels.
    public var bytes: [UInt8] {
        let lines = ["old \(oldSize)"] + proof.map(\.base64)
        return Array((lines.joined(separator: "\n") + "\n\n").utf8) + note
    }

    /// Reads the request's form; the note is not read.
    /// - Throws: `requestMalformed`.
    public init(parsing bytes: [UInt8]) throws(AuditError) {
        guard bytes.count <= Self.longest else { throw Self.malformed }
        var lines: [String] = []
        var rest = bytes[...]
        while true {
            guard let end = rest.firstIndex(of: 0x0A), lines.count <= Self.mostProofLines + 1 else {
                throw Self.malformed
            }
            let line = rest[rest.startIndex..<end]
            rest = rest[(end + 1)...]
            if line.isEmpty { break }
            lines.append(String(decoding: line, as: UTF8.self))
        }
        guard let first = lines.first, first.hasPrefix("old "), let size = UInt64(first.dropFirst(4)),
            first == "old \(size)", lines.count <= Self.mostProofLines + 1
        else { throw Self.malformed }
        var proof: [Digest256] = []
        for line in lines.dropFirst() {
            guard let hash = Digest256(base64: line) else { throw Self.malformed }
            proof.append(hash)
        }
        self.init(oldSize: size, proof: proof, note: Array(rest))
    }

    private static var malformed: AuditError {
        AuditError(.requestMalformed, "This is not a request to witness a checkpoint.")
    }
}

/// What a witness decides on a request whose checkpoint is signed by its log.
public enum WitnessVerdict: Sendable, Hashable {
    /// It continues what is held, and takes its place: cosign it.
    case cosign
    /// The request starts from another size than the one held, which is this.
    case outdated(held: UInt64)
    /// The old size is larger than the checkpoint's.
    case contradictory
    /// It does not continue what is held, or does not show it.
    case diverged(LogDivergence)

    /// - Parameters:
    ///   - checkpoint: the request's own, opened with the log's key.
    ///   - held: the newest checkpoint of the log that was cosigned here; nil for none.
    public init(on request: WitnessRequest, _ checkpoint: Checkpoint, held: Checkpoint?) {
        self = Self.judge(request, checkpoint, held)
    }

    private static func judge(
        _ request: WitnessRequest, _ checkpoint: Checkpoint, _ held: Checkpoint?
    ) -> WitnessVerdict {
        guard request.oldSize <= checkpoint.size else { return .contradictory }
        let (size, root) = (held?.size ?? 0, held?.root ?? .emptyRoot)
        if checkpoint.size == size, checkpoint.root != root { return .diverged(.forked) }
        guard request.oldSize == size else {
            return checkpoint.size < size ? .diverged(.rewound) : .outdated(held: size)
        }
        let proof = request.proof
        let continues: Void? = try? MerkleProof.verifyConsistency(
            from: size, root, to: checkpoint.size, checkpoint.root, path: proof)
        if continues != nil { return .cosign }
        let past = MerkleProof.pastRoot(of: size, in: checkpoint.size, checkpoint.root, path: proof)
        return .diverged(past.map { $0 != root } ?? false ? .forked : .unproven)
    }
}

/// How a log that is witnessed went astray.
public enum LogDivergence: String, Sendable, Hashable, CaseIterable {
    /// It shows two histories: proven by the two checkpoints, and the proof that came with the second.
    case forked
    /// It shows a smaller tree after a larger one: its tail was cut off, or an old copy restored.
    case rewound
    /// It did not show that its new checkpoint continues the old one.
    case unproven
}

extension MerkleProof {
    /// The root that the first `old` leaves have in the tree of `new` leaves with that root, as the proof shows it. The
    /// proof is one of 2.1.4.1; when `old` is a power of two, with the node that such a proof leaves out in front.
    /// - Returns: nil when the proof does not lead to the root.
    public static func pastRoot(
        of old: UInt64, in new: UInt64, _ newRoot: Digest256, path: [Digest256]
    ) -> Digest256? {
        guard 0 < old, old < new, let first = path.first else { return nil }
        var (node, last) = (old - 1, new - 1)
        while node & 1 == 1 { (node, last) = (node >> 1, last >> 1) }
        var (oldHash, newHash) = (first, first)
        for sibling in path.dropFirst() {
            guard last != 0 else { return nil }
            if node & 1 == 1 || node == last {
                (oldHash, newHash) = (.node(sibling, oldHash), .node(sibling, newHash))
                while node & 1 == 0, node != 0 { (node, last) = (node >> 1, last >> 1) }
            } else {
                newHash = .node(newHash, sibling)
            }
            (node, last) = (node >> 1, last >> 1)
        }
        return last == 0 && newHash == newRoot ? oldHash : nil
    }

    /// The proof of 2.1.4.1 from which ``pastRoot(of:in:_:path:)`` reads the old root whatever its size.
    public static func wholeConsistency(
        from old: UInt64, to new: UInt64, in reader: some HashReader
    ) throws -> [Digest256] {
        let proof = try consistency(from: old, to: new, in: reader)
        guard old.nonzeroBitCount == 1, old < new else { return proof }
        return [try root(size: old, in: reader)] + proof
    }
}
