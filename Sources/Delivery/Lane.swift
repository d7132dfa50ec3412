import Interchange

/// The way to one peer, with its circuit breaker: a slow or dead peer costs the others nothing, and is not hammered.
///
/// A value without I/O. The service that sends asks ``permission(at:)`` before each batch and reports each end with
/// ``succeeded()`` or ``failed(_:at:jitter:)``.
public struct Lane: Sendable, Hashable {
    /// May a batch be sent now?
    public enum Permission: Sendable, Hashable {
        /// Yes, of any size.
        case send
        /// One small batch, to see whether the peer is back.
        case probe
        /// Not before then, and why.
        case wait(until: Instant, BlockedOn)
    }

    /// What an operator is told once, when the lane enters or leaves a bad state.
    public enum Alert: String, Sendable, Hashable {
        case circuitOpened, circuitClosed, identityRefused, noCommonVersion
    }

    /// How many failures in a row open the circuit. Default 5.
    public static let defaultFailureThreshold = 5

    private enum Circuit: Sendable, Hashable {
        case closed
        case open(until: Instant, BlockedOn)
        case probing
    }

    private var circuit: Circuit = .closed
    private var failures = 0
    private let threshold: Int
    private let limits: RetryLimits

    public init(limits: RetryLimits, failureThreshold: Int = defaultFailureThreshold) {
        self.limits = limits
        threshold = max(1, failureThreshold)
    }

    public mutating func permission(at now: Instant) -> Permission {
        switch circuit {
        case .closed: return .send
        case .probing: return .wait(until: now.adding(seconds: 1), .circuitOpen)
        case .open(let until, let blockedOn):
            guard now >= until else { return .wait(until: until, blockedOn) }
            circuit = .probing
            return .probe
        }
    }

    /// Whether a probe is under way.
    public var isProbing: Bool { circuit == .probing }

    /// Until when nothing is sent, and why; nil while the circuit is closed. A probe that is under way keeps it open.
    public func openCircuit(at now: Instant) -> PeerStanding.Circuit? {
        switch circuit {
        case .closed: nil
        case .probing: PeerStanding.Circuit(until: now, blockedOn: .circuitOpen)
        case .open(let until, let blockedOn): PeerStanding.Circuit(until: until, blockedOn: blockedOn)
        }
    }

    /// A verified receipt came.
    public mutating func succeeded() -> Alert? {
        let wasBad = circuit != .closed
        circuit = .closed
        failures = 0
        return wasBad ? .circuitClosed : nil
    }

    /// - Parameter jitter: 0..<1.
    public mutating func failed(_ failure: AttemptFailure, at now: Instant, jitter: Double) -> Alert? {
        failures += 1
        let wasClosed = circuit == .closed
        if failure == .refused || failure == .noCommonVersion {
            let until = now.adding(milliseconds: limits.maximumBackoff.milliseconds)
            circuit = .open(until: until, failure.blockedOn)
            return wasClosed ? failure == .refused ? .identityRefused : .noCommonVersion : nil
        }
        guard failures >= threshold || !wasClosed else { return nil }
        let wait = max(
            limits.initialBackoff.milliseconds, limits.wait(after: failure, attempts: failures, jitter: jitter))
        circuit = .open(until: now.adding(milliseconds: wait), .circuitOpen)
        return wasClosed ? .circuitOpened : nil
    }

    /// A probe was permitted, but nothing was due: the circuit stays as it was, ready for the next.
    public mutating func probeAbandoned() {
        if circuit == .probing { circuit = .open(until: Instant(milliseconds: 0), .circuitOpen) }
    }

    /// An operator or new keys or certificates: try at once.
    public mutating func reset() {
        circuit = .closed
        failures = 0
    }
}
