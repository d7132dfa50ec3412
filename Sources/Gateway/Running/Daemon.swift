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
    /// Of batches, and of those who wait for some.
    var gate, outboxGate: PeerGate
    let exchange: ExchangeState
    /// What was signed before a restore may have been used already: the nonces that would say so are lost.
    var notBefore: Instant?
    let notices = Wakeup()
    let store: any Store
    let clock: WallClock
    let logger: Logger

    var configuration: GatewayConfiguration { loaded.configuration }
    var keys: KeyMaterial { loaded.keys }
    var mappings: MappingLibrary { loaded.mappings }
    var policy: StatusPolicy { loaded.policy }
    var codeLists: CodeLists { loaded.codeLists }
    var keeping: Keeping { Keeping(configuration, keys: keys, store: store) }

    /// Reads keys, mappings and policy and opens the store. Nothing listens yet.
    /// - Throws: ``GatewayError``, ``StoreError``, `MappingMistakes`, `PolicyMistakes`: each says what to do.
    public init(_ configuration: GatewayConfiguration, clock: @escaping WallClock, logger: Logger) throws {
        self.clock = clock
        self.logger = logger
        loaded = try Loaded(configuration)
        gate = PeerGate(maximum: configuration.limits.batchesPerPeer)
        outboxGate = PeerGate(maximum: configuration.limits.batchesPerPeer)
        store = try SQLiteStore(
            path: configuration.storePath, keys: loaded.keys.store, maximumPages: configuration.limits.databasePages)
        exchange = ExchangeState(store)
    }

    /// Runs until SIGTERM or SIGINT, or until a part fails.
    public func run() async throws {
        let lock = try StoreLock(store: configuration.storePath)
        let parts = RunningParts(contexts: try configuration.listeners.map { try TLSContexts($0) })
        try await StoreRestore.completeHeld(configuration, keys, store, at: clock())
        var daemon = self
        daemon.notBefore = try await store.restoreMark()?.at
        let enactment = Enactment(daemon, parts)
        try await enactment.start()
        let audit = AuditParts(self, parts)
        try await audit.check.run()
        store.onAlert { [logger] alerts in for alert in alerts { logger.tell(alert) } }
        let services: [any Service] = [
            DeliveryService(lanes: parts.lanes, store: store, clock: clock, logger: logger),
            FetchService(lanes: parts.fetchers, clock: clock, logger: logger),
            ListingService(listings: exchange.listings, comparison: audit.comparison),
            ReloadService(enactment: enactment, clock: clock, logger: logger), audit.service,
            NoticeService(
                province: configuration.province, store: store, recordKey: keys.record, codeLists: codeLists,
                wakeup: notices, clock: clock, logger: logger),
            ReconciliationService(current: parts.reconciler, store: store, clock: clock, logger: logger),
            BacklogWatch(store: store, oldest: configuration.limits.backlogAge, clock: clock, logger: logger),
            RetentionService(keeping: keeping, clock: clock, logger: logger), StoreWatch(store: store),
        ]
        try await record(.gatewayStarted)
        var group = ServiceGroupConfiguration(
            services: listeners(parts) + services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = Self.gracefulShutdown
        group.maximumCancellationDuration = .seconds(5)
        try await ServiceGroup(configuration: group).run()
        try await record(.gatewayStopped)
        await audit.service.pushLast()
        await store.close()
        withExtendedLifetime(lock) {}
    }

    private func record(_ event: AuditEvent) async throws {
        try await store.record([Act(event, actor: AuditActor(organisation: "gateway"), at: clock())])
    }

    private func listeners(_ parts: RunningParts) -> [any Service] {
        let factory = ListenerFactory(limits: configuration.limits, logger: logger)
        let logger = logger
        let lanes: @Sendable (RequestWatch) -> QuestionLane = { [questions = parts.questions, clock] watch in
            QuestionLane(questions, clock: clock, watch: watch)
        }
        return zip(Self.listenerNames, zip(configuration.listeners, parts.joined)).map {
            name, listener in
            factory.listener(
                name, listener.0, listener.1.context, responder: listener.1.routes,
                authorities: name == "exchange" ? parts.authorities : nil, lanes: name == "status" ? lanes : nil
            ) { port in
                logger.notice("listening", metadata: ["listener": "\(name)", "port": "\(port)"])
            }
        }
    }
}
