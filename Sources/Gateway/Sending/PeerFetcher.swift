import Delivery
import Exchange
import Interchange
import Logging
import Store

/// Fetches from one peer what waits there for this gateway: asks, applies, brings the receipt. A crash anywhere between leaves
/// the batch with the peer, which offers it again.
actor PeerFetcher {
    /// How long the peer may wait for something to come before it answers, in seconds.
    static let waitSeconds = 30

    private let link: PeerLink
    private let intake: BatchIntake
    private let refusals: RefusalEntries
    private let clock: WallClock
    private let logger: Logger
    private var lane: Lane
    /// A receipt that the peer has not confirmed.
    private var unconfirmed: (batch: MessageID, receipt: [UInt8])?

    init(
        _ link: PeerLink, intake: BatchIntake, refusals: RefusalEntries, retry: RetryLimits, clock: @escaping WallClock,
        logger: Logger
    ) {
        self.link = link
        self.intake = intake
        self.refusals = refusals
        self.clock = clock
        var logger = logger
        logger[metadataKey: "peer"] = "\(link.peer.province)"
        self.logger = logger
        lane = Lane(limits: retry, failureThreshold: 1)
    }

    /// What to do after a turn.
    enum Turn: Sendable, Equatable {
        case again
        case rest(until: Instant)
    }

    /// Brings what is owed, then fetches and applies one batch if there is one.
    /// - Throws: `CancellationError`; ``StoreError``, after which the lane rests.
    func turn() async throws -> Turn {
        let now = clock()
        if case .wait(let until, _) = lane.permission(at: now) { return .rest(until: until) }
        do {
            if unconfirmed != nil { return try await bring() }
            if case .blocked(let failure, let detail) = try await link.reader.terms(at: now) {
                return failed(failure, detail)
            }
            return try await fetch()
        } catch let error as CancellationError {
            throw error
        } catch {
            return failed(.unverified, "\(error)")
        }
    }

    private func fetch() async throws -> Turn {
        let limits = intake.limits
        let request = try caller.outbox(
            of: link.peer.address, limit: limits.envelopes, waitSeconds: Self.waitSeconds)
        let patience = Duration.seconds(Self.waitSeconds + 15)
        let bounds = TransportLimits(
            total: patience + .seconds(60), stall: patience, responseBytes: limits.encodedBytes)
        guard let response = try await send(request, within: bounds) else { return rest }
        switch AnswerJudge(keys: link.peer.keys, now: clock()).outbox(response, to: request) {
        case .value(nil): return succeeded()
        case .value(let batch?): return try await apply(batch)
        case .refused(let refusal): return refused(refusal)
        case .unverified(let answer): return unverified(answer)
        }
    }

    private func apply(_ batch: VerifiedBatch) async throws -> Turn {
        do {
            let (caller, address) = (caller, link.peer.address)
            let receipt = try await intake.receive(batch, at: clock()) { content in
                let request = try caller.receipt(content, for: batch.id, to: address)
                return SignedReceipt(
                    message: content, signature: HTTPMessageComponents.request(request.components).signature)
            }
            unconfirmed = (batch.id, receipt)
        } catch let error as WireError where error.code.status < 500 {
            // Nothing can tell the peer so: it offers the batch again until its operator looks.
            logger.error(
                "a fetched batch cannot be taken", metadata: ["batch": "\(batch.id)", "code": "\(error.code.rawValue)"])
            try await refusals.enter(.batchRefused, error, of: batch.id, from: link.peer.province, at: clock())
            return failed(.unverified, "\(error.code.rawValue)")
        } catch let error as WireError {
            return failed(.busy(retryAfterSeconds: error.retryAfterSeconds), "\(error.code.rawValue)")
        } catch let error as StoreError where error.code == .full {
            return failed(.busy(retryAfterSeconds: 60), error.description)
        }
        return try await bring()
    }

    private func bring() async throws -> Turn {
        guard let (batch, content) = unconfirmed else { return .again }
        let request = try caller.receipt(content, for: batch, to: link.peer.address)
        guard let response = try await send(request, within: TransportLimits()) else { return rest }
        switch AnswerJudge(keys: link.peer.keys, now: clock()).receipt(response, to: request) {
        case .value:
            unconfirmed = nil
            return succeeded()
        case .refused(let refusal):
            // A receipt that is refused for what it says is composed anew should the batch be offered again.
            if [404, 409, 413, 415, 422].contains(refusal.problem.status) { unconfirmed = nil }
            return refused(refusal)
        case .unverified(let answer): return unverified(answer)
        }
    }

    private var caller: PeerCaller { PeerCaller(signer: link.signing.signer(for: link.peer.province)) }

    /// - Returns: nil when no answer came, which is noted.
    private func send(_ request: SignedRequest, within limits: TransportLimits) async throws -> TransportResponse? {
        do throws(TransportError) {
            return try await link.client.send(request.transportRequest(limits: limits))
        } catch {
            if error.code == .cancelled || error.code == .closed { throw CancellationError() }
            await link.reader.forget()
            _ = failed(.unreachable, "\(error.code.rawValue): \(error.message)")
            return nil
        }
    }

    private func succeeded() -> Turn {
        if let alert = lane.succeeded() {
            logger.notice("fetching recovered", metadata: ["alert": "\(alert.rawValue)"])
        }
        return .again
    }

    private func refused(_ refusal: SignedRefusal) -> Turn {
        let detail = "\(refusal.problem.status) \(refusal.problem.code)"
        if refusal.asksForNewSignature { return failed(.busy(retryAfterSeconds: 0), detail) }
        let isIdentity = [401, 403].contains(refusal.problem.status)
        return failed(isIdentity ? .refused : .busy(retryAfterSeconds: refusal.retryAfterSeconds), detail)
    }

    private func unverified(_ answer: UnverifiedAnswer) -> Turn {
        let busy = [429, 503].contains(answer.status)
        return failed(
            busy ? .busy(retryAfterSeconds: answer.retryAfterSeconds) : .unverified,
            "status \(answer.status), not verified: \(answer.reason)")
    }

    private func failed(_ failure: AttemptFailure, _ detail: String) -> Turn {
        if let alert = lane.failed(failure, at: clock(), jitter: .random(in: 0..<1)) {
            logger.warning("fetching in trouble", metadata: ["alert": "\(alert.rawValue)", "detail": "\(detail)"])
        }
        return rest
    }

    /// The lane says at the next turn for how long.
    private var rest: Turn { .rest(until: clock()) }

    /// New keys or certificates: try at once.
    func reset() { lane.reset() }
}
