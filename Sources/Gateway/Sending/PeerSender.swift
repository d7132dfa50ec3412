import Delivery
import Exchange
import Interchange
import Logging
import Store
import Synchronization

/// Sends to one peer: leases batches, sends several at a time, settles each by its receipt or keeps why it failed.
actor PeerSender {
    /// How long a batch is ours after it was leased, in seconds: longer than any one attempt.
    static let leaseSeconds: Int64 = 300

    let peer: GatewayConfiguration.Peer
    let store: any Store
    let retry: RetryLimits
    let clock: WallClock
    let logger: Logger
    var lane: Lane
    private let province: Province
    private let client: any HTTPTransport
    private let signing: ExchangeSigning
    private let reader: TermsReader
    private let limits: GatewayConfiguration.Limits
    private var watch = ClockWatch()
    /// Whether the store says that the circuit is open; nil while that is not known.
    private var isLaneKept: Bool?
    private var size = BatchSize()
    private var inFlight = 0
    /// Whether a batch is still leased because the store failed while it was under way.
    private var isInterrupted = false

    init(
        _ link: PeerLink, store: any Store, limits: GatewayConfiguration.Limits, retry: RetryLimits,
        clock: @escaping WallClock, logger: Logger
    ) {
        peer = link.peer
        province = link.province
        client = link.client
        signing = link.signing
        reader = link.reader
        self.store = store
        self.limits = limits
        self.retry = retry
        self.clock = clock
        var logger = logger
        logger[metadataKey: "peer"] = "\(link.peer.province)"
        self.logger = logger
        lane = Lane(limits: retry)
    }

    /// What to do next.
    enum Turn: Sendable {
        /// Give it to ``deliver(_:)``, and ask again at once.
        case send(Departure)
        /// Nothing before then, unless work comes or a batch under way ends; nil when nothing waits.
        case rest(until: Instant?)
    }

    /// A leased batch, and what was known of the peer when it was leased.
    struct Departure: Sendable {
        let batch: LeasedBatch
        let terms: PeerTerms
        /// Its content decoded, in bytes.
        let decodedBytes: Int
    }

    /// Leases a batch if one is due, the lane is open and fewer are under way than may be. One caller at a time.
    func next() async throws -> Turn {
        let now = clock()
        try await hasten(ifSetBack: now)
        guard !isInterrupted, inFlight < limits.batchesInFlight else { return .rest(until: nil) }
        let isProbe: Bool
        switch lane.permission(at: now) {
        case .send: isProbe = false
        case .probe: isProbe = true
        case .wait(let until, _): return .rest(until: until)
        }
        do {
            guard let departure = try await lease(isProbe: isProbe, at: now) else {
                lane.probeAbandoned()
                return .rest(until: try await store.nextDue(for: peer.province))
            }
            inFlight += 1
            return .send(departure)
        } catch {
            lane.probeAbandoned()
            throw error
        }
    }

    private func lease(isProbe: Bool, at now: Instant) async throws -> Departure? {
        // Nobody is asked for capabilities while nothing waits.
        guard let due = try await store.nextDue(for: peer.province), due <= now else { return nil }
        let terms = try await reader.terms(at: now)
        let most = terms.limits(within: limits.exchange)
        let envelopes = isProbe ? 1 : size.envelopes(within: most.envelopes)
        let formed = Mutex<Int?>(nil)
        let encoding = terms.encoding
        let leased = try await store.leaseBatch(
            for: peer.province, limits: BatchLimits(envelopes: envelopes, bytes: most.bytes), at: now,
            until: now.adding(seconds: Self.leaseSeconds)
        ) { lines in
            formed.withLock { $0 = lines.count }
            return try EncodedContent(lines, in: encoding)
        }
        guard let leased else { return nil }
        let bytes = try formed.withLock { $0 } ?? OutgoingBatch(leased).decodedBytes()
        return Departure(batch: leased, terms: terms, decodedBytes: bytes)
    }

    /// Sends the batch and carries what came of it into the store.
    /// - Throws: ``StoreError``; the batch then stays leased until the lease lapses, and is sent again. `CancellationError`.
    func deliver(_ departure: Departure) async throws {
        defer { inFlight -= 1 }
        do {
            try await attempt(departure)
        } catch {
            // The batch stays leased, and is sent again once the store takes writes; the lane is not left probing.
            isInterrupted = true
            lane.probeAbandoned()
            throw error
        }
    }

    private func attempt(_ departure: Departure) async throws {
        if case .blocked(let failure, let detail) = departure.terms {
            return try await fail(departure.batch, failure, detail)
        }
        if let mismatch = departure.mismatch(within: limits.exchange) {
            return try await reform(departure, because: mismatch)
        }
        try await send(departure.batch)
    }

    /// What waits for a time that a wrong clock gave is tried at once when the clock is right again; what a failure of the store
    /// left leased does not wait until that lapses. Leases of batches that are still under way are left alone.
    private func hasten(ifSetBack now: Instant) async throws {
        if isInterrupted, inFlight == 0 {
            try await store.hasten(peer.province, at: now, leasesUntil: now)
            isInterrupted = false
        }
        if watch.isSetBack(now) {
            logger.warning("the clock was set back: what waits is tried at once")
            try await store.hasten(peer.province, at: now, leasesUntil: now.adding(seconds: Self.leaseSeconds))
            lane.reset()
        }
        watch.saw(now)
    }

    private func send(_ leased: LeasedBatch) async throws {
        let sender = BatchSender(province: province, signer: signing.signer(for: peer.province))
        let push = try sender.request(for: OutgoingBatch(leased), to: peer.address)
        let started = ContinuousClock.now
        let response: TransportResponse
        do {
            response = try await client.send(
                push.transportRequest(limits: TransportLimits(total: .seconds(Self.leaseSeconds / 2))))
        } catch {
            return try await unanswered(leased, error)
        }
        switch sender.judge(response, to: push, keys: peer.keys, now: clock()) {
        case .receipt(let receipt):
            size.answered(
                leased.envelopes.count, in: ContinuousClock.now - started, limit: limits.exchange.envelopes)
            try await settle(leased, receipt, by: push)
        case .refused(let refusal): try await refused(leased, refusal)
        case .unverified(let answer):
            let busy = [429, 503].contains(answer.status)
            try await fail(
                leased, busy ? .busy(retryAfterSeconds: answer.retryAfterSeconds) : .unverified,
                "status \(answer.status), not verified: \(answer.reason)")
        }
    }

    private func unanswered(_ leased: LeasedBatch, _ error: TransportError) async throws {
        // The daemon ends: the batch goes out again, as it is, after the start.
        if error.code == .cancelled || error.code == .closed { throw CancellationError() }
        if error.code == .timedOut || error.code == .stalled { size.timedOut(leased.envelopes.count) }
        await reader.forget()
        try await fail(leased, .unreachable, "\(error.code.rawValue): \(error.message)")
    }

    /// What the peer takes has shrunk since the batch was formed: its envelopes go out in batches that fit.
    private func reform(_ departure: Departure, because code: WireErrorCode) async throws {
        lane.probeAbandoned()
        let count = departure.batch.envelopes.count
        if count == 1, code == .bodyTooLarge {
            return try await giveUp(departure.batch, .unreadable, "the peer takes no batch as large as this envelope")
        }
        let most = departure.terms.limits(within: limits.exchange).envelopes
        let size = min(most, code == .bodyTooLarge ? max(1, count / 2) : count)
        try await store.reopen(
            departure.batch.id, inBatchesOf: size, because: "capabilities \(code.rawValue)", at: clock())
    }

    /// Makes known to others whether the circuit is open: where that changed, or what it waits for did.
    func keepLane(detail: String) async throws {
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

    /// The peer does not take what it said it takes.
    func capabilitiesChanged() async { await reader.forget() }

    /// New keys or certificates: try at once.
    func reset() async {
        lane.reset()
        do { try await keepLane(detail: "") } catch {
            logger.error("lane not kept as reset", metadata: ["error": "\(error)"])
        }
        await reader.forget()
    }
}

extension PeerSender.Departure {
    /// Why the batch, formed under other terms, may not be sent; nil when it may.
    func mismatch(within own: ExchangeLimits) -> WireErrorCode? {
        let most = terms.limits(within: own)
        if !terms.takes(OutgoingBatch(batch).encoding) { return .encodingUnsupported }
        if batch.envelopes.count > most.envelopes { return .batchTooLong }
        return decodedBytes > most.bytes ? .bodyTooLarge : nil
    }
}

extension OutgoingBatch {
    /// How many bytes the content decodes to.
    fileprivate func decodedBytes() throws -> Int {
        // Our own content, which the store keeps whole: no ratio is suspicious.
        try encoding.decode(content, limits: DecodingLimits(decodedBytes: 1 << 30, ratio: .max >> 32)).count
    }
}
