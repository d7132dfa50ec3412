import AuditLog
import Interchange
import Logging
import ServiceLifecycle
import Store
import Synchronization

/// Pushes the newest checkpoint to every witness: when the log has grown, after the configured time, and at least daily. With
/// it goes a comparison of what the witness holds of third logs with what is held here.
struct WitnessService: Service {
    /// How often it looks whether something is due.
    static let tick = Duration.seconds(60)
    static let dailyMilliseconds: Int64 = 86_400_000
    /// After a push that failed, at most: 5 min.
    static let retryMilliseconds: Int64 = 300_000

    let store: any Store
    let round: WitnessRound
    let check: StartCheck
    let comparison: LogComparison
    let witnesses: [WitnessClient]
    /// After this long a log that has grown is pushed again, in milliseconds.
    let pushMilliseconds: Int64
    let clock: WallClock
    let logger: Logger
    private let schedule = WitnessSchedule()

    init(
        store: any Store, round: WitnessRound, check: StartCheck, comparison: LogComparison,
        witnesses: [WitnessClient], pushMilliseconds: Int64, clock: @escaping WallClock, logger: Logger
    ) {
        (self.store, self.round, self.check, self.comparison) = (store, round, check, comparison)
        (self.witnesses, self.pushMilliseconds, self.clock, self.logger) = (witnesses, pushMilliseconds, clock, logger)
    }

    func run() async throws {
        // A service that returned would end the gateway.
        guard !witnesses.isEmpty else { return try await gracefulShutdown() }
        try await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try await turn()
                do { try await Task.sleep(for: Self.tick) } catch { return }
            }
        }
    }

    /// Pushes what is due.
    /// - Throws: ``GatewayError`` `logBehind` when a peer holds what this log does not have: the gateway must not go on.
    func turn() async throws {
        for witness in witnesses {
            guard try await isDue(witness) else { continue }
            schedule.tried(witness.peer, at: clock())
            switch try await round.run(with: witness) {
            case .cosigned: break
            case .notCosigned(let reason):
                logger.notice(
                    "checkpoint not cosigned", metadata: ["peer": "\(witness.peer)", "reason": "\(reason)"])
            case .astray(let contradiction):
                logger.critical(
                    "this gateway's audit log is not what a peer holds",
                    metadata: ["alert": "logBehind", "peer": "\(witness.peer)"])
                throw check.refusal(contradiction)
            }
            if schedule.comparisonIsDue(witness.peer, at: clock()) { await comparison.run(with: witness) }
        }
    }

    private func isDue(_ witness: WitnessClient) async throws -> Bool {
        let now = clock().milliseconds
        let key = try CosignerKey(of: witness.log.key)
        let last = try await store.newestCosigned(by: key.witness)
        let tried = schedule.lastTry(witness.peer)?.milliseconds ?? .min
        guard tried == .min || now - tried >= min(pushMilliseconds, Self.retryMilliseconds) else {
            return false
        }
        guard let last else { return true }
        let age = now - last.at.milliseconds
        if age >= Self.dailyMilliseconds { return true }
        guard age >= pushMilliseconds else { return false }
        return try await store.auditSize() > last.size
    }
}

/// When each witness was last asked.
private final class WitnessSchedule: Sendable {
    private struct Times: Sendable {
        var tried: [Province: Instant] = [:]
        var compared: [Province: Instant] = [:]
    }

    private let times = Mutex(Times())

    func lastTry(_ peer: Province) -> Instant? { times.withLock { $0.tried[peer] } }
    func tried(_ peer: Province, at now: Instant) { times.withLock { $0.tried[peer] = now } }

    func comparisonIsDue(_ peer: Province, at now: Instant) -> Bool {
        times.withLock { times in
            if let last = times.compared[peer],
                now.milliseconds - last.milliseconds < WitnessService.dailyMilliseconds
            {
                return false
            }
            times.compared[peer] = now
            return true
        }
    }
}
