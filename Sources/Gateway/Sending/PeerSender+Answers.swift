import Delivery
import Exchange
import Interchange
import Logging
import Store

/// What the sender makes of a peer's answer.
extension PeerSender {
    func settle(_ leased: LeasedBatch, _ verified: VerifiedReceipt, by push: PushRequest) async throws {
        try await store.settle(
            Settlement(
                verified.receipt, content: verified.content, evidence: verified.evidence,
                request: HTTPMessageComponents.request(push.components).signature, by: peer.province, at: clock()))
        if let alert = lane.succeeded() { logger.notice("lane recovered", metadata: ["alert": "\(alert.rawValue)"]) }
        try await keepLane(detail: "")
    }

    func refused(_ leased: LeasedBatch, _ refusal: SignedRefusal) async throws {
        let detail = "\(refusal.problem.status) \(refusal.problem.code)"
        if refusal.asksForNewSignature { return try await fail(leased, .busy(retryAfterSeconds: 0), detail) }
        switch refusal.problem.status {
        case 401, 403: try await fail(leased, .refused, detail)
        case 413, 422, 415, 409: try await closed(leased, refusal, detail)
        default: try await fail(leased, .busy(retryAfterSeconds: refusal.retryAfterSeconds), detail)
        }
    }

    /// The peer is there and answers under its signature: nothing is wrong with the lane.
    private func closed(_ leased: LeasedBatch, _ refusal: SignedRefusal, _ detail: String) async throws {
        _ = lane.succeeded()
        try await keepLane(detail: "")
        logger.warning("batch closed by the peer", metadata: ["code": "\(refusal.problem.code)"])
        if [413, 415].contains(refusal.problem.status) { await capabilitiesChanged() }
        if leased.envelopes.count == 1, refusal.problem.status != 409 {
            return try await giveUp(leased, .unreadable, detail)
        }
        let size = [413, 422].contains(refusal.problem.status) ? leased.envelopes.count / 2 : leased.envelopes.count
        try await store.reopen(leased.id, inBatchesOf: size, because: detail, at: clock())
    }

    func fail(_ leased: LeasedBatch, _ failure: AttemptFailure, _ detail: String) async throws {
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

    func giveUp(_ leased: LeasedBatch, _ reason: DeadLetterReason, _ detail: String) async throws {
        logger.error(
            "batch set aside for an operator", metadata: ["reason": "\(reason.rawValue)", "detail": "\(detail)"])
        try await store.postpone(
            leased.id,
            failure: FailedAttempt(
                peer: peer.province, notBefore: nil, blockedOn: reason.rawValue, detail: detail, at: clock()))
    }
}
