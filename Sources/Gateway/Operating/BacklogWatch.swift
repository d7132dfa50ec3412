import Interchange
import Logging
import ServiceLifecycle
import Store

/// Looks from time to time whether what waits for a peer grows too old.
struct BacklogWatch: Service {
    static let interval = Duration.seconds(60)

    let store: any Store
    let oldest: Duration
    let clock: WallClock
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            repeat {
                let now = clock()
                do {
                    try await store.watchBacklog(
                        acceptedBefore: now.adding(seconds: -oldest.components.seconds), at: now)
                } catch {
                    logger.error("the backlog's age was not looked at", metadata: ["error": "\(error)"])
                }
            } while (try? await Task.sleep(for: Self.interval)) != nil
        }
    }
}

/// The daemon's lanes for an operator's desk.
struct Lanes: LaneControl {
    let lanes: RunningLanes<PeerSender>

    func reset(_ peer: Province) async {
        await lanes.driver(of: peer)?.reset()
        lanes.wake([peer])
    }
}

extension Logger {
    /// One line when an alert begins and one when it ends.
    func tell(_ alert: Alert) {
        let metadata: Metadata = [
            "alert": "\(alert.kind.rawValue)", "peer": "\(alert.peer)", "since": "\(alert.since)",
        ]
        if alert.until == nil { warning("alert", metadata: metadata) } else { notice("alert over", metadata: metadata) }
    }
}
