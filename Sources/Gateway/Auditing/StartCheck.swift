import AuditLog
import Foundation
import Interchange
import Logging
import Store

/// Holds the own log against what is stored and against what peers hold, before anything listens. A gateway that finds its
/// log behind what a peer holds does not start.
public struct StartCheck: Sendable {
    let store: any Store
    let round: WitnessRound
    let witnesses: [WitnessClient]
    /// Where what a peer holds against the log is written.
    let storePath: String
    let logger: Logger

    public init(
        store: any Store, round: WitnessRound, witnesses: [WitnessClient], storePath: String, logger: Logger
    ) {
        (self.store, self.round, self.witnesses) = (store, round, witnesses)
        (self.storePath, self.logger) = (storePath, logger)
    }

    /// - Throws: ``GatewayError`` `logBehind`; ``StoreError`` when the store contradicts itself.
    public func run() async throws {
        try await checkStored()
        let outcomes = try await withThrowingTaskGroup(of: (Province, WitnessRound.Outcome).self) { group in
            for witness in witnesses {
                group.addTask { (witness.peer, try await round.run(with: witness)) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for (peer, outcome) in outcomes {
            switch outcome {
            case .cosigned(let size):
                logger.info("checkpoint cosigned", metadata: ["peer": "\(peer)", "size": "\(size)"])
            case .notCosigned(let reason):
                logger.notice("checkpoint not cosigned", metadata: ["peer": "\(peer)", "reason": "\(reason)"])
            case .astray(let contradiction): throw refusal(contradiction)
            }
        }
    }

    /// The newest checkpoint that was signed here is of this log, and this log is the one that the configuration names.
    private func checkStored() async throws {
        let own = round.notary.signer.verifierKey
        try StoredLog.check(try await store.closedLogs().last, is: own)
        guard let newest = try await store.newestCheckpoint() else { return }
        guard (try? Checkpoint.open(Array(newest.note.utf8), keys: [own], origin: own.name)) != nil else {
            throw GatewayError(
                .mistakes, "the audit log of this store was signed under another origin or key than \(own.name)",
                remedy: "restore `audit.origin` and `keys.audit`; only four eyes open a new origin, with "
                    + "`yizhan audit reopen`")
        }
        let size = try await store.auditSize()
        guard newest.size <= size, try await store.root(ofSize: newest.size) == newest.root else {
            throw GatewayError(
                .logBehind,
                "the audit log is not what its own checkpoint of \(newest.size) entries says; it has \(size)",
                remedy: "run `yizhan audit verify`, and restore the newest copy of the store")
        }
    }

    func refusal(_ contradiction: WitnessRound.Contradiction) -> GatewayError {
        let file = "\(storePath).held-by-\(contradiction.holder).txt"
        let isWritten = (try? Data(contradiction.note).write(to: URL(fileURLWithPath: file))) != nil
        return GatewayError(
            .logBehind, contradiction.message,
            remedy: "restore the newest copy of the store; if there is none, four eyes open a new origin with "
                + "`yizhan audit reopen` (docs/OPERATING.md, When entries were lost)"
                + (isWritten ? "; the peer's checkpoint is in \(file)" : ""))
    }
}
