import Exchange
import Hummingbird
import Interchange
import Logging
import ServiceLifecycle
import Store

/// Everything of a gateway that speaks with other gateways: the routes they call, and the services that call them.
struct ExchangeSide {
    /// To every peer that is pushed to or fetched from.
    let links: [PeerLink]
    let senders: [Province: PeerSender]
    let fetchers: [PeerFetcher]
    let authorities: PeerAuthorities
    private let configuration: GatewayConfiguration
    private let store: any Store
    private let clock: WallClock
    private let logger: Logger
    private let door: PeerDoor
    private let intake: BatchIntake

    /// - Throws: `TransportError`, ``GatewayError``: certificates or authorities that cannot be used.
    init(
        _ configuration: GatewayConfiguration, keys: KeyMaterial, store: any Store, codeLists: CodeLists,
        clock: @escaping WallClock, logger: Logger
    ) throws {
        (self.configuration, self.store, self.clock, self.logger) = (configuration, store, clock, logger)
        authorities = try PeerAuthorities(peers: configuration.peers, listener: configuration.exchange)
        let signing = ExchangeSigning(keys: OneSigningKey(keys.signing), book: PeerBook(), clock: clock)
        door = PeerDoor(
            receiver: RequestReceiver(
                authorities: Set(configuration.exchange.names), keys: KeyDirectory(configuration.peers.map(\.keys)),
                limits: configuration.limits.exchange),
            signing: signing, nonces: NonceMemory(), clock: clock, logger: logger)
        intake = BatchIntake(
            province: configuration.province, codeLists: codeLists, limits: configuration.limits.exchange, store: store,
            notary: Notary(signer: keys.audit, store: store), reserve: StorageReserve(configuration, store: store))
        links = try Self.links(configuration, signing, logger)
        let (limits, retry, applying) = (configuration.limits, configuration.retry, intake)
        senders = Dictionary(
            uniqueKeysWithValues: links.filter { $0.peer.mode == .push }.map { link in
                let sender = PeerSender(
                    link, store: store, limits: limits, retry: retry, clock: clock, logger: logger)
                return (link.peer.province, sender)
            })
        fetchers = links.filter(\.peer.fetch).map {
            PeerFetcher($0, intake: applying, retry: retry, clock: clock, logger: logger)
        }
    }

    private static func links(
        _ configuration: GatewayConfiguration, _ signing: ExchangeSigning, _ logger: Logger
    ) throws -> [PeerLink] {
        let pending = PendingKeyNotice(keys: KeyDirectory(configuration.peers.map(\.keys)), logger: logger)
        return try configuration.peers.filter { $0.mode == .push || $0.fetch }.map { peer in
            PeerLink(
                province: configuration.province, peer: peer,
                client: try CurlClient(TransportCredentials(listener: configuration.exchange, peer: peer)),
                signing: signing, observer: { peer, stated, _ in pending.notice(peer: peer, stated: stated) },
                logger: logger)
        }
    }

    var services: [any Service] {
        [
            DeliveryService(senders: senders, store: store, clock: clock, logger: logger),
            FetchService(fetchers: fetchers, clock: clock, logger: logger),
        ]
    }

    /// The exchange listener's.
    /// - Parameter checkpoints: the newest held of other logs, for capabilities.
    func routes(checkpoints: @escaping HeldCheckpoints = { [:] }) -> Router<RequestScope> {
        let router = Router(context: RequestScope.self)
        let limits = configuration.limits
        BatchRoute(door: door, intake: intake, gate: PeerGate(maximum: limits.batchesPerPeer)).add(to: router)
        OutboxRoute(
            door: door, store: store, limits: limits, gate: PeerGate(maximum: limits.batchesPerPeer),
            bell: WorkBell(store)
        ).add(to: router)
        ReceiptRoute(door: door, province: configuration.province, store: store).add(to: router)
        CapabilitiesRoute(
            door: door, limits: limits.exchange, notary: intake.notary, checkpoints: checkpoints
        ).add(to: router)
        router.add(middleware: SignedNotFound(signing: door.signing, routes: router.routes))
        return router
    }
}
