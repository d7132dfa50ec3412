import Interchange

/// How many envelopes the next batch to a peer holds: as many as the peer answers within the target.
///
/// A value without I/O. It begins at the limit, since most peers are fast. An answer to a batch of that size which takes longer
/// than the target halves the next, one that does not come in time quarters it, and fast ones double it again. Where half the
/// size takes as long as before, the size is not what takes the time: then the limit alone decides.
public struct BatchSize: Sendable, Hashable {
    /// An answer that takes longer asks for smaller batches. Default 2 s.
    public static let defaultTarget = Duration.seconds(2)
    /// No batch is made smaller than this on account of slowness.
    public static let smallest = 10

    private struct SlowAnswer: Sendable, Hashable {
        var envelopes: Int
        var elapsed: Duration
    }

    /// How long an answer should take at most.
    public let target: Duration
    /// Nil while the limit alone decides.
    private var most: Int?
    /// The answer for which the size was halved last.
    private var cause: SlowAnswer?
    /// Whether a smaller batch was as slow as a larger one.
    private var isDistant = false

    public init(target: Duration = defaultTarget) { self.target = target }

    /// - Parameter limit: the most that the peer, and this gateway, take.
    public func envelopes(within limit: Int) -> Int { max(1, min(limit, most ?? limit)) }

    /// A verified receipt came.
    /// - Parameters:
    ///   - sent: how many envelopes the batch had.
    ///   - elapsed: from the first byte sent to the last received.
    public mutating func answered(_ sent: Int, in elapsed: Duration, limit: Int) {
        guard sent >= envelopes(within: limit) else { return }
        guard elapsed > target else { return answeredInTime(elapsed, limit) }
        guard !isDistant else { return }
        if let cause, sent < cause.envelopes, elapsed > cause.elapsed * 3 / 4 {
            (most, self.cause, isDistant) = (nil, nil, true)
            return
        }
        cause = SlowAnswer(envelopes: sent, elapsed: elapsed)
        shrink(to: sent / 2)
    }

    private mutating func answeredInTime(_ elapsed: Duration, _ limit: Int) {
        (cause, isDistant) = (nil, false)
        guard let current = most, elapsed < target / 2 else { return }
        most = current * 2 >= limit ? nil : current * 2
    }

    /// No answer came in time.
    public mutating func timedOut(_ sent: Int) { shrink(to: sent / 4) }

    private mutating func shrink(to envelopes: Int) {
        most = max(Self.smallest, min(most ?? .max, envelopes))
    }
}
