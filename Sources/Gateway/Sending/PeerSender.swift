import Delivery
import Exchange
import Interchange
import Logging
import Store
import Synchronization

/// Sends to one peer: leases batches, sends several at a time, settles each by its receipt or keeps why it failed. When, and what
/// follows from an answer, its ``Courier`` says.
actor PeerSender {
    let peer: GatewayConfiguration.Peer
    let store: any Store
    let clock: WallClock
    let logger: Logger
    private let province: Province
    private let client: any HTTPTransport
    private let signing: ExchangeSigning
    private let reader: TermsReader
    private let limits: ExchangeLimits
    private let courier: HeldCourier

    /// - Parameter courier: the peer's, which counts what is under way from senders before this one, too.
    init(
        _ link: PeerLink, store: any Store, limits: ExchangeLimits, courier: HeldCourier, clock: @escaping WallClock,
        logger: Logger
    ) {
        peer = link.peer
        province = link.province
        client = link.client
        signing = link.signing
        reader = link.reader
        self.store = store
        self.limits = limits
        self.courier = courier
        self.clock = clock
        var logger = logger
        logger[metadataKey: "peer"] = "\(link.peer.province)"
        self.logger = logger
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
        let errand: Courier.Errand
        let terms: PeerTerms
        /// The most envelopes that both sides take.
        let limit: Int
        /// Its content decoded, in bytes.
        let decodedBytes: Int
    }

    /// Leases a batch if one is due, the lane is open and fewer are under way than may be. One caller at a time.
    func next() async throws -> Turn {
        while true {
            let now = clock()
            switch courier.with({ $0.next(at: now) }) {
            case .rest(let until): return .rest(until: until)
            case .hasten(let haste, let lease):
                if haste == .clockSetBack { logger.warning("the clock was set back: what waits is tried at once") }
                try await store.hasten(peer.province, at: now, leasesUntil: lease)
                courier.with { $0.hastened(haste, at: now) }
            case .go(let errand):
                if let departure = try await depart(on: errand, at: now) { return .send(departure) }
                return .rest(until: try await store.nextDue(for: peer.province))
            }
        }
    }

    private func depart(on errand: Courier.Errand, at now: Instant) async throws -> Departure? {
        do {
            let departure = try await lease(errand, at: now)
            if departure == nil { courier.with { $0.ended(errand) } }
            return departure
        } catch {
            courier.with { $0.ended(errand) }
            throw error
        }
    }

    private func lease(_ errand: Courier.Errand, at now: Instant) async throws -> Departure? {
        // Nobody is asked for capabilities while nothing waits.
        guard let due = try await store.nextDue(for: peer.province), due <= now else { return nil }
        let terms = try await reader.terms(at: now)
        let most = terms.limits(within: limits)
        let envelopes = courier.with { $0.envelopes(on: errand, within: most.envelopes) }
        let formed = Mutex<Int?>(nil)
        let encoding = terms.encoding
        let packed: FrameEncoder = { frame, bytes in
            formed.withLock { $0 = bytes }
            return EncodedContent(frame: frame)
        }
        let leased = try await store.leaseBatch(
            for: peer.province, limits: BatchLimits(envelopes: envelopes, bytes: most.bytes), at: now,
            until: now.adding(seconds: Courier.leaseSeconds), packed: encoding == .zstd ? packed : nil
        ) { lines in
            formed.withLock { $0 = lines.count }
            return try EncodedContent(lines, in: encoding)
        }
        guard let leased else { return nil }
        let bytes = try formed.withLock { $0 } ?? OutgoingBatch(leased).decodedBytes()
        return Departure(batch: leased, errand: errand, terms: terms, limit: most.envelopes, decodedBytes: bytes)
    }

    /// Sends the batch and carries what came of it into the store.
    /// - Throws: ``StoreError``; the batch then stays leased until the store takes writes, and is sent again. `CancellationError`.
    func deliver(_ departure: Departure) async throws {
        do {
            let outcome = try await outcome(of: departure)
            let now = clock()
            let steps = courier.with { courier in
                var random = SystemRandomNumberGenerator()
                return courier.hear(
                    outcome.answer, of: departure.parcel, on: departure.errand, at: now, using: &random)
            }
            for step in steps { try await perform(step, for: departure.batch, outcome) }
        } catch {
            courier.with { $0.interrupted(departure.errand) }
            throw error
        }
        courier.with { $0.ended(departure.errand) }
    }

    private func outcome(of departure: Departure) async throws -> Outcome {
        if case .blocked(let failure, let detail) = departure.terms { return Outcome(.blocked(failure), detail) }
        if let mismatch = departure.mismatch(within: limits) {
            return Outcome(
                .outgrown(most: departure.limit, isTooLarge: mismatch == .bodyTooLarge),
                "capabilities \(mismatch.rawValue)")
        }
        return try await send(departure.batch)
    }

    private func send(_ leased: LeasedBatch) async throws -> Outcome {
        let sender = BatchSender(province: province, signer: signing.signer(for: peer.province))
        let push = try sender.request(for: OutgoingBatch(leased), to: peer.address)
        let started = ContinuousClock.now
        let response: TransportResponse
        do {
            response = try await client.send(
                push.transportRequest(limits: TransportLimits(total: .seconds(Courier.leaseSeconds / 2))))
        } catch {
            // The daemon ends: the batch goes out again, as it is, after the start.
            if error.code == .cancelled || error.code == .closed { throw CancellationError() }
            return Outcome(error)
        }
        switch sender.judge(response, to: push, keys: peer.keys, now: clock()) {
        case .receipt(let receipt):
            return Outcome(
                .receipt(after: ContinuousClock.now - started),
                settling: Settlement(
                    receipt.receipt, content: receipt.content, evidence: receipt.evidence,
                    request: HTTPMessageComponents.request(push.components).signature, by: peer.province, at: clock()))
        case .refused(let refusal): return Outcome(refusal)
        case .unverified(let answer): return Outcome(answer)
        }
    }

    private func perform(_ step: Courier.Step, for leased: LeasedBatch, _ outcome: Outcome) async throws {
        switch step {
        case .settle: if let settlement = outcome.settlement { try await store.settle(settlement) }
        case .askAnew: await reader.forget()
        case .alert(let alert): tell(alert, outcome.detail)
        case .noteRefused: try await store.noteRefusedBatch(of: peer.province, at: clock())
        case .showCircuit(let circuit): try await show(circuit, detail: outcome.detail)
        case .reopen(let size):
            logger.warning("batch closed", metadata: ["detail": "\(outcome.detail)"])
            try await store.reopen(leased.id, inBatchesOf: size, because: outcome.detail, at: clock())
        case .postpone(let until, let blockedOn):
            try await postpone(leased, until: until, blockedOn.rawValue, outcome)
        case .giveUp(let reason):
            logger.error(
                "batch set aside for an operator",
                metadata: ["reason": "\(reason.rawValue)", "detail": "\(outcome.detail)"])
            try await postpone(leased, until: nil, reason.rawValue, outcome)
        }
    }

    private func postpone(_ leased: LeasedBatch, until: Instant?, _ reason: String, _ outcome: Outcome) async throws {
        try await store.postpone(
            leased.id,
            failure: FailedAttempt(
                peer: peer.province, notBefore: until, blockedOn: reason, detail: outcome.detail, at: clock(),
                refusedReceipt: outcome.refusedReceipt))
    }

    private func tell(_ alert: Lane.Alert, _ detail: String) {
        if alert == .circuitClosed {
            logger.notice("lane recovered", metadata: ["alert": "\(alert.rawValue)"])
        } else {
            logger.warning("lane in trouble", metadata: ["alert": "\(alert.rawValue)", "detail": "\(detail)"])
        }
    }

    /// Makes known to others whether the circuit is open, and what it waits for.
    private func show(_ circuit: PeerStanding.Circuit?, detail: String) async throws {
        let now = clock()
        let condition = circuit.map {
            LaneCondition(
                peer: peer.province, blockedOn: $0.blockedOn.rawValue, since: now, until: $0.until, detail: detail)
        }
        try await store.keepLane(condition, of: peer.province, at: now)
    }

    /// An operator's wish: try at once.
    func reset() async {
        let now = clock()
        for case .showCircuit(let circuit) in courier.with({ $0.reset(at: now) }) {
            do { try await show(circuit, detail: "") } catch {
                courier.with { $0.untold() }
                logger.error("lane not kept as reset", metadata: ["error": "\(error)"])
            }
        }
        await reader.forget()
    }
}
