import AuditLog
import Delivery
import Exchange
import Interchange
import Logging
import Store

/// Sends to one peer: leases a batch, sends it, settles it by the receipt or keeps why it failed.
actor PeerSender {
    /// How long a batch is ours after it was leased, in seconds: longer than any one attempt.
    static let leaseSeconds: Int64 = 300

    private let peer: GatewayConfiguration.Peer
    private let sender: BatchSender
    private let client: any HTTPTransport
    private let store: any Store
    private let limits: GatewayConfiguration.Limits
    private let retry: RetryLimits
    private let clock: WallClock
    private let logger: Logger
    private var lane: Lane
    private var watch = ClockWatch()
    /// Whether the store says that the circuit is open; nil while that is not known.
    private var isLaneKept: Bool?

    init(
        peer: GatewayConfiguration.Peer, sender: BatchSender, client: any HTTPTransport, store: any Store,
        limits: GatewayConfiguration.Limits, retry: RetryLimits, clock: @escaping WallClock, logger: Logger
    ) {
        self.peer = peer
        self.sender = sender
        self.client = client
        self.store = store
        self.limits = limits
        self.retry = retry
        self.clock = clock
        var logger = logger
        logger[metadataKey: "peer"] = "\(peer.province)"
        self.logger = logger
        lane = Lane(limits: retry)
    }

    /// What to do after a turn.
    enum Turn: Sendable, Equatable {
        /// There may be more: go on at once.
        case again
        /// Nothing before then, unless work comes; nil when nothing waits.
        case rest(until: Instant?)
    }

    /// Sends one batch if one is due and the lane is open.
    func turn() async throws -> Turn {
        let now = clock()
        try await hasten(ifSetBack: now)
        var batchLimits = BatchLimits(envelopes: limits.exchange.envelopes, bytes: limits.exchange.decodedBytes)
        switch lane.permission(at: now) {
        case .send: break
        case .probe: batchLimits.envelopes = 1
        case .wait(let until, _): return .rest(until: until)
        }
        let lease = now.adding(seconds: Self.leaseSeconds)
        let leased = try await store.leaseBatch(for: peer.province, limits: batchLimits, at: now, until: lease) {
            lines in
            let content = try Gzip.compress(lines)
            return EncodedContent(bytes: content, encoding: "gzip", digest: Digest256(hashing: content))
        }
        guard let leased else {
            lane.probeAbandoned()
            return .rest(until: try await store.nextDue(for: peer.province))
        }
        do {
            try await send(leased)
        } catch {
            // The batch stays leased until the lease lapses, and is then sent again; the lane is not left probing.
            lane.probeAbandoned()
            throw error
        }
        return .again
    }

    /// What waits for a time that a wrong clock gave is tried at once when the clock is right again.
    private func hasten(ifSetBack now: Instant) async throws {
        if watch.isSetBack(now) {
            logger.warning("the clock was set back: what waits is tried at once")
            try await store.hasten(peer.province, at: now, leasesUntil: now.adding(seconds: Self.leaseSeconds))
            lane.reset()
        }
        watch.saw(now)
    }

    private func send(_ leased: LeasedBatch) async throws {
        let batch = OutgoingBatch(leased)
        let push = try sender.request(for: batch, to: peer.address)
        let response: TransportResponse
        do {
            response = try await client.send(
                push.transportRequest(limits: TransportLimits(total: .seconds(Self.leaseSeconds / 2))))
        } catch {
            return try await fail(leased, .unreachable, "\(error.code.rawValue): \(error.message)")
        }
        switch sender.judge(response, to: push, keys: peer.keys, now: clock()) {
        case .receipt(let receipt): try await settle(leased, receipt, by: push)
        case .refused(let refusal): try await refused(leased, refusal)
        case .unverified(let answer):
            let busy = [429, 503].contains(answer.status)
            try await fail(
                leased, busy ? .busy(retryAfterSeconds: answer.retryAfterSeconds) : .unverified,
                "status \(answer.status), not verified: \(answer.reason)")
        }
    }

    private func settle(_ leased: LeasedBatch, _ verified: VerifiedReceipt, by push: PushRequest) async throws {
        try await store.settle(
            Settlement(
                batch: leased.id, peer: peer.province, verdicts: verified.receipt.results.map { $0.outcome.verdict },
                finals: verified.receipt.results.map { $0.outcome.final },
                receipt: verified.content, signature: KeptSignature(verified.evidence).text,
                request: HTTPMessageComponents.request(push.components).signature?.text, at: clock()))
        if let alert = lane.succeeded() { logger.notice("lane recovered", metadata: ["alert": "\(alert.rawValue)"]) }
        try await keepLane(detail: "")
    }

    /// Makes known to others whether the circuit is open: where that changed, or what it waits for did.
    private func keepLane(detail: String) async throws {
        let now = clock()
        guard let circuit = lane.openCircuit(at: now) else {
            // After a start nobody knows what was kept before.
            if isLaneKept != false { try await store.keepLane(nil, of: peer.province, at: now) }
            isLaneKept = false
            return
        }
        isLaneKept = true
        try await store.keepLane(
            LaneCondition(
                peer: peer.province, blockedOn: circuit.blockedOn.rawValue, since: now, until: circuit.until,
                detail: detail),
            of: peer.province, at: now)
    }

    private func refused(_ leased: LeasedBatch, _ refusal: SignedRefusal) async throws {
        let detail = "\(refusal.problem.status) \(refusal.problem.code)"
        if refusal.asksForNewSignature { return try await fail(leased, .busy(retryAfterSeconds: 0), detail) }
        switch refusal.problem.status {
        case 401, 403: try await fail(leased, .refused, detail)
        case 413, 422, 415, 409:
            // The peer is there and answers under its signature: nothing is wrong with the lane.
            _ = lane.succeeded()
            try await keepLane(detail: "")
            logger.warning("batch closed by the peer", metadata: ["code": "\(refusal.problem.code)"])
            if leased.envelopes.count == 1, refusal.problem.status != 409 {
                return try await giveUp(leased, .unreadable, detail)
            }
            let size =
                [413, 422].contains(refusal.problem.status) ? leased.envelopes.count / 2 : leased.envelopes.count
            try await store.reopen(leased.id, inBatchesOf: size, because: detail, at: clock())
        default: try await fail(leased, .busy(retryAfterSeconds: refusal.retryAfterSeconds), detail)
        }
    }

    private func fail(_ leased: LeasedBatch, _ failure: AttemptFailure, _ detail: String) async throws {
        let now = clock()
        let attempts = leased.attempts + 1
        if let alert = lane.failed(failure, at: now, jitter: .random(in: 0..<1)) {
            logger.warning("lane in trouble", metadata: ["alert": "\(alert.rawValue)", "detail": "\(detail)"])
        }
        try await keepLane(detail: detail)
        let event = DeliveryEvent.failed(
            failure, attempts: attempts, acceptedAt: leased.acceptedAt, jitter: .random(in: 0..<1))
        let state = DeliveryState.leased(until: now).applying(event, at: now, limits: retry)
        guard case .retryable(let notBefore, let blockedOn)? = state else {
            return try await giveUp(leased, .tooOld, detail)
        }
        try await store.postpone(
            leased.id,
            failure: FailedAttempt(
                peer: peer.province, notBefore: notBefore, blockedOn: blockedOn.rawValue, detail: detail, at: now))
    }

    private func giveUp(_ leased: LeasedBatch, _ reason: DeadLetterReason, _ detail: String) async throws {
        logger.error(
            "batch set aside for an operator", metadata: ["reason": "\(reason.rawValue)", "detail": "\(detail)"])
        try await store.postpone(
            leased.id,
            failure: FailedAttempt(
                peer: peer.province, notBefore: nil, blockedOn: reason.rawValue, detail: detail, at: clock()))
    }

    /// New keys or certificates: try at once.
    func reset() async {
        lane.reset()
        do { try await keepLane(detail: "") } catch {
            logger.error("lane not kept as reset", metadata: ["error": "\(error)"])
        }
    }
}

