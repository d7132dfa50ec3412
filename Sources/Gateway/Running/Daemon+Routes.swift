import Exchange
import Hummingbird
import Interchange
import Mapping
import Store

/// The routes of the four listeners, made anew whenever what is in force changes.
extension Daemon {
    /// In the order of ``GatewayConfiguration/listeners``.
    static let listenerNames = ["exchange", "status", "local", "operations"]

    /// The routes of the listeners, in the order of ``listenerNames``.
    /// - Throws: ``GatewayError`` when a route has no row in ``AccessTable``.
    func routers(_ parts: RunningParts) throws -> [Router<RequestScope>] {
        let routers = [
            exchangeRoutes(), statusRoutes(parts.clients), localRoutes(), operationsRoutes(parts),
        ]
        for (name, router) in zip(Self.listenerNames, routers) { try AccessTable.check(name, router) }
        // The exchange listener's says so under our signature.
        for router in routers.dropFirst() {
            router.add(middleware: UnansweredRequests(RoutedMethods(router.routes)))
        }
        return routers
    }

    /// Begins reconciliations with the peers that connections can be opened to.
    func reconciler(_ clients: PeerClients) -> Reconciler {
        Reconciler(
            province: configuration.province,
            lines: pushedPeers(clients).map { Reconciler.Line(peer: $0.peer, transport: $0.client) }, store: store,
            signer: { [signing] in signing.signer(for: $0) }, clock: clock)
    }

    private func pushedPeers(_ clients: PeerClients) -> [(peer: GatewayConfiguration.Peer, client: CurlClient)] {
        configuration.peers.filter { $0.mode == .push }.compactMap { peer in
            clients[peer.province].map { (peer, $0) }
        }
    }

    func receiver(_ limits: ExchangeLimits) -> RequestReceiver {
        RequestReceiver(
            authorities: Set(configuration.exchange.names), keys: KeyDirectory(configuration.peers.map(\.keys)),
            limits: limits, notBefore: notBefore)
    }

    private var questionDesk: QuestionDesk {
        QuestionDesk(
            province: configuration.province, policy: policy, store: store, floor: configuration.limits.answerFloor,
            clock: clock, logger: logger)
    }

    private func exchangeRoutes() -> Router<RequestScope> {
        let router = Router(context: RequestScope.self)
        let limits = configuration.limits.exchange
        auditRoutes(on: router)
        PeerQuestionRoute(
            door: door(limits), province: configuration.province, desk: questionDesk,
            gate: PeerGate(maximum: PeerQuestionRoute.atOnce), limits: configuration.limits.ofProvinces,
            onNotice: { [notices] in notices.wake() }
        ).add(to: router)
        deliveryRoutes(on: router)
        ReconciliationRoute(
            door: door(ReconciliationRoute.limits),
            responder: ReconciliationResponder(province: configuration.province, store: store, clock: clock),
            gate: PeerGate(maximum: ReconciliationRoute.stepsPerPeer)
        ).add(to: router)
        unknownPaths(on: router)
        return router
    }

    private func auditRoutes(on router: Router<RequestScope>) {
        let notary = Notary(signer: keys.audit, store: store)
        let peers = Set(configuration.peers.map(\.province))
        AuditRoutes(
            province: configuration.province, peers: peers, store: store, notary: notary, clock: clock, logger: logger
        ).add(to: router)
        WitnessRoutes(
            province: configuration.province, logs: KnownLogs(configuration.peers), peers: peers, notary: notary,
            store: store, clock: clock, logger: logger
        ).add(to: router)
    }

    private func statusRoutes(_ clients: PeerClients) -> Router<RequestScope> {
        let router = Router(context: RequestScope.self)
        statusRoute(clients).add(to: router)
        return router
    }

    func statusRoute(_ clients: PeerClients) -> StatusRoute {
        let peers = pushedPeers(clients).map { peer, client in
            (peer.province, ElsewhereDesk.Peer(address: peer.address, keys: peer.keys, client: client))
        }
        return StatusRoute(
            province: configuration.province, bureaus: configuration.bureaus, desk: questionDesk,
            elsewhere: ElsewhereDesk(
                peers: Dictionary(peers, uniquingKeysWith: { first, _ in first }), signing: signing, store: store,
                deadline: configuration.limits.elsewhereDeadline, clock: clock, logger: logger), logger: logger)
    }

    private func localRoutes() -> Router<RequestScope> {
        let router = Router(context: RequestScope.self)
        let pressure = IntakePressure(
            store: store, reserve: StorageReserve(configuration, store: store),
            backlog: configuration.limits.backlogEnvelopes, clock: clock)
        RecordsRoute(
            province: configuration.province, mappings: mappings,
            intake: IntakeRunner(store: store, context: transformContext, clock: clock, pressure: pressure),
            limit: configuration.limits.submissionBytes, pressure: pressure, logger: logger
        ).add(to: router)
        AccessLogRoute(province: configuration.province, store: store, clock: clock, logger: logger).add(to: router)
        return router
    }

    private func operationsRoutes(_ parts: RunningParts) -> Router<RequestScope> {
        let router = Router(context: RequestScope.self)
        HealthRoutes(store: store).add(to: router)
        var desk = OperatorDesk(
            store: store, mappings: mappings, context: transformContext, clock: clock,
            audit: AuditDesk(configuration, keys, store, clients: { [clients = parts.clients] in clients[$0] }),
            reconcile: { [reconciler = parts.reconciler] in try await reconciler.reconcile(with: $0) },
            changes: changes, keeping: keeping)
        desk.lanes = Lanes(lanes: parts.lanes)
        OperatorRoutes(province: configuration.province, desk: desk, logger: logger).add(to: router)
        return router
    }

    private var transformContext: TransformContext {
        TransformContext(
            gateway: configuration.province, recordKey: keys.record, clock: clock, codeLists: codeLists)
    }
}
