import Interchange

/// A batch whose sender, signature and digest are verified. Its nonce and id are the store's to judge, then its content.
public struct VerifiedBatch: Sendable, Hashable {
    public let id: MessageID
    /// The peer that sent it.
    public let from: Province
    public let encoding: ContentEncoding
    /// Of ``content``.
    public let digest: ContentDigest
    /// As encoded.
    public let content: [UInt8]
    /// With the nonce.
    public let evidence: SignatureEvidence

    /// - Throws: `WireError`: `BODY_TOO_LARGE`, or `BATCH_UNREADABLE` for what is not of the encoding.
    public func decoded(_ limits: ExchangeLimits) throws(WireError) -> [UInt8] {
        try encoding.decode(content, limits: limits.decoding)
    }
}

/// Verifies what peers ask.
public struct RequestReceiver: Sendable {
    public static let batchContentType = "application/x-ndjson"

    /// The names by which this gateway is called, as ``HTTPRequestComponents/normalisedAuthority`` has them.
    public let authorities: Set<String>
    public let keys: KeyDirectory
    public let limits: ExchangeLimits
    /// Signatures created before it are refused: the time of a restore from backup.
    public let notBefore: Instant?

    public init(
        authorities: Set<String>, keys: KeyDirectory, limits: ExchangeLimits = .init(), notBefore: Instant? = nil
    ) {
        self.authorities = Set(
            authorities.map { HTTPRequestComponents(method: "", authority: $0, path: "").normalisedAuthority })
        self.keys = keys
        self.limits = limits
        self.notBefore = notBefore
    }

    /// Verifies a signed request of any kind: peer, size, signature, window, authority, then the digest of its content.
    ///
    /// - Parameters:
    ///   - content: as it came, whole.
    ///   - peer: the province of the TLS identity.
    /// - Throws: `WireError`: `PEER_UNKNOWN`, `IDENTITY_MISMATCH`, `BODY_TOO_LARGE`, `SIGNATURE_MISSING`,
    ///   `SIGNATURE_INVALID`, `SIGNATURE_EXPIRED`, `DIGEST_MISMATCH`; `REQUEST_INVALID` for a `POST` with a query.
    public func verify(
        _ request: HTTPRequestComponents, content: [UInt8], from peer: Province, as tag: SignatureProfile.Tag,
        now: Instant
    ) throws(WireError) -> SignatureEvidence {
        try verifyWithDigest(request, content, peer, tag, now).evidence
    }

    /// Verifies a pushed batch, as ``verify(_:content:from:as:now:)`` does and the rest of its headers.
    /// - Throws: `WireError`, those and `ENCODING_UNSUPPORTED`; `REQUEST_INVALID` when `Yizhan-Batch` is not a UUID of version 7.
    public func verifyBatch(
        _ request: HTTPRequestComponents, content: [UInt8], from peer: Province, now: Instant
    ) throws(WireError) -> VerifiedBatch {
        let (evidence, digest) = try verifyWithDigest(request, content, peer, .batch, now)
        guard let digest else { throw WireError(.digestMismatch, "Content-Digest is missing.") }
        guard request.fields.mediaType == Self.batchContentType else {
            throw WireError(.encodingUnsupported, "The content type is not \(Self.batchContentType).")
        }
        let encoding = try ContentEncoding(field: request.fields.single("content-encoding"))
        guard let id = request.fields.batchID else {
            throw WireError(.requestInvalid, "Yizhan-Batch is not a UUID of version 7.")
        }
        return VerifiedBatch(
            id: id, from: peer, encoding: encoding, digest: digest, content: content, evidence: evidence)
    }

    private func verifyWithDigest(
        _ request: HTTPRequestComponents, _ content: [UInt8], _ peer: Province, _ tag: SignatureProfile.Tag,
        _ now: Instant
    ) throws(WireError) -> (evidence: SignatureEvidence, digest: ContentDigest?) {
        guard keys[peer] != nil else { throw WireError(.peerUnknown, "The province is not a configured peer.") }
        guard content.count <= limits.encodedBytes else {
            throw WireError(.bodyTooLarge, "The content is over the limit of \(limits.encodedBytes) bytes.")
        }
        let verifier = MessageVerifier(tag: tag, now: now, notBefore: notBefore)
        let evidence = try verifier.verify(.request(request), hasContent: !content.isEmpty) {
            (keyID, created) throws(WireError) in try keys.key(keyID, of: peer, signedAt: created)
        }
        guard authorities.contains(request.normalisedAuthority) else {
            throw WireError(.signatureInvalid, "The signed authority is not a name of this gateway.")
        }
        guard request.method != "POST" || request.query == nil else {
            throw WireError(.requestInvalid, "A POST has no query.")
        }
        return (evidence, try request.fields.checkDigest(of: content))
    }
}
