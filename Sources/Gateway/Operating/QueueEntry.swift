import Delivery
import Interchange
import Store

/// The configured peers and what the daemon said of their lanes: with these the store's deliveries say what they wait for.
public struct QueueView: Sendable {
    private let modes: [Province: GatewayConfiguration.Peer.Mode]
    private let lanes: [Province: LaneCondition]
    private let now: Instant

    public init(_ configuration: GatewayConfiguration, lanes: [LaneCondition], at now: Instant) {
        modes = Dictionary(configuration.peers.map { ($0.province, $0.mode) }) { first, _ in first }
        self.lanes = Dictionary(lanes.map { ($0.peer, $0) }) { first, _ in first }
        self.now = now
    }

    func standing(of peer: Province) -> PeerStanding {
        PeerStanding(
            isConfigured: modes[peer] != nil, isFetching: modes[peer] == .pull,
            circuit: lanes[peer].map {
                PeerStanding.Circuit(until: $0.until, blockedOn: BlockedOn(rawValue: $0.blockedOn) ?? .circuitOpen)
            })
    }

    public func entry(_ delivery: DeliverySummary) -> QueueEntry {
        let state = delivery.deliveryState(at: now)
        let wait = state?.wait(for: standing(of: delivery.peer), at: now)
        return QueueEntry(delivery, wait: wait)
    }

    /// What the whole of a lane waits for; nil when nothing does.
    public func wait(_ lane: LaneBacklog) -> Wait? {
        guard lane.waiting > 0 else {
            return lane.parked > 0
                ? DeliveryState.retryable(notBefore: lane.nextAttempt ?? now, blockedOn: .parkedReference)
                    .wait(for: standing(of: lane.peer), at: now) : nil
        }
        var state = DeliveryState.available
        if let next = lane.nextAttempt, let blockedOn = lane.blockedOn.flatMap(BlockedOn.init(rawValue:)) {
            state = .retryable(notBefore: next, blockedOn: blockedOn)
        }
        return state.wait(for: standing(of: lane.peer), at: now)
    }
}

extension DeliverySummary {
    /// Nil for what is neither waiting nor a dead letter.
    func deliveryState(at now: Instant) -> DeliveryState? {
        switch state {
        // Stored content that does not open waits for an operator like a dead letter.
        case "available" where blockedOn == DeadLetterReason.unreadable.rawValue: .deadLettered(.unreadable)
        case "available": .available
        case "leased": .leased(until: nextAttempt ?? now)
        case "retryable":
            .retryable(
                notBefore: nextAttempt ?? now, blockedOn: blockedOn.flatMap(BlockedOn.init(rawValue:)) ?? .backoff)
        case "parked": .retryable(notBefore: nextAttempt ?? now, blockedOn: .parkedReference)
        case "deadLettered": .deadLettered(blockedOn.flatMap(DeadLetterReason.init(rawValue:)) ?? .tooOld)
        default: nil
        }
    }
}

/// One line of the queue, as commands and pages show it.
public struct QueueEntry: Codable, Sendable {
    /// Of the batch or the envelope; nil of what is in no batch yet.
    public var id: String?
    /// `batch`, `envelope` or `segment`.
    public var unit: String
    /// The id again, of a batch.
    public var batch: String?
    public var peer: String
    public var envelopes: Int
    public var state: String
    public var attempts: Int
    /// When the oldest envelope of it was accepted.
    public var since: String
    public var blockedOn: String?
    /// Since when it waits for that.
    public var blockedSince: String?
    public var nextAttempt: String?
    /// Why it is a dead letter.
    public var reason: String?
    /// The last failure, or the peer's codes.
    public var detail: String?
    public var advice: String?
    public var adviceChinese: String?

    init(_ delivery: DeliverySummary, wait: Wait?) {
        id = delivery.batch?.description
        unit = delivery.unit.rawValue
        batch = delivery.unit == .batch ? id : nil
        peer = delivery.peer.description
        (envelopes, state, attempts) = (delivery.envelopes, delivery.state, delivery.attempts)
        since = delivery.acceptedAt.description
        blockedOn = wait?.blockedOn.rawValue
        blockedSince = (delivery.blockedSince ?? (wait == nil ? nil : delivery.acceptedAt))?.description
        nextAttempt = (wait?.until ?? delivery.nextAttempt)?.description
        reason = delivery.state == "deadLettered" ? delivery.blockedOn : nil
        detail = delivery.detail.flatMap { $0.isEmpty ? nil : $0 }
        (advice, adviceChinese) = (wait?.advice.english, wait?.advice.chinese)
    }
}
