import Interchange

/// When the next reconciliation with a peer begins by itself: daily, and at once after a restore.
public struct ReconciliationSchedule: Sendable, Hashable {
    /// From one to the next.
    public static let periodSeconds: Int64 = 86_400
    /// From the first start to the first one.
    public static let firstSeconds: Int64 = 600
    /// Peers are spread over this time, so that they do not all begin together.
    public static let spreadSeconds: Int64 = 3_600
    /// After one that failed.
    public static let retrySeconds: Int64 = 900
    /// After one that failed while everything waits for it.
    public static let urgentRetrySeconds: Int64 = 30

    /// When the gateway started.
    public var started: Instant
    /// From 0 to 1, drawn once for each peer.
    public var jitter: Double
    /// When the last attempt failed; nil after one that succeeded.
    public var failedAt: Instant?

    public init(started: Instant, jitter: Double) {
        self.started = started
        self.jitter = min(max(jitter, 0), 1)
    }

    /// - Parameters:
    ///   - last: when the last one ended, whoever began it.
    ///   - isDemanded: whether nothing may be sent before it.
    public func due(last: Instant?, isDemanded: Bool) -> Instant {
        if isDemanded { return failedAt?.adding(seconds: Self.urgentRetrySeconds) ?? started }
        let spread = Int64(jitter * Double(Self.spreadSeconds))
        let regular =
            last?.adding(seconds: Self.periodSeconds + spread)
            ?? started.adding(seconds: Self.firstSeconds + spread)
        guard let failedAt else { return regular }
        return max(regular, failedAt.adding(seconds: Self.retrySeconds))
    }
}
