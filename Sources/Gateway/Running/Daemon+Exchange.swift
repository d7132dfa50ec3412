import Exchange
import Hummingbird
import Interchange
import Store

/// What speaks with other gateways, made anew whenever what is in force changes: the routes they call, and who calls them.
extension Daemon {
    /// To every peer that is pushed to or fetched from.
    func links(_ clients: PeerClients) -> [PeerLink] {
        let notes = CapabilityNotes(
            keys: KeyDirectory(configuration.peers.map(\.keys)), store: store, listings: exchange.listings,
            logger: logger)
        return configuration.peers.filter { $0.mode == .push || $0.fetch }.compactMap { peer in
            clients[peer.province].map { client in
                PeerLink(
                    province: configuration.province, peer: peer, client: client, signing: signing,
                    observer: { peer, stated, now in await notes.note(stated, of: peer, at: now) }, logger: logger)
            }
        }
    }

    /// Who sends to each peer that is pushed to, from now on.
    func senders(_ links: [PeerLink]) -> [Province: PeerSender] {
        byPeer(links.filter { $0.peer.mode == .push }) { link in
            PeerSender(
                link, store: store, limits: configuration.limits.exchange,
                courier: exchange.couriers.renewed(
                    for: link.peer.province, retry: configuration.retry,
                    batchesInFlight: configuration.limits.batchesInFlight),
                clock: clock, logger: logger)
        }
    }

    /// Who fetches from each peer whose configuration says so.
    func fetchers(_ links: [PeerLink]) -> [Province: PeerFetcher] {
        byPeer(links.filter(\.peer.fetch)) { link in
            PeerFetcher(
                link, intake: batchIntake, refusals: refusals, retry: configuration.retry, clock: clock, logger: logger)
        }
    }

    private func byPeer<Driver>(_ links: [PeerLink], _ make: (PeerLink) -> Driver) -> [Province: Driver] {
        Dictionary(links.map { ($0.peer.province, make($0)) }, uniquingKeysWith: { $1 })
    }

    /// Signs to each peer with the newest key that it takes.
    var signing: ExchangeSigning {
        ExchangeSigning(keys: keys.signingKeys, book: exchange.book, known: known, clock: clock)
    }

    private var batchIntake: BatchIntake {
        BatchIntake(
            province: configuration.province, codeLists: codeLists, limits: configuration.limits.exchange, store: store,
            notary: Notary(signer: keys.audit, store: store), reserve: StorageReserve(configuration, store: store))
    }

    private var refusals: RefusalEntries {
        RefusalEntries(
            store: store, counts: exchange.refusals, interval: configuration.limits.refusalEntries)
    }

    /// What a peer's requests of these limits pass.
    func door(_ limits: ExchangeLimits) -> PeerDoor {
        PeerDoor(receiver: receiver(limits), signing: signing, nonces: exchange.nonces, clock: clock, logger: logger)
    }

    /// Batches, pushed and fetched, and capabilities.
    func deliveryRoutes(on router: Router<RequestScope>) {
        let limits = configuration.limits
        let door = door(limits.exchange)
        BatchRoute(door: door, intake: batchIntake, gate: gate, refusals: refusals).add(to: router)
        OutboxRoute(
            door: door, store: store, limits: limits, gate: outboxGate, bell: exchange.bell, offered: exchange.offered
        ).add(to: router)
        ReceiptRoute(
            door: door, province: configuration.province, store: store, offered: exchange.offered, refusals: refusals
        ).add(to: router)
        CapabilitiesRoute(
            door: door, limits: limits.exchange, notary: Notary(signer: keys.audit, store: store),
            checkpoints: { [store] in try await store.heldNotes() }
        ).add(to: router)
    }

    /// What no route answers. The last thing that is added to a router.
    func unknownPaths(on router: Router<RequestScope>) {
        router.add(middleware: UnansweredRequests(RoutedMethods(router.routes), signedBy: signing))
    }
}
