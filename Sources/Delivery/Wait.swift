import Interchange

/// What is known of the way to a peer, as far as it decides what a delivery waits for.
public struct PeerStanding: Sendable, Hashable {
    /// Whether the configuration names the province.
    public var isConfigured: Bool
    /// Whether the peer fetches what is for it.
    public var isFetching: Bool
    /// Until when the lane's circuit is open, and what for.
    public var circuit: Circuit?

    public struct Circuit: Sendable, Hashable {
        public var until: Instant
        public var blockedOn: BlockedOn

        public init(until: Instant, blockedOn: BlockedOn) {
            self.until = until
            self.blockedOn = blockedOn
        }
    }

    public init(isConfigured: Bool, isFetching: Bool = false, circuit: Circuit? = nil) {
        self.isConfigured = isConfigured
        self.isFetching = isFetching
        self.circuit = circuit
    }
}

/// What a delivery waits for, until when, and what a person can do.
public struct Wait: Sendable, Hashable {
    public var blockedOn: BlockedOn
    /// Nil where no time is set: until a person or a peer does something.
    public var until: Instant?
    public var advice: Bilingual

    init(_ blockedOn: BlockedOn, until: Instant? = nil, advice: Bilingual? = nil) {
        self.blockedOn = blockedOn
        self.until = until
        self.advice = advice ?? blockedOn.advice
    }
}

extension DeliveryState {
    /// What the delivery waits for; nil when it waits for nothing any more. The one place where that is decided: of several
    /// reasons the one is told that holds longest.
    public func wait(for peer: PeerStanding, at now: Instant) -> Wait? {
        switch self {
        case .delivered, .cancelled, .discarded: return nil
        case .deadLettered(let reason): return Wait(.operator, advice: reason.advice)
        case .available, .leased, .retryable: break
        }
        if !peer.isConfigured { return Wait(.noPeer) }
        if case .retryable(let notBefore, .parkedReference) = self { return Wait(.parkedReference, until: notBefore) }
        if case .leased(let until) = self, until > now { return Wait(.inFlight, until: until) }
        if let circuit = peer.circuit, !peer.isFetching {
            return Wait(circuit.blockedOn, until: max(circuit.until, notBefore ?? circuit.until))
        }
        if case .retryable(let notBefore, let blockedOn) = self, notBefore > now {
            return Wait(blockedOn, until: notBefore)
        }
        return Wait(peer.isFetching ? .pulledByPeer : .ready, until: nil)
    }

    private var notBefore: Instant? {
        if case .retryable(let notBefore, _) = self { notBefore } else { nil }
    }
}
