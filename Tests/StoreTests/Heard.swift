import Interchange
import Synchronization

/// What ``Store/onWork(_:)`` said.
final class Heard: Sendable {
    private let state = Mutex((calls: 0, peers: Set<Province>()))

    func hear(_ peers: Set<Province>) {
        state.withLock {
            $0.calls += 1
            $0.peers.formUnion(peers)
        }
    }

    var calls: Int { state.withLock { $0.calls } }
    var peers: Set<Province> { state.withLock { $0.peers } }
}
