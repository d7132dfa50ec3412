import Interchange
import Logging
import ServiceLifecycle
import Store

/// Has each day's forgetting done while the gateway runs.
struct RetentionService: Service {
    /// How often it looks whether the day's is due.
    static let interval = Duration.seconds(60)
    /// After it could not be done.
    static let pauseAfterFailure = Duration.seconds(900)

    let keeping: Keeping
    let clock: WallClock
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled { try? await Task.sleep(for: await look()) }
        }
    }

    /// - Returns: how long to rest.
    func look() async -> Duration {
        do {
            guard let report = try await keeping.retainIfDue(at: clock()) else { return Self.interval }
            logger.notice(
                "retention done",
                metadata: [
                    "erased": "\(report.erased)", "expired": "\(report.expired)",
                    "wrappingKey": "\(report.wrapping?.current ?? 0)",
                ])
            return Self.interval
        } catch {
            logger.error("retention not done: it is tried again", metadata: ["error": "\(error)"])
            return Self.pauseAfterFailure
        }
    }
}
