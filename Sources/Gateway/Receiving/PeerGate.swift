import Interchange
import Synchronization

/// How many requests of one kind of one peer are worked on at once, so that one peer cannot take all the memory or all the processors.
final class PeerGate: Sendable {
    private let maximum: Int
    private let inside = Mutex<[Province: Int]>([:])

    init(maximum: Int) { self.maximum = maximum }

    /// - Returns: false when the peer has as many inside as it may.
    func enter(_ peer: Province) -> Bool {
        inside.withLock { counts in
            guard counts[peer, default: 0] < maximum else { return false }
            counts[peer, default: 0] += 1
            return true
        }
    }

    func leave(_ peer: Province) { inside.withLock { $0[peer, default: 1] -= 1 } }
}
