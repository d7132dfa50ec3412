import Interchange

/// Notices that the wall clock was set back. Times that were reckoned while it was ahead lie too far in the future then, and
/// what waits for them would wait as long as the clock was wrong.
public struct ClockWatch: Sendable, Hashable {
    /// What a time server moves the clock back by in its ordinary work is not worth noticing: 2 s.
    public static let tolerance = Duration.seconds(2)

    private var latest = Instant(milliseconds: .min)

    public init() {}

    /// Whether the clock says less than it said before.
    public func isSetBack(_ now: Instant) -> Bool {
        latest.milliseconds > 0 && now.milliseconds < latest.milliseconds - Self.tolerance.milliseconds
    }

    /// From here on, `now` is what the clock said last.
    public mutating func saw(_ now: Instant) { latest = now }
}
