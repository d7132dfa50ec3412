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
        let audit = try AuditParts(configuration, keys: keys, store: store, clock: clock, logger: logger)
        try await audit.check.run()
        let contexts = try [
            configuration.exchange, configuration.status, configuration.local, configuration.operations,
        ].map { try TLSContexts($0) }
        let delivery = DeliveryService(senders: senders, store: store, clock: clock, logger: logger)
        let reload = ReloadService(
            contexts: contexts, clients: clients + audit.clients, listener: configuration.exchange, files: watchedFiles,
            senders: senders,
            logger: logger)
        let noticeWakeup = Wakeup()
        let notices = NoticeService(
            province: configuration.province, store: store, recordKey: keys.record, codeLists: codeLists,
            wakeup: noticeWakeup, clock: clock, logger: logger)
        let elsewhere = ElsewhereDesk(
            peers: Dictionary(
                uniqueKeysWithValues: clients.map { client, peer in
                    (peer.province, ElsewhereDesk.Peer(address: peer.address, keys: peer.keys, client: client))
                }), signer: MessageSigner(key: keys.signing, clock: clock), store: store,
            deadline: configuration.limits.elsewhereDeadline, clock: clock, logger: logger)
        let reconciler = Reconciler(
            province: configuration.province,
            lines: clients.map { Reconciler.Line(peer: $0.peer, transport: $0.client) }, store: store,
            signer: MessageSigner(key: keys.signing, clock: clock), clock: clock)
        try await record(.gatewayStarted)
        var group = ServiceGroupConfiguration(
            services: try listeners(contexts, audit, elsewhere, noticeWakeup, reconciler)
                + [delivery, reload, audit.service, notices]
                + [ReconciliationService(reconciler: reconciler, logger: logger)],
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

    private func listeners(
        _ contexts: [TLSContexts], _ audit: AuditParts, _ elsewhere: ElsewhereDesk, _ notices: Wakeup,
        _ reconciler: Reconciler
    ) throws -> [any Service] {
        let factory = ListenerFactory(limits: configuration.limits, logger: logger)
        let routed: [(String, GatewayConfiguration.Listener, Router<RequestScope>)] = [
            ("exchange", configuration.exchange, exchangeRoutes(audit, notices)),
            ("status", configuration.status, statusRoutes(elsewhere)), ("local", configuration.local, localRoutes()),
            ("operations", configuration.operations, operationsRoutes(reconciler)),
        ]
        for (name, _, router) in routed { try AccessTable.check(name, router) }
        let logger = logger
        return zip(routed, contexts).map { listener, context in
            let name = listener.0
            return factory.listener(name, listener.1, context, router: listener.2) { port in
                logger.notice("listening", metadata: ["listener": "\(name)", "port": "\(port)"])
            }
        }
    }

    private var questionDesk: QuestionDesk {
        QuestionDesk(
            province: configuration.province, policy: policy, store: store, floor: configuration.limits.answerFloor,
            clock: clock, logger: logger)
    }

    private func exchangeRoutes(_ audit: AuditParts, _ notices: Wakeup) -> Router<RequestScope> {
        let router = Router(context: RequestScope.self)
        audit.addRoutes(to: router)
        PeerQuestionRoute(
            province: configuration.province, desk: questionDesk,
            receiver: RequestReceiver(
                authorities: Set(configuration.exchange.names), keys: KeyDirectory(configuration.peers.map(\.keys)),
                limits: configuration.limits.exchange),
            signer: MessageSigner(key: keys.signing, clock: clock),
            gate: PeerGate(maximum: PeerQuestionRoute.atOnce), onNotice: { notices.wake() }, logger: logger
        ).add(to: router)
        BatchRoute(
            province: configuration.province, codeLists: codeLists,
            receiver: RequestReceiver(
                authorities: Set(configuration.exchange.names), keys: KeyDirectory(configuration.peers.map(\.keys)),
                limits: configuration.limits.exchange),
            signer: MessageSigner(key: keys.signing, clock: clock), store: store,
            notary: Notary(signer: keys.audit, store: store),
            gate: PeerGate(maximum: configuration.limits.batchesPerPeer), clock: clock, logger: logger
        ).add(to: router)
        ReconciliationRoute(
            responder: ReconciliationResponder(province: configuration.province, store: store, clock: clock),
            receiver: RequestReceiver(
                authorities: Set(configuration.exchange.names), keys: KeyDirectory(configuration.peers.map(\.keys)),
                limits: ReconciliationRoute.limits),
            signer: MessageSigner(key: keys.signing, clock: clock),
            gate: PeerGate(maximum: ReconciliationRoute.stepsPerPeer), clock: clock, logger: logger
        ).add(to: router)
        return router
    }

    private func statusRoutes(_ elsewhere: ElsewhereDesk) -> Router<RequestScope> {
        let router = Router(context: RequestScope.self)
        StatusRoute(
            province: configuration.province, bureaus: configuration.bureaus, desk: questionDesk,
            elsewhere: elsewhere, logger: logger
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
        AccessLogRoute(province: configuration.province, store: store, clock: clock, logger: logger).add(to: router)
        return router
    }

    private func operationsRoutes(_ reconciler: Reconciler) -> Router<RequestScope> {
        let router = Router(context: RequestScope.self)
        HealthRoutes(store: store).add(to: router)
        let context = TransformContext(gateway: configuration.province, recordKey: keys.record, clock: clock)
        OperatorRoutes(
            province: configuration.province,
            desk: OperatorDesk(
                store: store, mappings: mappings, context: context, clock: clock,
                audit: AuditDesk(configuration, keys, store),
                reconcile: { try await reconciler.reconcile(with: $0) }), logger: logger
        ).add(to: router)
        return router
    }
}