extension OutgoingBatch {
    /// A leased batch as the wire knows it.
    init(_ leased: LeasedBatch) {
        self.init(
            id: leased.id, to: leased.peer, content: leased.content.bytes,
            encoding: leased.content.encoding == nil ? .identity : .gzip,
            digest: ContentDigest(bytes: leased.content.digest.bytes) ?? ContentDigest(of: leased.content.bytes),
            envelopes: leased.envelopes.map {
                SentEnvelope(
                    id: $0.id, digest: ContentDigest(bytes: $0.digest.bytes) ?? ContentDigest(of: $0.digest.bytes))
            })
    }
}

extension EnvelopeOutcome {
    /// What the outcome means to the sender.
    var verdict: Settlement.Verdict {
        switch self {
        case .accepted, .duplicate: .settled
        case .stale(let held): held.verdict(isConflict: false)
        case .parked: .parked
        case .rejected(let violations):
            .rejected(violations.map { PeerFinding(code: $0.code, pointer: $0.pointer) })
        case .conflict(let held): held.verdict(isConflict: true)
        }
    }
}

extension HeldVersion {
    fileprivate func verdict(isConflict: Bool) -> Settlement.Verdict {
        guard let digest = Digest256(self.digest.bytes) else { return .refused(conflict: true, codes: []) }
        return .held(Outcome.Held(version: version, digest: digest), isConflict: isConflict)
    }
}
