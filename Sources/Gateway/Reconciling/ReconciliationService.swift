import Delivery
import Interchange
import Logging
import ServiceLifecycle
import Store

/// Reconciles with every peer daily, at once where it is demanded, and forgets leaves that are older than their time.
struct ReconciliationService: Service {
    /// The longest rest, in seconds: a demand that came meanwhile waits no longer.
    static let longestRest: Int64 = 60

    let reconciler: Reconciler
    let logger: Logger

    func run() async throws {
        guard !reconciler.lines.isEmpty else { return try await gracefulShutdown() }
        let started = reconciler.clock()
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for peer in reconciler.lines.keys {
                    let schedule = ReconciliationSchedule(started: started, jitter: .random(in: 0...1))
                    group.addTask { await drive(peer, schedule) }
                }
            }
        }
    }

    private func drive(_ peer: Province, _ schedule: ReconciliationSchedule) async {
        var schedule = schedule
        while !Task.isCancelled {
            var rest = Self.longestRest * 1_000
            do {
                let last = try await reconciler.store.statements().first { $0.peer == peer }?.at
                let demanded = try await reconciler.store.demandedReconciliations().contains(peer)
                let due = schedule.due(last: last, isDemanded: demanded)
                let now = reconciler.clock()
                if due <= now {
                    try await reconcile(with: peer)
                    schedule.failedAt = nil
                    continue
                }
                rest = min(rest, max(due.milliseconds - now.milliseconds, 10))
            } catch is CancellationError {
                return
            } catch {
                schedule.failedAt = reconciler.clock()
                logger.error("not reconciled", metadata: ["peer": "\(peer)", "error": "\(error)"])
                rest = ReconciliationSchedule.urgentRetrySeconds * 1_000
            }
            try? await Task.sleep(for: .milliseconds(rest))
        }
    }

    private func reconcile(with peer: Province) async throws {
        let statement = try await reconciler.reconcile(with: peer)
        for direction in statement.directions {
            logger.log(
                level: direction.accounted ? .notice : .warning, "reconciled",
                metadata: ["peer": "\(peer)", "statement": "\(direction.text)"])
        }
        let days = ReconcilingLimits.leafDays + ReconcilingLimits.sweepMarginDays
        let oldest = IssueHour(of: reconciler.clock().adding(seconds: -days * 86_400))
        _ = try await reconciler.store.sweepLeaves(before: oldest)
    }
}
