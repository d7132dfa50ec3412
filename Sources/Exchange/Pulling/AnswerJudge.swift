import Interchange

/// Judges a peer's answers to the requests of a ``PeerCaller``.
public struct AnswerJudge: Sendable {
    /// The peer's.
    public let keys: KeyRing
    public let now: Instant
    /// Of what comes back.
    public let limits: DecodingLimits

    public init(keys: KeyRing, now: Instant, limits: DecodingLimits = .init()) {
        self.keys = keys
        self.now = now
        self.limits = limits
    }

    public func capabilities(
        _ response: TransportResponse, to request: SignedRequest
    ) -> PeerAnswer<Capabilities> {
        judge(response, to: request) { content, _ in try Capabilities(decoding: content) }
    }

    /// - Returns: nil in the value when nothing waits (204).
    public func outbox(_ response: TransportResponse, to request: SignedRequest) -> PeerAnswer<VerifiedBatch?> {
        let evidence: SignatureEvidence
        do {
            evidence = try verify(response, to: request, as: response.status == 200 ? .batch : .response)
            switch response.status {
            case 204: return .value(nil)
            case 200: return .value(try batch(response, evidence))
            default: return .refused(try refusal(response, evidence))
            }
        } catch {
            return .unverified(UnverifiedAnswer(response, because: error, at: now))
        }
    }

    /// Whether a receipt that was brought is taken (204).
    public func receipt(_ response: TransportResponse, to request: SignedRequest) -> PeerAnswer<Bool> {
        judge(response, to: request) { _, _ in true }
    }

    private func judge<Value: Sendable>(
        _ response: TransportResponse, to request: SignedRequest,
        read: (_ content: [UInt8], SignatureEvidence) throws -> Value
    ) -> PeerAnswer<Value> {
        do {
            let evidence = try verify(response, to: request, as: .response)
            guard (200..<300).contains(response.status) else { return .refused(try refusal(response, evidence)) }
            return .value(try read(try decoded(response), evidence))
        } catch {
            return .unverified(UnverifiedAnswer(response, because: error, at: now))
        }
    }

    private func verify(
        _ response: TransportResponse, to request: SignedRequest, as tag: SignatureProfile.Tag
    ) throws -> SignatureEvidence {
        let components = HTTPResponseComponents(
            status: response.status, fields: response.fields, answering: request.components)
        let evidence = try MessageVerifier(tag: tag, now: now).verify(
            .response(components), hasContent: !response.content.isEmpty
        ) { (keyID, created) throws(WireError) in try keys.key(keyID, signedAt: created) }
        _ = try response.fields.checkDigest(of: response.content)
        return evidence
    }

    private func decoded(_ response: TransportResponse) throws -> [UInt8] {
        try ContentEncoding(field: response.fields.single("content-encoding")).decode(response.content, limits: limits)
    }

    private func refusal(_ response: TransportResponse, _ evidence: SignatureEvidence) throws -> SignedRefusal {
        let problem =
            ProblemDetails(decoding: try decoded(response), status: response.status)
            ?? ProblemDetails(status: response.status, code: "", title: "", detail: "")
        return SignedRefusal(
            problem: problem, retryAfterSeconds: response.fields.retryAfterSeconds(at: now), evidence: evidence)
    }

    private func batch(_ response: TransportResponse, _ evidence: SignatureEvidence) throws -> VerifiedBatch {
        guard response.fields.mediaType == RequestReceiver.batchContentType else {
            throw WireError(.encodingUnsupported, "The content type is not \(RequestReceiver.batchContentType).")
        }
        guard let id = response.fields.batchID else {
            throw WireError(.requestInvalid, "Yizhan-Batch is not a UUID of version 7.")
        }
        return VerifiedBatch(
            id: id, from: keys.owner, encoding: try ContentEncoding(field: response.fields.single("content-encoding")),
            digest: ContentDigest(of: response.content), content: response.content, evidence: evidence)
    }
}
