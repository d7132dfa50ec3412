import Interchange
import Logging
import ServiceLifecycle

/// Fetches from every peer whose configuration says so, until shutdown.
struct FetchService: Service {
    let fetchers: [PeerFetcher]
    let clock: WallClock
    let logger: Logger

    func run() async throws {
        guard !fetchers.isEmpty else { return try await gracefulShutdown() }
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for fetcher in fetchers { group.addTask { await drive(fetcher) } }
            }
        }
    }

    private func drive(_ fetcher: PeerFetcher) async {
        let wakeup = Wakeup()
        while !Task.isCancelled {
            do {
                guard case .rest(let until) = try await fetcher.turn() else { continue }
                let wait = min(
                    max(until.milliseconds - clock().milliseconds, 10), DeliveryService.longestRest * 1_000)
                await wakeup.rest(for: .milliseconds(wait))
            } catch is CancellationError {
                return
            } catch {
                if Task.isCancelled { return }
                logger.error("fetching stopped for a moment", metadata: ["error": "\(error)"])
                await wakeup.rest(for: DeliveryService.pauseAfterFailure)
            }
        }
    }
}
