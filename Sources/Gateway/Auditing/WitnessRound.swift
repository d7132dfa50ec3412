import AuditLog
import Interchange
import Store

/// Has the newest checkpoint of our own log cosigned by one witness, and learns on the way whether the witness holds what
/// this log does not have.
public struct WitnessRound: Sendable {
    /// Requests of one round: the first may start from another size than the witness holds.
    private static let attempts = 3

    let store: any Store
    let notary: Notary
    let clock: WallClock

    public init(store: any Store, notary: Notary, clock: @escaping WallClock) {
        (self.store, self.notary, self.clock) = (store, notary, clock)
    }

    public enum Outcome: Sendable {
        /// It cosigned a checkpoint of this size.
        case cosigned(UInt64)
        /// It holds a checkpoint of ours, under our signature, that this log does not bear out.
        case astray(Contradiction)
        /// It did not cosign, for a reason that says nothing of the log.
        case notCosigned(String)
    }

    /// What a witness holds against our log.
    public struct Contradiction: Sendable {
        public var holder: Province
        /// The signed note, by our own key.
        public var note: [UInt8]
        public var held: Checkpoint
        public var size: UInt64

        /// What the operator reads.
        var message: String {
            held.size > size
                ? "peer \(holder) holds a checkpoint of \(held.size) entries of this gateway's audit log, which has \(size): "
                    + "entries were lost, or an old copy was restored"
                : "peer \(holder) holds a checkpoint of \(held.size) entries of this gateway's audit log with another root: "
                    + "the log was rewritten or forked"
        }
    }

    public func run(with witness: WitnessClient) async throws -> Outcome {
        let checkpoint = try await notary.checkpoint(at: clock())
        let key = try CosignerKey(of: witness.log.key)
        var old = try await store.newestCosigned(by: key.witness)?.size ?? 0
        for _ in 0..<Self.attempts {
            guard old <= checkpoint.size else { return try await contradiction(checkpoint, witness) }
            let request = WitnessRequest(
                oldSize: old, proof: try await store.consistency(from: old, to: checkpoint.size),
                note: Array(checkpoint.note.utf8))
            switch await witness.add(request) {
            case .cosigned(let lines): return try await keep(lines, of: checkpoint, by: key)
            case .holds(let size) where size > checkpoint.size || size == old:
                return try await contradiction(checkpoint, witness)
            case .holds(let size): old = size
            case .unproven: return try await contradiction(checkpoint, witness)
            case .refused(404): return .notCosigned("it does not know this log: give its operator the origin and key")
            case .refused(let status): return .notCosigned("it answered \(status)")
            case .unreachable(let reason): return .notCosigned(reason)
            }
        }
        return .notCosigned("it holds another size at each attempt")
    }

    private func keep(_ lines: [UInt8], of checkpoint: SignedCheckpoint, by key: CosignerKey) async throws -> Outcome {
        guard let note = try? SignedNote(parsing: Array(checkpoint.note.utf8) + lines),
            let signature = note.signatures.first(where: { $0.keyID == key.id && $0.name == key.name }),
            (try? note.cosignatures(by: [key]).isEmpty) == false
        else { return .notCosigned("its cosignature does not verify with the key that is configured for it") }
        try await store.keep(
            [KeptCosignature(witness: key.witness, line: signature.line, at: clock())], ofSize: checkpoint.size)
        return .cosigned(checkpoint.size)
    }

    /// A witness's word alone stops nothing: it must show a checkpoint under our own signature.
    private func contradiction(_ own: SignedCheckpoint, _ witness: WitnessClient) async throws -> Outcome {
        guard let note = await witness.held(notary.origin),
            let held = try? Checkpoint.open(note, keys: [notary.signer.verifierKey], origin: notary.origin)
        else { return .notCosigned("it claims to hold more than it shows under this log's signature") }
        if held.size <= own.size, try await store.root(ofSize: held.size) == held.root {
            return .notCosigned("what it holds is the beginning of this log")
        }
        return .astray(Contradiction(holder: witness.peer, note: note, held: held, size: own.size))
    }
}

extension CosignerKey {
    /// How the store names a witness.
    var witness: String { "\(name)+\(idText)" }
}
