import AuditLog
import Exchange
import Interchange

/// Reads from a peer's log, which shows its tiles but not its entries, that the leaves which its receipt names are there.
struct LeafReader: Sendable {
    /// The most leaves of one receipt that are shown: an entry for each envelope of the largest batch, and a few.
    static let mostLeaves = 10_050
    /// However slow the peer is.
    static let patience = Duration.seconds(20)

    let client: WitnessClient

    func read(_ named: Receipt.Audit) async -> ReadLeaves {
        await withTaskGroup(of: ReadLeaves.self) { either in
            either.addTask { await gather(named) }
            either.addTask {
                try? await Task.sleep(for: Self.patience)
                return .missing("\(client.peer) did not answer in time")
            }
            defer { either.cancelAll() }
            return await either.next() ?? .missing("\(client.peer) was not asked")
        }
    }

    private func gather(_ named: Receipt.Audit) async -> ReadLeaves {
        let peer = client.peer
        guard named.origin == client.log.origin else {
            return .missing("the log \(named.origin) of \(peer) was closed")
        }
        guard let note = await client.get(log: "checkpoint") else {
            return .missing("\(peer) did not show a checkpoint of its log")
        }
        let range = named.entries
        guard let checkpoint = try? Checkpoint.open(note, keys: [client.log.key], origin: client.log.origin),
            range.lowerBound >= 0, range.count <= Self.mostLeaves, UInt64(range.upperBound) < checkpoint.size,
            named.treeSize > 0, UInt64(named.treeSize) <= checkpoint.size
        else { return .missing("the log that \(peer) shows does not reach to what its receipt names") }
        guard let proofs = await prove(range, named, checkpoint) else {
            return .missing("\(peer) did not show the tiles that the proofs need")
        }
        return .read(
            EvidenceFile.Theirs(
                origin: checkpoint.origin, size: checkpoint.size, checkpoint: String(decoding: note, as: UTF8.self),
                consistency: proofs.consistency.map(\.base64), entries: proofs.leaves))
    }

    private func prove(
        _ range: ClosedRange<Int>, _ named: Receipt.Audit, _ checkpoint: Checkpoint
    ) async -> (leaves: [EvidenceFile.Theirs.Leaf], consistency: [Digest256])? {
        var tiles = RemoteTiles(client: client, size: checkpoint.size)
        let old = UInt64(named.treeSize)
        let consistency = await tiles.read { reader in
            old == checkpoint.size ? [] : try MerkleProof.consistency(from: old, to: checkpoint.size, in: reader)
        }
        let leaves = await tiles.read { reader in
            try range.map { index in
                let index = UInt64(index)
                return EvidenceFile.Theirs.Leaf(
                    index: index, leaf: try reader.node(height: 0, index: index).base64,
                    path: try MerkleProof.inclusion(of: index, size: checkpoint.size, in: reader).map(\.base64))
            }
        }
        guard let leaves, let consistency else { return nil }
        return (leaves, consistency)
    }
}
