import Interchange
import Store
import Synchronization

/// Wakes the requests that wait for something to be sent to their peer.
final class WorkBell: Sendable {
    private let listeners = Mutex<[Province: [ObjectIdentifier: Wakeup]]>([:])

    /// Rings after each commit that gave a peer something to send.
    init(_ store: any Store) {
        store.onWork { [weak self] peers in self?.ring(peers) }
    }

    func listen(for peer: Province) -> Wakeup {
        let wakeup = Wakeup()
        listeners.withLock { $0[peer, default: [:]][ObjectIdentifier(wakeup)] = wakeup }
        return wakeup
    }

    func leave(_ wakeup: Wakeup, of peer: Province) {
        listeners.withLock { $0[peer]?[ObjectIdentifier(wakeup)] = nil }
    }

    private func ring(_ peers: Set<Province>) {
        let waiting = listeners.withLock { listeners in peers.flatMap { listeners[$0].map { Array($0.values) } ?? [] } }
        for wakeup in waiting { wakeup.wake() }
    }
}
