import AuditLog
import Exchange
import Foundation
import Hummingbird
import Interchange
import Logging
import Mapping
import Policy
import ServiceLifecycle
import Store

/// A province's gateway: everything that `yizhan serve` runs, put together in one place.
public struct Daemon: Sendable {
    /// Services get this long to end what they are at.
    public static let gracefulShutdown = Duration.seconds(10)

    /// What is in force: what the files say, as far as it is approved.
    var loaded: Loaded
    /// Which of our signing keys each peer said that it takes.
    var known: [Province: Set<String>] = [:]
    /// Takes approvals of changes; nil before the gateway runs.
    var changes: (any ChangeDesk)?
    var gate: PeerGate
    let store: any Store
    let clock: WallClock
    let logger: Logger

    private var configuration: GatewayConfiguration { loaded.configuration }
    private var keys: KeyMaterial { loaded.keys }
    private var mappings: MappingLibrary { loaded.mappings }
    private var policy: StatusPolicy { loaded.policy }
    private var codeLists: CodeLists { loaded.codeLists }

    /// Reads keys, mappings and policy and opens the store. Nothing listens yet.
    /// - Throws: ``GatewayError``, ``StoreError``, `MappingMistakes`, `PolicyMistakes`: each says what to do.
    public init(_ configuration: GatewayConfiguration, clock: @escaping WallClock, logger: Logger) throws {
        self.clock = clock
        self.logger = logger
        loaded = try Loaded(configuration)
        gate = PeerGate(maximum: configuration.limits.batchesPerPeer)
        store = try SQLiteStore(
            path: configuration.storePath, keys: loaded.keys.store, maximumPages: configuration.limits.databasePages)
    }

    /// Runs until SIGTERM or SIGINT, or until a part fails.
    public func run() async throws {
        let lock = try StoreLock(store: configuration.storePath)
        let parts = RunningParts(contexts: try configuration.listeners.map { try TLSContexts($0) })
        let enactment = Enactment(self, parts)
        try await enactment.start()
        let delivery = DeliveryService(lanes: parts.lanes, store: store, clock: clock, logger: logger)
        let reload = ReloadService(enactment: enactment, clock: clock, logger: logger)
        try await record(.gatewayStarted)
        var group = ServiceGroupConfiguration(
            services: listeners(parts) + [delivery, reload], gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger)
        group.maximumGracefulShutdownDuration = Self.gracefulShutdown
        group.maximumCancellationDuration = .seconds(5)
        try await ServiceGroup(configuration: group).run()
        try await record(.gatewayStopped)
        await store.close()
        withExtendedLifetime(lock) {}
    }

    private func record(_ event: AuditEvent) async throws {
        try await store.record([Act(event, actor: AuditActor(organisation: "gateway"), at: clock())])
    }

    /// Who sends to each peer that is pushed to.
    func senders(_ clients: PeerClients) -> [Province: PeerSender] {
        let pushed = configuration.peers.filter { $0.mode == .push }
        return Dictionary(
            pushed.compactMap { peer in clients[peer.province].map { (peer.province, sender(to: peer, $0)) } },
            uniquingKeysWith: { $1 })
    }

    private func sender(to peer: GatewayConfiguration.Peer, _ client: CurlClient) -> PeerSender {
        let key = keys.signingKeys.key(knownKeys: known[peer.province], at: clock())
        return PeerSender(
            peer: peer,
            sender: BatchSender(
                province: configuration.province, signer: MessageSigner(key: key, clock: clock)),
            client: client, store: store, limits: configuration.limits, retry: configuration.retry, clock: clock,
            logger: logger)
    }

    private func listeners(_ parts: RunningParts) -> [any Service] {
        let factory = ListenerFactory(limits: configuration.limits, logger: logger)
        let logger = logger
        return zip(["exchange", "status", "local", "operations"], zip(configuration.listeners, parts.joined)).map {
            name, listener in
            factory.listener(name, listener.0, listener.1.context, responder: listener.1.routes) { port in
                logger.notice("listening", metadata: ["listener": "\(name)", "port": "\(port)"])
            }
        }
    }

    /// The routes of the listeners, in the order of ``GatewayConfiguration/listeners``.
    var routers: [Router<RequestScope>] { [exchangeRoutes(), statusRoutes(), localRoutes(), operationsRoutes()] }

    private func exchangeRoutes() -> Router<RequestScope> {
        let router = Router(context: RequestScope.self)
        BatchRoute(
            province: configuration.province, codeLists: codeLists,
            receiver: RequestReceiver(
                authorities: Set(configuration.exchange.names), keys: KeyDirectory(configuration.peers.map(\.keys)),
                limits: configuration.limits.exchange),
            signer: MessageSigner(key: keys.signing, clock: clock), store: store,
            notary: Notary(signer: keys.audit, store: store),
            gate: gate, clock: clock, logger: logger
        ).add(to: router)
        return router
    }

    private func statusRoutes() -> Router<RequestScope> {
        let router = Router(context: RequestScope.self)
        StatusRoute(
            province: configuration.province, bureaus: configuration.bureaus, policy: policy, store: store,
            floor: configuration.limits.answerFloor, clock: clock, logger: logger
        ).add(to: router)
        return router
    }

    private func localRoutes() -> Router<RequestScope> {
        let router = Router(context: RequestScope.self)
        let context = TransformContext(
            gateway: configuration.province, recordKey: keys.record, clock: clock, codeLists: codeLists)
        RecordsRoute(
            province: configuration.province, mappings: mappings,
            intake: IntakeRunner(store: store, context: context, clock: clock),
            limit: configuration.limits.submissionBytes, logger: logger
        ).add(to: router)
        return router
    }

    private func operationsRoutes() -> Router<RequestScope> {
        let router = Router(context: RequestScope.self)
        HealthRoutes(store: store).add(to: router)
        let context = TransformContext(
            gateway: configuration.province, recordKey: keys.record, clock: clock, codeLists: codeLists)
        OperatorRoutes(
            province: configuration.province,
            desk: OperatorDesk(store: store, mappings: mappings, context: context, clock: clock, changes: changes),
            logger: logger
        ).add(to: router)
        return router
    }
}
