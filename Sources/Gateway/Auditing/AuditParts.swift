import AuditLog
import Exchange
import Hummingbird
import Interchange
import Logging
import Store

/// What of a gateway concerns the audit log, put together: routes, the check at start, the push to witnesses.
struct AuditParts {
    let clients: [(client: CurlClient, peer: GatewayConfiguration.Peer)]
    let check: StartCheck
    let service: WitnessService
    /// For what peers list of third logs in their capabilities.
    let comparison: LogComparison
    private let routes: AuditRoutes
    private let witness: WitnessRoutes

    /// - Throws: what reading certificates throws.
    init(
        _ configuration: GatewayConfiguration, keys: KeyMaterial, store: any Store, clock: @escaping WallClock,
        logger: Logger
    ) throws {
        let notary = Notary(signer: keys.audit, store: store)
        let logs = KnownLogs(configuration.peers)
        let peers = Set(configuration.peers.map(\.province))
        clients = try configuration.peers.filter { $0.audit != nil }.map { peer in
            (try CurlClient(TransportCredentials(listener: configuration.exchange, peer: peer)), peer)
        }
        let witnesses = clients.compactMap { client, peer in
            logs.logs.first { $0.owner == peer.province }.map {
                WitnessClient(log: $0, address: peer.address, transport: client)
            }
        }
        let round = WitnessRound(store: store, notary: notary, clock: clock)
        check = StartCheck(
            store: store, round: round, witnesses: witnesses, storePath: configuration.storePath, logger: logger)
        comparison = LogComparison(logs: logs, clients: witnesses, store: store, clock: clock, logger: logger)
        service = WitnessService(
            store: store, round: round, check: check, comparison: comparison, witnesses: witnesses,
            pushMilliseconds: Int64(configuration.audit.pushMinutes) * 60_000, clock: clock, logger: logger)
        routes = AuditRoutes(
            province: configuration.province, peers: peers, store: store, notary: notary, clock: clock, logger: logger)
        witness = WitnessRoutes(
            logs: logs, peers: peers, notary: notary, store: store, clock: clock, logger: logger)
    }

    func addRoutes(to router: Router<RequestScope>) {
        routes.add(to: router)
        witness.add(to: router)
    }
}

extension Witnessing {
    /// The newest checkpoint held of every other log, by origin: what capabilities list.
    func heldNotes() async throws -> [String: String] {
        Dictionary(
            try await heldCheckpoints().map { ($0.origin, String(decoding: $0.note, as: UTF8.self)) },
            uniquingKeysWith: { first, _ in first })
    }
}
