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
    /// For what peers list of third logs in their capabilities, with those that are known at that time.
    let comparison: @Sendable () -> LogComparison

    init(_ daemon: Daemon, _ parts: RunningParts) {
        let (store, clock, logger) = (daemon.store, daemon.clock, daemon.logger)
        let round = WitnessRound(store: store, notary: Notary(signer: daemon.keys.audit, store: store), clock: clock)
        let current = parts.witnesses
        check = StartCheck(
            store: store, round: round, witnesses: current.clients, storePath: daemon.configuration.storePath,
            logger: logger)
        comparison = {
            let clients = current.clients
            return LogComparison(
                logs: KnownLogs(clients.map(\.log)), clients: clients, store: store, clock: clock, logger: logger)
        }
        service = WitnessService(
            store: store, round: round, check: check, comparison: comparison, current: current,
            wakeup: parts.witnessWakeup,
            pushMilliseconds: Int64(daemon.configuration.audit.pushMinutes) * 60_000, clock: clock, logger: logger)
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
