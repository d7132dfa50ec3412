import AuditLog
import Exchange
import Hummingbird
import Interchange
import Logging
import Store

/// What of a gateway concerns its witnesses, put together: the check at start, the push to them, the comparison of third logs.
struct AuditParts {
    let check: StartCheck
    let service: WitnessService
    /// For what peers list of third logs in their capabilities.
    let comparison: LogComparison

    /// - Parameter configuration: in force when the gateway starts; who becomes a witness later is one from the next start on.
    init(
        _ configuration: GatewayConfiguration, keys: KeyMaterial, clients: PeerClients, store: any Store,
        clock: @escaping WallClock, logger: Logger
    ) {
        let notary = Notary(signer: keys.audit, store: store)
        let logs = KnownLogs(configuration.peers)
        let witnesses = configuration.peers.compactMap { peer -> WitnessClient? in
            guard let client = clients[peer.province], let log = logs.logs.first(where: { $0.owner == peer.province })
            else { return nil }
            return WitnessClient(log: log, address: peer.address, transport: client)
        }
        let round = WitnessRound(store: store, notary: notary, clock: clock)
        check = StartCheck(
            store: store, round: round, witnesses: witnesses, storePath: configuration.storePath, logger: logger)
        comparison = LogComparison(logs: logs, clients: witnesses, store: store, clock: clock, logger: logger)
        service = WitnessService(
            store: store, round: round, check: check, comparison: comparison, witnesses: witnesses,
            pushMilliseconds: Int64(configuration.audit.pushMinutes) * 60_000, clock: clock, logger: logger)
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
