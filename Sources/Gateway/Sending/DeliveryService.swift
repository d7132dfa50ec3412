import Interchange
import Logging
import ServiceLifecycle
import Store

/// Runs a lane for every peer that is pushed to, until shutdown.
struct DeliveryService: Service {
    /// The longest rest of a lane, in seconds: a wake-up that was lost costs no more.
    static let longestRest: Int64 = 30
    /// After a failure of the store itself.
    static let pauseAfterFailure = Duration.seconds(1)

    let senders: [Province: PeerSender]
    let store: any Store
    let clock: WallClock
    let logger: Logger

    func run() async throws {
        let wakeups = senders.mapValues { _ in Wakeup() }
        store.onWork { peers in for peer in peers { wakeups[peer]?.wake() } }
        let returned = try await store.returnLeases()
        if returned > 0 { logger.notice("leases returned at start", metadata: ["batches": "\(returned)"]) }
        // Times that were reckoned before the stop may be those of a wrong clock.
        for peer in senders.keys { try await store.hasten(peer, at: clock(), leasesUntil: clock()) }
        // A gateway without peers goes on: it takes in, and answers. A service that returned would end it.
        guard !senders.isEmpty else { return try await gracefulShutdown() }
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for (peer, sender) in senders {
                    guard let wakeup = wakeups[peer] else { continue }
                    group.addTask { await drive(sender, wakeup) }
                }
            }
        }
    }

    private func drive(_ sender: PeerSender, _ wakeup: Wakeup) async {
        while !Task.isCancelled {
            do {
                guard case .rest(let until) = try await sender.turn() else { continue }
                let longest = Self.longestRest * 1_000
                let wait = until.map { min(max($0.milliseconds - clock().milliseconds, 10), longest) } ?? longest
                await wakeup.rest(for: .milliseconds(wait))
            } catch is CancellationError {
                return
            } catch {
                logger.error("lane stopped for a moment", metadata: ["error": "\(error)"])
                await wakeup.rest(for: Self.pauseAfterFailure)
            }
        }
    }
}
