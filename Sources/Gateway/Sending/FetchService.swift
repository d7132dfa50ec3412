import Interchange
import Logging
import ServiceLifecycle

/// Fetches from every peer whose configuration says so, until shutdown; peers come and go while it runs.
struct FetchService: Service {
    let lanes: RunningLanes<PeerFetcher>
    let clock: WallClock
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for await lane in lanes.opened { group.addTask { await drive(lane) } }
            }
        }
    }

    private func drive(_ lane: RunningLane<PeerFetcher>) async {
        while !Task.isCancelled, let fetcher = lane.driver {
            do {
                guard case .rest(let until) = try await fetcher.turn() else { continue }
                let wait = min(
                    max(until.milliseconds - clock().milliseconds, 10), DeliveryService.longestRest * 1_000)
                await lane.wakeup.rest(for: .milliseconds(wait))
            } catch is CancellationError {
                return
            } catch {
                if Task.isCancelled { return }
                logger.error("fetching stopped for a moment", metadata: ["error": "\(error)"])
                await lane.wakeup.rest(for: DeliveryService.pauseAfterFailure)
            }
        }
    }
}
