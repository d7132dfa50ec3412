import Delivery
import Exchange
import Store

extension PeerSender {
    /// What came of a departure: as the courier hears it, as an operator reads it, and what a receipt settles.
    struct Outcome: Sendable {
        let answer: Courier.Answer
        let detail: String
        var settlement: Settlement?
        /// Why what came as a receipt did not verify.
        var refusedReceipt: String?

        init(_ answer: Courier.Answer, _ detail: String) { (self.answer, self.detail) = (answer, detail) }

        init(_ answer: Courier.Answer, settling settlement: Settlement) {
            self.init(answer, "")
            self.settlement = settlement
        }

        init(_ refusal: SignedRefusal) {
            let answer: Courier.Answer =
                refusal.asksForNewSignature
                ? .signAnew
                : .refused(status: refusal.problem.status, retryAfterSeconds: refusal.retryAfterSeconds)
            self.init(answer, "\(refusal.problem.status) \(refusal.problem.code)")
        }

        init(_ answer: UnverifiedAnswer) {
            self.init(
                .unverified(status: answer.status, retryAfterSeconds: answer.retryAfterSeconds),
                "status \(answer.status), not verified: \(answer.reason)")
            // Under another status nothing came as a receipt.
            if answer.status == 200 { refusedReceipt = answer.code }
        }

        init(_ error: TransportError) {
            self.init(
                .unanswered(isLate: error.code == .timedOut || error.code == .stalled),
                "\(error.code.rawValue): \(error.message)")
        }
    }
}

extension PeerSender.Departure {
    var parcel: Courier.Parcel {
        Courier.Parcel(
            envelopes: batch.envelopes.count, limit: limit, attempts: batch.attempts, acceptedAt: batch.acceptedAt)
    }

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
    func decodedBytes() throws -> Int {
        // Our own content, which the store keeps whole: no ratio is suspicious.
        try encoding.decode(content, limits: DecodingLimits(decodedBytes: 1 << 30, ratio: .max >> 32)).count
    }
}
