import AuditLog
import Interchange
import Logging
import Store

/// Compares checkpoints of third logs that a peer lists with those that are held here, so that two views of one log, each
/// consistent by itself, cannot live on side by side.
public struct LogComparison: Sendable {
    let logs: KnownLogs
    /// Those whose own log can be read.
    let clients: [WitnessClient]
    let store: any Store
    let clock: WallClock
    let logger: Logger

    public init(
        logs: KnownLogs, clients: [WitnessClient], store: any Store, clock: @escaping WallClock, logger: Logger
    ) {
        (self.logs, self.clients, self.store) = (logs, clients, store)
        (self.clock, self.logger) = (clock, logger)
    }

    public enum Result: Sendable, Equatable {
        case consistent, forked
        /// Nothing is held here, the log cannot be read, or the note is not the log's.
        case undecided
    }

    /// Asks a peer for what it holds of every other log that is known here.
    public func run(with peer: WitnessClient) async {
        for log in logs.logs where log.owner != peer.peer {
            guard let note = await peer.held(log.origin) else { continue }
            await compare([log.origin: note], from: peer.peer)
        }
    }

    /// - Parameter listing: signed notes by origin, as a peer's capabilities list them.
    public func compare(_ listing: [String: [UInt8]], from peer: Province) async {
        for (origin, note) in listing {
            guard let log = logs.log(of: origin), log.owner != peer else { continue }
            do {
                let result = try await compare(note, of: log, from: peer)
                logger.debug("checkpoints compared", metadata: ["origin": "\(origin)", "result": "\(result)"])
            } catch {
                logger.error("checkpoints not compared", metadata: ["error": "\(error)"])
            }
        }
    }

    public func compare(_ note: [UInt8], of log: KnownLogs.Log, from peer: Province) async throws -> Result {
        guard let shown = try? Checkpoint.open(note, keys: [log.key], origin: log.origin),
            let held = try await store.heldCheckpoints().first(where: { $0.origin == log.origin }),
            let own = try? Checkpoint.open(held.note, keys: [log.key], origin: log.origin)
        else { return .undecided }
        if shown.size == own.size {
            if shown.root == own.root { return .consistent }
            return try await found(held.note, note, log, peer)
        }
        guard shown.size > 0, own.size > 0 else { return .consistent }
        let (small, large) = shown.size < own.size ? (shown, own) : (own, shown)
        guard let proof = await proof(from: small.size, to: large.size, of: log),
            let past = MerkleProof.pastRoot(of: small.size, in: large.size, large.root, path: proof)
        else { return .undecided }
        if past == small.root { return .consistent }
        let larger = WitnessRequest(
            oldSize: small.size, proof: proof, note: shown.size < own.size ? held.note : note
        ).bytes
        return shown.size < own.size
            ? try await found(larger, note, log, peer) : try await found(held.note, larger, log, peer)
    }

    private func found(
        _ held: [UInt8], _ shown: [UInt8], _ log: KnownLogs.Log, _ peer: Province
    ) async throws -> Result {
        let divergence = FoundDivergence(
            origin: log.origin, kind: .forked, held: held, shown: shown, peer: peer, at: clock())
        if try await store.keep(divergence) {
            logger.critical(
                "an audit log shows two histories",
                metadata: ["alert": "logDiverged", "origin": "\(log.origin)", "peer": "\(peer)"])
        }
        return .forked
    }

    /// Read from the log's own tiles, with its old root in front where a proof leaves it out.
    private func proof(from old: UInt64, to new: UInt64, of log: KnownLogs.Log) async -> [Digest256]? {
        guard let client = clients.first(where: { $0.log.origin == log.origin }) else { return nil }
        var tiles = RemoteTiles(client: client, size: new)
        return await tiles.read { try MerkleProof.wholeConsistency(from: old, to: new, in: $0) }
    }
}
