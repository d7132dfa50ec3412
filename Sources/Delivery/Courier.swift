import Interchange

/// Carries batches to one peer: decides what is done next, and what follows from each answer. The one place where the order of
/// these steps is written; the gateway's sender and the simulation both do what it says.
///
/// A value without I/O, clock or randomness of its own. Whoever drives it asks ``next(at:)``, does what that says, and reports
/// how it ended: a haste with ``hastened(_:at:)``, an errand with ``hear(_:of:on:at:using:)`` and then ``ended(_:)``, or
/// ``interrupted(_:)`` when the store did not take a step. It outlives whatever a reload makes anew, so that batches under way
/// are counted whoever sent them.
public struct Courier: Sendable, Hashable {
    /// How long a batch is ours after it was leased, in seconds: longer than any one attempt.
    public static let leaseSeconds: Int64 = 300

    /// What to do now.
    public enum Turn: Sendable, Hashable {
        /// Make what waits due at once, and take back leases that would end after `leasesUntil`; then report it and ask again.
        case hasten(Haste, leasesUntil: Instant)
        /// Lease a batch, and send it if there is one.
        case go(Errand)
        /// Nothing before then, unless work comes or a batch under way ends; nil when only those help.
        case rest(until: Instant?)
    }

    /// Why what waits is tried at once.
    public enum Haste: Sendable, Hashable {
        /// The store failed while batches were under way: they are leased, and nobody sends them.
        case storeRecovered
        /// Times that were reckoned by a clock which was ahead would be waited for as long as it was.
        case clockSetBack
    }

    /// One way to the peer and back. It takes one of the places under way until it ended.
    public struct Errand: Sendable, Hashable {
        /// Whether it only tries if the peer is back: with one envelope.
        public let isProbe: Bool
        /// Under which keys, certificates and address it began.
        fileprivate let renewal: Int
    }

    var lane: Lane
    var retry: RetryLimits
    private var batchesInFlight: Int
    private var watch = ClockWatch()
    var size = BatchSize()
    private var underWay = 0
    /// Whether batches are still leased because the store failed while they were under way.
    private var isInterrupted = false
    /// What others were last told of the circuit; nil while nobody knows, as after a start.
    var isOpenToOthers: Bool?
    private var renewals = 0

    /// - Parameter batchesInFlight: how many batches may be under way at a time, at least 1.
    public init(retry: RetryLimits, batchesInFlight: Int) {
        lane = Lane(limits: retry)
        self.retry = retry
        self.batchesInFlight = max(1, batchesInFlight)
    }

    // MARK: Going

    /// What to do now. Every errand that it gives must end.
    public mutating func next(at now: Instant) -> Turn {
        if isInterrupted, underWay == 0 { return .hasten(.storeRecovered, leasesUntil: now) }
        if watch.isSetBack(now) {
            // Leases of batches that are still under way are left alone.
            return .hasten(.clockSetBack, leasesUntil: now.adding(seconds: Self.leaseSeconds))
        }
        watch.saw(now)
        guard !isInterrupted, underWay < batchesInFlight else { return .rest(until: nil) }
        switch lane.permission(at: now) {
        // The end of a probe wakes whoever rests.
        case .wait(let until, _): return .rest(until: lane.isProbing ? nil : until)
        case .send: return .go(start(isProbe: false))
        case .probe: return .go(start(isProbe: true))
        }
    }

    private mutating func start(isProbe: Bool) -> Errand {
        underWay += 1
        return Errand(isProbe: isProbe, renewal: renewals)
    }

    /// What waited has been made due.
    public mutating func hastened(_ haste: Haste, at now: Instant) {
        switch haste {
        case .storeRecovered: isInterrupted = false
        case .clockSetBack:
            lane.reset()
            watch.saw(now)
        }
    }

    /// How many envelopes the errand's batch may have.
    /// - Parameter limit: the most that the peer, and this gateway, take.
    public func envelopes(on errand: Errand, within limit: Int) -> Int {
        errand.isProbe ? min(1, limit) : size.envelopes(within: limit)
    }

    // MARK: Ends

    /// The errand is over: nothing was due, or what came of it is stored.
    public mutating func ended(_ errand: Errand) {
        underWay -= 1
        abandonProbe(of: errand)
    }

    /// The store did not take what came of it. The batch stays leased, and goes out again once the store takes writes.
    public mutating func interrupted(_ errand: Errand) {
        ended(errand)
        isInterrupted = true
        untold()
    }

    /// A probe that came to nothing leaves the circuit as it was, ready for the next.
    mutating func abandonProbe(of errand: Errand) {
        if errand.isProbe, isCurrent(errand) { lane.probeAbandoned() }
    }

    // MARK: Changes from outside

    /// An operator's wish: try at once.
    /// - Returns: what others are told of it; ``untold()`` when they could not be.
    public mutating func reset(at now: Instant) -> [Step] {
        lane.reset()
        return told(at: now)
    }

    /// Nobody knows what others were told: they are told again.
    public mutating func untold() { isOpenToOthers = nil }

    /// Keys, certificates, the peer's address or limits may be others now: try at once. What is under way still takes its place,
    /// and says nothing any more of how the peer stands.
    public mutating func renew(retry: RetryLimits, batchesInFlight: Int) {
        self.retry = retry
        self.batchesInFlight = max(1, batchesInFlight)
        lane = Lane(limits: retry)
        renewals += 1
    }

    func isCurrent(_ errand: Errand) -> Bool { errand.renewal == renewals }
}
