import AuditLog
import Delivery
import Interchange
import Store

/// The sender's side: what `PeerSender` does, with the same lane and the same transitions, one batch to a peer at a time.
extension World {
    private static let leaseSeconds: Int64 = 300

    mutating func planTurn(_ place: Int, _ peer: Int, at time: Instant) {
        let time = max(time, now)
        let life = provinces[place].life
        if let planned = provinces[place].couriers[peer]?.planned, planned <= time { return }
        provinces[place].couriers[peer, default: .init(limits: limits)].planned = time
        queue.plan(.turn(place, peer: peer, life: life), at: time)
    }

    /// A rest by the province's own clock. No rest is longer than the service's, which matters only while clocks are set.
    private mutating func rest(_ place: Int, _ peer: Int, until time: Instant) {
        let wait = time.milliseconds - provinces[place].clock(now).milliseconds
        let longest: Int64 = isHealed ? .max : 30_000
        planTurn(place, peer, at: now.adding(milliseconds: min(max(wait, 10), longest)))
    }

    mutating func turn(_ place: Int, _ peer: Int, _ life: Int) async throws {
        guard provinces[place].isAlive, provinces[place].life == life else { return }
        var courier = provinces[place].couriers[peer] ?? .init(limits: limits)
        courier.planned = nil
        provinces[place].couriers[peer] = courier
        guard courier.underWay == nil else { return }
        let (store, to) = (provinces[place].store, provinces[peer].province)
        let clock = provinces[place].clock(now)
        if courier.watch.isSetBack(clock) {
            try await store.hasten(to, at: clock, leasesUntil: clock.adding(seconds: Self.leaseSeconds))
            courier.lane.reset()
        }
        courier.watch.saw(clock)
        var size = BatchLimits(envelopes: 8)
        let permission = courier.lane.permission(at: clock)
        if permission == .probe { size.envelopes = 1 }
        provinces[place].couriers[peer] = courier
        if case .wait(let until, _) = permission { return rest(place, peer, until: until) }
        let lease = clock.adding(seconds: Self.leaseSeconds)
        let leased = try await store.leaseBatch(for: to, limits: size, at: clock, until: lease) {
            EncodedContent(bytes: $0, encoding: nil, digest: Digest256(hashing: $0))
        }
        guard let leased else {
            provinces[place].couriers[peer]?.lane.probeAbandoned()
            if let due = try await store.nextDue(for: to) { rest(place, peer, until: due) }
            return
        }
        send(leased, from: place, to: peer)
    }

    private mutating func send(_ leased: LeasedBatch, from place: Int, to peer: Int) {
        observer.formed(leased, from: place)
        attempts += 1
        provinces[place].couriers[peer]?.underWay = (attempts, leased)
        let request = SimulatedRequest(
            from: place, to: peer, attempt: attempts, batch: leased, nonce: "nonce-\(attempts)",
            created: provinces[place].clock(now))
        for delay in copies(place, peer) { plan(.arrives(request), afterMilliseconds: delay) }
        // The client's patience.
        plan(.answered(place, peer: peer, attempt: attempts, .unreachable), afterMilliseconds: 150_000)
    }

    mutating func hear(_ place: Int, _ peer: Int, _ attempt: Int, _ answer: SimulatedAnswer) async throws {
        guard provinces[place].isAlive, let underWay = provinces[place].couriers[peer]?.underWay,
            underWay.attempt == attempt
        else { return }
        provinces[place].couriers[peer]?.underWay = nil
        let (leased, clock) = (underWay.batch, provinces[place].clock(now))
        switch answer {
        case .receipt(let content, let outcomes):
            try await provinces[place].store.settle(
                Settlement(
                    batch: leased.id, peer: leased.peer, verdicts: outcomes.map(\.verdict), receipt: content,
                    signature: "simulated", at: clock))
            _ = provinces[place].couriers[peer]?.lane.succeeded()
        case .signAnew: try await fail(place, peer, leased, .busy(retryAfterSeconds: 0))
        case .busy(let seconds): try await fail(place, peer, leased, .busy(retryAfterSeconds: seconds))
        case .unreachable: try await fail(place, peer, leased, .unreachable)
        case .unverified: try await fail(place, peer, leased, .unverified)
        case .tooLong:
            _ = provinces[place].couriers[peer]?.lane.succeeded()
            try await provinces[place].store.reopen(
                leased.id, inBatchesOf: leased.envelopes.count / 2, because: "413 BATCH_TOO_LONG", at: clock)
        }
        planTurn(place, peer, at: now)
    }

    private mutating func fail(_ place: Int, _ peer: Int, _ leased: LeasedBatch, _ failure: AttemptFailure) async throws
    {
        let clock = provinces[place].clock(now)
        let (first, second) = (jitter(), jitter())
        _ = provinces[place].couriers[peer]?.lane.failed(failure, at: clock, jitter: first)
        let event = DeliveryEvent.failed(
            failure, attempts: leased.attempts + 1, acceptedAt: leased.acceptedAt, jitter: second)
        let state = DeliveryState.leased(until: clock).applying(event, at: clock, limits: limits)
        var attempt = FailedAttempt(
            peer: leased.peer, notBefore: nil, blockedOn: DeadLetterReason.tooOld.rawValue, detail: "simulated",
            at: clock)
        if case .retryable(let notBefore, let blockedOn)? = state {
            (attempt.notBefore, attempt.blockedOn) = (notBefore, blockedOn.rawValue)
        }
        try await provinces[place].store.postpone(leased.id, failure: attempt)
    }

    private mutating func jitter() -> Double { Double.random(in: 0..<1, using: &random) }
}

extension Outcome {
    /// What the outcome means to the sender.
    fileprivate var verdict: Settlement.Verdict {
        switch self {
        case .accepted, .duplicate, .stale: .settled
        case .parked: .parked
        case .rejected(let reasons): .refused(conflict: false, codes: reasons.map(\.code.rawValue))
        case .conflict: .refused(conflict: true, codes: [])
        }
    }
}
