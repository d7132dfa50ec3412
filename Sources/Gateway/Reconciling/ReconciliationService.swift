import Delivery
import Interchange
import Logging
import ServiceLifecycle
import Store

/// Reconciles with every peer daily, at once where it is demanded, and forgets leaves that are older than their time.
struct ReconciliationService: Service {
    /// The longest rest, in seconds: a demand that came meanwhile waits no longer.
    static let longestRest: Int64 = 60

    let current: CurrentReconciler
    let store: any Store
    let clock: WallClock
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                var driven: Set<Province> = []
                while !Task.isCancelled {
                    for peer in peers where driven.insert(peer).inserted {
                        let schedule = ReconciliationSchedule(started: clock(), jitter: .random(in: 0...1))
                        group.addTask { await drive(peer, schedule) }
                    }
                    try? await Task.sleep(for: .seconds(Self.longestRest))
                }
            }
        }
    }

    /// Those that connections can be opened to now.
    private var peers: Set<Province> { Set(current.reconciler?.lines.keys.map(\.self) ?? []) }

    private func drive(_ peer: Province, _ schedule: ReconciliationSchedule) async {
        var schedule = schedule
        while !Task.isCancelled {
            var rest = Self.longestRest * 1_000
            do {
                guard peers.contains(peer) else {
                    try await Task.sleep(for: .milliseconds(rest))
                    continue
                }
                let last = try await store.statements().first { $0.peer == peer }?.at
                let demanded = try await store.demandedReconciliations().contains(peer)
                let due = schedule.due(last: last, isDemanded: demanded)
                let now = clock()
                if due <= now {
                    try await reconcile(with: peer)
                    schedule.failedAt = nil
                    continue
                }
                rest = min(rest, max(due.milliseconds - now.milliseconds, 10))
            } catch is CancellationError {
                return
            } catch {
                schedule.failedAt = clock()
                logger.error("not reconciled", metadata: ["peer": "\(peer)", "error": "\(error)"])
                rest = ReconciliationSchedule.urgentRetrySeconds * 1_000
            }
            try? await Task.sleep(for: .milliseconds(rest))
        }
    }

    private func reconcile(with peer: Province) async throws {
        let statement = try await current.reconcile(with: peer)
        for direction in statement.directions {
            logger.log(
                level: direction.accounted ? .notice : .warning, "reconciled",
                metadata: ["peer": "\(peer)", "statement": "\(direction.text)"])
        }
        let days = ReconcilingLimits.leafDays + ReconcilingLimits.sweepMarginDays
        let oldest = IssueHour(of: clock().adding(seconds: -days * 86_400))
        _ = try await store.sweepLeaves(before: oldest)
    }
}
