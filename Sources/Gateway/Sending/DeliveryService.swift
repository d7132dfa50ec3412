import Interchange
import Logging
import ServiceLifecycle
import Store

/// Runs a lane for every peer that is pushed to, until shutdown; peers come and go while it runs.
struct DeliveryService: Service {
    /// The longest rest of a lane, in seconds: a wake-up that was lost costs no more.
    static let longestRest: Int64 = 30
    /// After a failure of the store itself.
    static let pauseAfterFailure = Duration.seconds(1)

    let lanes: RunningLanes<PeerSender>
    let store: any Store
    let clock: WallClock
    let logger: Logger

    func run() async throws {
        store.onWork { lanes.wake($0) }
        let returned = try await store.returnLeases()
        if returned > 0 { logger.notice("leases returned at start", metadata: ["batches": "\(returned)"]) }
        // Times that were reckoned before the stop may be those of a wrong clock.
        for lane in try await store.backlog() { try await store.hasten(lane.peer, at: clock(), leasesUntil: clock()) }
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for await lane in lanes.opened { group.addTask { await drive(lane) } }
            }
        }
    }

    /// Forms one batch after the other while those before are under way; each that ends wakes the lane. What is under way ends
    /// with the sender that began it, whoever drives the lane by then.
    private func drive(_ lane: RunningLane<PeerSender>) async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled, let sender = lane.driver {
                do {
                    switch try await sender.next() {
                    case .send(let departure):
                        group.addTask {
                            await finish(departure, sender)
                            // Whoever drives the lane by then.
                            lanes.wake([lane.peer])
                        }
                    case .rest(let until): await lane.wakeup.rest(for: rest(until: until))
                    }
                } catch is CancellationError {
                    return
                } catch {
                    if Task.isCancelled { return }
                    logger.error("lane stopped for a moment", metadata: ["error": "\(error)"])
                    await lane.wakeup.rest(for: Self.pauseAfterFailure)
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
