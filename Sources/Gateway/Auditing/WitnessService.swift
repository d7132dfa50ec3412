import AuditLog
import Interchange
import Logging
import ServiceLifecycle
import Store
import Synchronization

/// Pushes the newest checkpoint to every witness: when the log has grown, after the configured time, at least daily, and at an
/// orderly stop. With it goes a comparison of what the witness holds of third logs with what is held here.
struct WitnessService: Service {
    /// How often it looks whether something is due.
    static let tick = Duration.seconds(60)
    static let dailyMilliseconds: Int64 = 86_400_000
    /// After a push that failed, at most: 5 min.
    static let retryMilliseconds: Int64 = 300_000
    /// The push at a stop takes no longer than this, whoever answers or not.
    static let lastPush = Duration.seconds(5)

    let store: any Store
    let round: WitnessRound
    let check: StartCheck
    let comparison: @Sendable () -> LogComparison
    let current: CurrentWitnesses
    let wakeup: Wakeup
    /// After this long a log that has grown is pushed again, in milliseconds.
    let pushMilliseconds: Int64
    let clock: WallClock
    let logger: Logger
    private let schedule = WitnessSchedule()

    init(
        store: any Store, round: WitnessRound, check: StartCheck, comparison: @escaping @Sendable () -> LogComparison,
        current: CurrentWitnesses, wakeup: Wakeup, pushMilliseconds: Int64, clock: @escaping WallClock, logger: Logger
    ) {
        (self.store, self.round, self.check, self.comparison) = (store, round, check, comparison)
        (self.current, self.wakeup, self.pushMilliseconds) = (current, wakeup, pushMilliseconds)
        (self.clock, self.logger) = (clock, logger)
    }

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try await turn()
                await wakeup.rest(for: Self.tick)
            }
        }
    }

    /// Tells every witness of what was entered since the last push, all at once, within ``lastPush``: what no witness holds
    /// could be cut off while the gateway is down.
    func pushLast() async {
        let clients = current.clients
        guard !clients.isEmpty else { return }
        await withTaskGroup(of: Void.self) { either in
            either.addTask {
                await withDiscardingTaskGroup { pushes in
                    for witness in clients { pushes.addTask { await pushLast(to: witness) } }
                }
            }
            either.addTask { try? await Task.sleep(for: Self.lastPush) }
            await either.next()
            either.cancelAll()
        }
    }

    private func pushLast(to witness: WitnessClient) async {
        do {
            if case .astray = try await round.run(with: witness) {
                logger.critical(
                    "this gateway's audit log is not what a peer holds",
                    metadata: ["alert": "logBehind", "peer": "\(witness.peer)"])
            }
        } catch {
            logger.notice(
                "checkpoint not cosigned", metadata: ["peer": "\(witness.peer)", "reason": "\(error)"])
        }
    }

    /// Pushes what is due.
    /// - Throws: ``GatewayError`` `logBehind` when a peer holds what this log does not have: the gateway must not go on.
    func turn() async throws {
        for witness in current.clients {
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
            if schedule.comparisonIsDue(witness.peer, at: clock()) { await comparison().run(with: witness) }
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
