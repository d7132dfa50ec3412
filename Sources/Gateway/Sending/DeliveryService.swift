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

    /// Forms one batch after the other while those before are under way; each that ends wakes the lane.
    private func drive(_ sender: PeerSender, _ wakeup: Wakeup) async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                do {
                    switch try await sender.next() {
                    case .send(let departure):
                        group.addTask {
                            await finish(departure, sender)
                            wakeup.wake()
                        }
                    case .rest(let until): await wakeup.rest(for: rest(until: until))
                    }
                } catch is CancellationError {
                    return
                } catch {
                    if Task.isCancelled { return }
                    logger.error("lane stopped for a moment", metadata: ["error": "\(error)"])
                    await wakeup.rest(for: Self.pauseAfterFailure)
                }
            }
        }
    }

    private func finish(_ departure: PeerSender.Departure, _ sender: PeerSender) async {
        do {
            try await sender.deliver(departure)
        } catch is CancellationError {
            return
        } catch {
            if Task.isCancelled { return }
            logger.error("what came of a batch was not stored", metadata: ["error": "\(error)"])
        }
    }

    private func rest(until: Instant?) -> Duration {
        let longest = Self.longestRest * 1_000
        return .milliseconds(until.map { min(max($0.milliseconds - clock().milliseconds, 10), longest) } ?? longest)
    }
}
