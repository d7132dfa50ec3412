import Exchange
import Interchange
import Synchronization

/// The client to each peer, with that peer's authority. It lives as long as the peer is in force, and what uses it: its
/// connections outlive a reload.
final class PeerClients: Sendable {
    private let held = Mutex<[Province: CurlClient]>([:])

    subscript(_ peer: Province) -> CurlClient? { held.withLock { $0[peer] } }

    /// Clients for peers that have none yet: what can fail is done before anything changes.
    /// - Throws: `TransportError`.
    func missing(for wanted: [Province: TransportCredentials]) throws -> [Province: CurlClient] {
        let known = held.withLock { Set($0.keys) }
        var fresh: [Province: CurlClient] = [:]
        for (peer, credentials) in wanted where !known.contains(peer) { fresh[peer] = try CurlClient(credentials) }
        return fresh
    }

    /// From now on there is one for each wanted peer: those that stay take the credentials for new connections.
    func become(_ wanted: [Province: TransportCredentials], adding fresh: [Province: CurlClient]) {
        held.withLock { clients in
            clients = clients.filter { wanted[$0.key] != nil }
            for (peer, client) in clients { wanted[peer].map { client.replaceCredentials($0) } }
            clients.merge(fresh) { old, _ in old }
        }
    }
}
