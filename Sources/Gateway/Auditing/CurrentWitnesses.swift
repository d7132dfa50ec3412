import Exchange
import Interchange
import Synchronization

/// The peers that witness this gateway's log and whose logs are witnessed here, as they are in force: others after each change
/// of peers.
final class CurrentWitnesses: Sendable {
    private let held = Mutex<[WitnessClient]>([])
    private let wakeup: Wakeup

    /// - Parameter wakeup: woken when a witness has come, so that it is pushed to at once.
    init(wakeup: Wakeup) { self.wakeup = wakeup }

    var clients: [WitnessClient] { held.withLock { $0 } }
    subscript(_ peer: Province) -> WitnessClient? { clients.first { $0.peer == peer } }

    func become(_ peers: [GatewayConfiguration.Peer], _ clients: PeerClients) {
        let fresh = peers.compactMap { peer in
            clients[peer.province].flatMap { WitnessClient(peer, transport: $0) }
        }
        let isNew = held.withLock { held in
            let known = Set(held.map(\.log.key.description))
            defer { held = fresh }
            return fresh.contains { !known.contains($0.log.key.description) }
        }
        if isNew { wakeup.wake() }
    }
}

extension WitnessClient {
    /// Nil for a peer whose log's key is not configured.
    public init?(_ peer: GatewayConfiguration.Peer, transport: any HTTPTransport) {
        guard let key = peer.audit else { return nil }
        self.init(
            log: KnownLogs.Log(owner: peer.province, key: key), address: peer.address, transport: transport)
    }
}
