import Interchange

extension Courier {
    /// What came of an errand, as far as it decides what follows.
    public enum Answer: Sendable, Hashable {
        /// A verified receipt, so long after the first byte was sent.
        case receipt(after: Duration)
        /// Signed. `retryAfterSeconds` is what the peer asked for.
        case refused(status: Int, retryAfterSeconds: Int?)
        /// Signed: the nonce or the time of the signature, not the batch, is refused.
        case signAnew
        /// An answer that does not verify.
        case unverified(status: Int, retryAfterSeconds: Int?)
        /// None; `isLate` when there was a connection, and patience ended.
        case unanswered(isLate: Bool)
        /// Not sent: by what the peer says of itself, or does not say, it is sent nothing now.
        case blocked(AttemptFailure)
        /// Not sent: it was formed when the peer took more. `most` is the envelopes it takes now; `isTooLarge` when bytes are
        /// what it takes less of.
        case outgrown(most: Int, isTooLarge: Bool)
    }

    /// The batch that was sent.
    public struct Parcel: Sendable, Hashable {
        public var envelopes: Int
        /// The most that it could have had, by what both sides take.
        public var limit: Int
        /// Attempts before this one.
        public var attempts: Int
        /// Of the oldest envelope in it.
        public var acceptedAt: Instant

        public init(envelopes: Int, limit: Int, attempts: Int, acceptedAt: Instant) {
            (self.envelopes, self.limit) = (envelopes, limit)
            (self.attempts, self.acceptedAt) = (attempts, acceptedAt)
        }
    }

    /// One thing to do, in the order given.
    public enum Step: Sendable, Hashable {
        /// Carry the receipt into the store.
        case settle
        /// Not before then, for this reason.
        case postpone(until: Instant, BlockedOn)
        /// Set the batch aside for an operator.
        case giveUp(DeadLetterReason)
        /// Close the batch; its unsettled envelopes go out in batches of at most so many.
        case reopen(inBatchesOf: Int)
        /// Tell an operator that the peer has another batch under this one's id.
        case noteRefused
        /// Ask the peer anew what it takes before the next batch.
        case askAnew
        /// Tell others how the circuit stands; nil when it is closed.
        case showCircuit(PeerStanding.Circuit?)
        /// Tell an operator, once.
        case alert(Lane.Alert)
    }

    /// What follows from an answer.
    /// - Parameter random: spreads the retries.
    public mutating func hear(
        _ answer: Answer, of parcel: Parcel, on errand: Errand, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) -> [Step] {
        switch answer {
        case .receipt(let elapsed):
            size.answered(parcel.envelopes, in: elapsed, limit: parcel.limit)
            return [.settle] + succeeded(errand, at: now)
        case .signAnew: return failed(.busy(retryAfterSeconds: 0), parcel, errand, now, &random)
        case .refused(let status, let seconds):
            switch status {
            case 401, 403: return failed(.refused, parcel, errand, now, &random)
            case 409, 415: return closed(status, parcel, errand, now, &random)
            case 413, 422: return halved(status, parcel, errand, now)
            default: return failed(.busy(retryAfterSeconds: seconds), parcel, errand, now, &random)
            }
        case .unverified(let status, let seconds):
            let isBusy = status == 429 || status == 503
            return failed(isBusy ? .busy(retryAfterSeconds: seconds) : .unverified, parcel, errand, now, &random)
        case .unanswered(let isLate):
            if isLate { size.timedOut(parcel.envelopes) }
            return [.askAnew] + failed(.unreachable, parcel, errand, now, &random)
        case .blocked(let failure): return failed(failure, parcel, errand, now, &random)
        case .outgrown(let most, let isTooLarge): return outgrown(most, isTooLarge, parcel, errand)
        }
    }

    private mutating func succeeded(_ errand: Errand, at now: Instant) -> [Step] {
        guard isCurrent(errand) else { return [] }
        let alert = lane.succeeded()
        return (alert.map { [.alert($0)] } ?? []) + told(at: now)
    }

    /// The peer is there and answers under its signature: nothing is wrong with the lane, but the batch goes no more as it is.
    private mutating func halved(_ status: Int, _ parcel: Parcel, _ errand: Errand, _ now: Instant) -> [Step] {
        let steps = succeeded(errand, at: now) + (status == 413 ? [.askAnew] : [])
        return steps + [parcel.envelopes == 1 ? .giveUp(.unreadable) : .reopen(inBatchesOf: parcel.envelopes / 2)]
    }

    /// The id is another batch's to the peer, or it does not take the encoding: the envelopes go out in another batch. A peer that refuses
    /// each is not hammered: it counts as a failure.
    private mutating func closed(
        _ status: Int, _ parcel: Parcel, _ errand: Errand, _ now: Instant, _ random: inout some RandomNumberGenerator
    ) -> [Step] {
        var steps: [Step] = status == 409 ? [.noteRefused] : [.askAnew]
        if isCurrent(errand) {
            let alert = lane.failed(.busy(retryAfterSeconds: nil), at: now, jitter: Self.jitter(&random))
            steps += (alert.map { [.alert($0)] } ?? []) + told(at: now)
        }
        let isLast = parcel.envelopes == 1 && status == 415
        return steps + [isLast ? .giveUp(.unreadable) : .reopen(inBatchesOf: parcel.envelopes)]
    }

    private mutating func outgrown(
        _ most: Int, _ isTooLarge: Bool, _ parcel: Parcel, _ errand: Errand
    ) -> [Step] {
        abandonProbe(of: errand)
        if parcel.envelopes == 1, isTooLarge { return [.giveUp(.unreadable)] }
        return [.reopen(inBatchesOf: min(most, isTooLarge ? max(1, parcel.envelopes / 2) : parcel.envelopes))]
    }

    private mutating func failed(
        _ failure: AttemptFailure, _ parcel: Parcel, _ errand: Errand, _ now: Instant,
        _ random: inout some RandomNumberGenerator
    ) -> [Step] {
        var steps: [Step] = []
        let (first, second) = (Self.jitter(&random), Self.jitter(&random))
        if isCurrent(errand) {
            if let alert = lane.failed(failure, at: now, jitter: first) { steps.append(.alert(alert)) }
            steps += told(at: now)
        }
        let event = DeliveryEvent.failed(
            failure, attempts: parcel.attempts + 1, acceptedAt: parcel.acceptedAt, jitter: second)
        let state = DeliveryState.leased(until: now).applying(event, at: now, limits: retry)
        guard case .retryable(let notBefore, let blockedOn)? = state else { return steps + [.giveUp(.tooOld)] }
        return steps + [.postpone(until: notBefore, blockedOn)]
    }

    /// What others are told of the circuit: where it changed, or where it is open, since what it waits for may have changed.
    mutating func told(at now: Instant) -> [Step] {
        let circuit = lane.openCircuit(at: now)
        guard circuit != nil || isOpenToOthers != false else { return [] }
        isOpenToOthers = circuit != nil
        return [.showCircuit(circuit)]
    }

    private static func jitter(_ random: inout some RandomNumberGenerator) -> Double {
        Double.random(in: 0..<1, using: &random)
    }
}
