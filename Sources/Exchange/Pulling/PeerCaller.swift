import Interchange

/// A signed request to a peer, ready to go.
public struct SignedRequest: Sendable {
    /// With the signature.
    public let components: HTTPRequestComponents
    /// Empty for none.
    public let content: [UInt8]

    /// For the transport.
    public func transportRequest(limits: TransportLimits = .init()) -> TransportRequest {
        TransportRequest(
            method: components.method, url: components.url, fields: components.fields, content: content, limits: limits)
    }
}

/// What a peer's answer to a request means. Only what verifies says anything.
public enum PeerAnswer<Value: Sendable>: Sendable {
    /// What was asked for, under the peer's signature.
    case value(Value)
    /// The peer said, under its signature, that it does not do it.
    case refused(SignedRefusal)
    /// Nobody knows who said it.
    case unverified(UnverifiedAnswer)
}

/// Asks a peer for its capabilities and for what it has ready, and brings receipts. It does no I/O.
public struct PeerCaller: Sendable {
    private let signer: MessageSigner

    public init(signer: MessageSigner) { self.signer = signer }

    /// `GET /v1/capabilities`.
    public func capabilities(of address: PeerAddress) throws -> SignedRequest {
        try signed(
            HTTPRequestComponents(
                method: "GET", authority: address.authority, path: address.path(ExchangePath.capabilities)))
    }

    /// `GET /v1/outbox`: at most `limit` envelopes; the peer waits `waitSeconds` for some to come.
    public func outbox(of address: PeerAddress, limit: Int, waitSeconds: Int) throws -> SignedRequest {
        let encodings = ContentEncoding.preferred.map(\.rawValue).joined(separator: ", ")
        return try signed(
            HTTPRequestComponents(
                method: "GET", authority: address.authority, path: address.path(ExchangePath.outbox),
                query: "limit=\(limit)&wait=\(waitSeconds)", fields: ["accept-encoding": encodings]))
    }

    /// `POST /v1/batches/{batch}/receipt`. Each call signs anew; the content stays the same.
    public func receipt(_ content: [UInt8], for batch: MessageID, to address: PeerAddress) throws -> SignedRequest {
        let request = HTTPRequestComponents(
            method: "POST", authority: address.authority, path: address.path(ExchangePath.receipt(for: batch)),
            fields: [
                "content-type": Receipt.contentType, "content-digest": ContentDigest(of: content).description,
            ])
        return SignedRequest(
            components: try signer.sign(request, hasContent: true, as: .receipt), content: content)
    }

    private func signed(_ request: HTTPRequestComponents) throws -> SignedRequest {
        SignedRequest(components: try signer.sign(request, hasContent: false, as: .request), content: [])
    }
}
