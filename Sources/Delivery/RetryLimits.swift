/// Bounds of the retries, from `retry.*` of the configuration.
public struct RetryLimits: Sendable, Hashable {
    /// The first wait's upper bound. Default 1 s.
    public var initialBackoff: Duration
    /// No wait's upper bound is above this. Default 15 min.
    public var maximumBackoff: Duration
    /// What is older is set aside as a dead letter. Default 7 days.
    public var maximumAge: Duration
    /// A peer's `Retry-After` is honoured up to this. Default 1 h.
    public var maximumRetryAfter: Duration

    public init(
        initialBackoff: Duration = .seconds(1), maximumBackoff: Duration = .seconds(900),
        maximumAge: Duration = .seconds(7 * 86_400), maximumRetryAfter: Duration = .seconds(3_600)
    ) {
        self.initialBackoff = initialBackoff
        self.maximumBackoff = maximumBackoff
        self.maximumAge = maximumAge
        self.maximumRetryAfter = maximumRetryAfter
    }

    /// Exponential backoff with full jitter: uniform in 0 ..< min(maximum, initial · 2^(attempts − 1)), never below what
    /// `Retry-After` asked for.
    /// - Parameters:
    ///   - attempts: how many attempts have failed, at least 1.
    ///   - jitter: 0..<1.
    /// - Returns: milliseconds.
    func wait(after failure: AttemptFailure, attempts: Int, jitter: Double) -> Int64 {
        // A maximum of up to 99 days, doubled 30 times, still fits.
        let first = min(initialBackoff.milliseconds, maximumBackoff.milliseconds)
        let bound = min(maximumBackoff.milliseconds, first << Int64(min(max(attempts, 1) - 1, 30)))
        let drawn = Int64(Double(bound) * jitter)
        guard case .busy(let asked?) = failure else { return drawn }
        // The peer chooses this number: it is cut before it is multiplied.
        let seconds = min(Int64(max(asked, 0)), maximumRetryAfter.components.seconds)
        return max(drawn, seconds * 1000)
    }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    public var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
