import Interchange

/// Deliveries that wait for a time that cannot be trusted.
public protocol Hastening: Sendable {
    /// Makes everything due now that waits for its next attempt at the peer, and ends leases no later than `lease`: for a
    /// start, and for a clock that was set back. What is parked waits at most the day that it would wait from now on.
    func hasten(_ peer: Province, at now: Instant, leasesUntil lease: Instant) async throws
}
