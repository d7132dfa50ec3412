import Interchange

/// A batch signed and ready to go.
public struct PushRequest: Sendable {
    public let batch: OutgoingBatch
    /// With the signature.
    public let components: HTTPRequestComponents

    /// For the transport.
    public func transportRequest(limits: TransportLimits = .init()) -> TransportRequest {
        TransportRequest(
            method: components.method, url: components.url, fields: components.fields, content: batch.content,
            limits: limits)
    }
}

/// Composes pushes and judges their answers. It does no I/O.
public struct BatchSender: Sendable {
    public let province: Province
    private let signer: MessageSigner

    public init(province: Province, signer: MessageSigner) {
        self.province = province
        self.signer = signer
    }

    /// The request for a stored batch. Each call signs anew; content, type, encoding, digest and id stay the same.
    /// - Throws: `SignatureBaseError` or `KeyError`; neither for a batch and an address that were made here.
    public func request(for batch: OutgoingBatch, to address: PeerAddress) throws -> PushRequest {
        var fields: HeaderFields = [
            "content-type": RequestReceiver.batchContentType, "content-digest": batch.digest.description,
            "yizhan-batch": batch.id.description,
        ]
        if let encoding = batch.encoding.fieldValue { fields.append("content-encoding", encoding) }
        let request = HTTPRequestComponents(
            method: "POST", authority: address.authority, path: address.path(ExchangePath.batches), fields: fields)
        return PushRequest(batch: batch, components: try signer.sign(request, hasContent: true, as: .batch))
    }

    /// What the answer means. Only a receipt that verifies and answers this batch settles anything.
    /// - Parameter keys: the keys of the peer that the batch is for.
    public func judge(
        _ response: TransportResponse, to push: PushRequest, keys: KeyRing, now: Instant,
        limits: DecodingLimits = .init()
    ) -> PushAnswer {
        let components = HTTPResponseComponents(
            status: response.status, fields: response.fields, answering: push.components)
        let tag: SignatureProfile.Tag = response.status == 200 ? .receipt : .response
        do {
            let verifier = MessageVerifier(tag: tag, now: now)
            let evidence = try verifier.verify(.response(components), hasContent: !response.content.isEmpty) {
                (keyID, created) throws(WireError) in try keys.key(keyID, signedAt: created)
            }
            _ = try response.fields.checkDigest(of: response.content)
            return try verified(response, evidence, push, now, limits)
        } catch {
            return .unverified(UnverifiedAnswer(response, because: error, at: now))
        }
    }

    private func verified(
        _ response: TransportResponse, _ evidence: SignatureEvidence, _ push: PushRequest, _ now: Instant,
        _ limits: DecodingLimits
    ) throws -> PushAnswer {
        let encoding = try ContentEncoding(field: response.fields.single("content-encoding"))
        let content = try encoding.decode(response.content, limits: limits)
        guard response.status == 200 else {
            let problem =
                ProblemDetails(decoding: content, status: response.status)
                ?? ProblemDetails(status: response.status, code: "", title: "", detail: "")
            return .refused(
                SignedRefusal(
                    problem: problem, retryAfterSeconds: response.fields.retryAfterSeconds(at: now), evidence: evidence)
            )
        }
        let receipt = try Receipt(decoding: content)
        try receipt.check(answers: push.batch, sentBy: province)
        return .receipt(VerifiedReceipt(receipt: receipt, content: content, evidence: evidence))
    }
}
