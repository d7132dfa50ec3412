import Interchange
import Store

/// Slows intake, then refuses it, when what waits for delivery or what is on the disk reaches its bound.
public struct IntakePressure: Sendable {
    /// Intake is slowed from this part of the bound on, in percent.
    static let slowedFrom = 75
    /// The longest pause before a chunk.
    static let longestPause = Duration.seconds(1)

    private let store: any Store
    private let reserve: StorageReserve
    private let backlog: Int
    private let clock: WallClock

    /// - Parameter backlog: the most envelopes that may wait, over all peers.
    init(store: any Store, reserve: StorageReserve, backlog: Int, clock: @escaping WallClock) {
        self.store = store
        self.reserve = reserve
        self.backlog = backlog
        self.clock = clock
    }

    /// Before the next rows: returns at once, or after a pause.
    /// - Throws: ``BacklogFull``; ``StoreError`` `full` when the disk reserve is reached.
    func ease() async throws {
        try await reserve.check(at: clock())
        let waiting = try await store.waitingEnvelopes()
        guard waiting < backlog else { throw BacklogFull() }
        let pause = Self.pause(waiting: waiting, bound: backlog)
        if pause > .zero { try await Task.sleep(for: pause) }
    }

    /// Grows from nothing at three quarters of the bound to the longest pause at the bound.
    static func pause(waiting: Int, bound: Int) -> Duration {
        let from = Double(bound) * Double(slowedFrom) / 100
        let part = (Double(waiting) - from) / (Double(bound) - from)
        return part > 0 ? longestPause * min(part, 1) : .zero
    }
}

/// As many envelopes wait for delivery as may.
struct BacklogFull: Error {
    /// When it makes sense to try again, in seconds.
    static let retryAfterSeconds = 60
}
