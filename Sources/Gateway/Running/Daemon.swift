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
public struct Daemon {
    /// Services get this long to end what they are at.
    public static let gracefulShutdown = Duration.seconds(10)

    private let configuration: GatewayConfiguration
    private let keys: KeyMaterial
    private let store: any Store
    private let mappings: MappingLibrary
    private let policy: StatusPolicy
    private let codeLists: CodeLists
    private let clock: WallClock
    private let logger: Logger

    /// Reads keys, mappings and policy and opens the store. Nothing listens yet.
    /// - Throws: ``GatewayError``, ``StoreError``, `MappingMistakes`, `PolicyMistakes`: each says what to do.
    public init(_ configuration: GatewayConfiguration, clock: @escaping WallClock, logger: Logger) throws {
        self.configuration = configuration
        self.clock = clock
        self.logger = logger
        keys = try KeyMaterial(configuration)
        mappings = try MappingLibrary(folder: configuration.mappings)
        guard let text = FileManager.default.contents(atPath: configuration.policy) else {
            throw GatewayError(.file, "the policy \(configuration.policy) cannot be read", remedy: "set `policy`")
        }
        policy = try StatusPolicy(yaml: String(decoding: text, as: UTF8.self), file: configuration.policy)
        codeLists = try CodeLists.standard(adding: configuration.divisionsExtra)
        store = try SQLiteStore(
            path: configuration.storePath, keys: keys.store, maximumPages: configuration.limits.databasePages)
    }

    /// Runs until SIGTERM or SIGINT, or until a part fails.
    public func run() async throws {
        let lock = try StoreLock(store: configuration.storePath)
        let peers = configuration.peers.filter { $0.mode == .push }
        let clients = try peers.map { peer in
            (client: try CurlClient(TransportCredentials(listener: configuration.exchange, peer: peer)), peer: peer)
        }
        let senders = Dictionary(
            uniqueKeysWithValues: clients.map { ($0.peer.province, sender(to: $0.peer, $0.client)) })
        let contexts = try [
            configuration.exchange, configuration.status, configuration.local, configuration.operations,
        ].map { try TLSContexts($0) }
        let delivery = DeliveryService(senders: senders, store: store, clock: clock, logger: logger)
        let reload = ReloadService(
            contexts: contexts, clients: clients, listener: configuration.exchange, files: watchedFiles,
            senders: senders,
            logger: logger)
        let retention = RetentionService(keeping: keeping, clock: clock, logger: logger)
        // What was signed before a restore may have been used already: the nonces that would say so are lost.
        let restored = try await store.restoreMark()?.at
        try await record(.gatewayStarted)
        var group = ServiceGroupConfiguration(
            services: listeners(contexts, notBefore: restored) + [delivery, reload, retention],
            gracefulShutdownSignals: [.sigterm, .sigint],
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

    private func sender(to peer: GatewayConfiguration.Peer, _ client: CurlClient) -> PeerSender {
        PeerSender(
            peer: peer,
            sender: BatchSender(
                province: configuration.province, signer: MessageSigner(key: keys.signing, clock: clock)),
            client: client, store: store, limits: configuration.limits, retry: configuration.retry, clock: clock,
            logger: logger)
    }

    private var watchedFiles: [String] {
        let listeners = [
            configuration.exchange, configuration.status, configuration.local, configuration.operations,
        ]
        let own = listeners.flatMap { [$0.certificate, $0.key, $0.clientCA].compactMap { $0 } }
        return Array(Set(own + configuration.peers.map(\.ca))).sorted()
    }

    private var keeping: Keeping { Keeping(configuration, keys: keys, store: store) }

    private func listeners(_ contexts: [TLSContexts], notBefore: Instant?) -> [any Service] {
        let factory = ListenerFactory(limits: configuration.limits, logger: logger)
        let routed: [(String, GatewayConfiguration.Listener, Router<RequestScope>)] = [
            ("exchange", configuration.exchange, exchangeRoutes(notBefore: notBefore)),
            ("status", configuration.status, statusRoutes()),
            ("local", configuration.local, localRoutes()), ("operations", configuration.operations, operationsRoutes()),
        ]
        let logger = logger
        return zip(routed, contexts).map { listener, context in
            let name = listener.0
            return factory.listener(name, listener.1, context, router: listener.2) { port in
                logger.notice("listening", metadata: ["listener": "\(name)", "port": "\(port)"])
            }
        }
    }

    private func exchangeRoutes(notBefore: Instant?) -> Router<RequestScope> {
        let router = Router(context: RequestScope.self)
        BatchRoute(
            province: configuration.province, codeLists: codeLists,
            receiver: RequestReceiver(
                authorities: Set(configuration.exchange.names), keys: KeyDirectory(configuration.peers.map(\.keys)),
                limits: configuration.limits.exchange, notBefore: notBefore),
            signer: MessageSigner(key: keys.signing, clock: clock), store: store,
            notary: Notary(signer: keys.audit, store: store),
            gate: PeerGate(maximum: configuration.limits.batchesPerPeer), clock: clock, logger: logger
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
        let context = TransformContext(gateway: configuration.province, recordKey: keys.record, clock: clock)
        OperatorRoutes(
            province: configuration.province,
            desk: OperatorDesk(
                store: store, mappings: mappings, context: context, clock: clock, keeping: keeping), logger: logger
        ).add(to: router)
        return router
    }
}
