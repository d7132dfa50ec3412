import Exchange
import Interchange
import Synchronization

/// The signatures under which batches were given to peers that fetch, until their receipts come: evidence has them beside the
/// receipt's. What a stop forgets, or what comes after too many others, the evidence lacks; it is sound all the same.
final class OfferedBatches: Sendable {
    /// The most that are remembered.
    static let maximum = 4_096

    private struct State {
        var signatures: [MessageID: KeptSignature] = [:]
        /// Oldest first, with those that were taken.
        var order: [MessageID] = []
    }

    private let state = Mutex(State())

    /// The batch was given under this signature; one that was kept before is replaced.
    func keep(_ signature: KeptSignature?, of batch: MessageID) {
        guard let signature else { return }
        state.withLock { state in
            if state.signatures.updateValue(signature, forKey: batch) == nil { state.order.append(batch) }
            guard state.order.count > Self.maximum else { return }
            for old in state.order.prefix(Self.maximum / 2) { state.signatures[old] = nil }
            state.order.removeFirst(Self.maximum / 2)
        }
    }

    func signature(of batch: MessageID) -> KeptSignature? { state.withLock { $0.signatures[batch] } }
}
