/// What a message must cover and carry, by what it is (the tag) and what it has.
public struct SignatureProfile: Sendable, Hashable {
    public enum Tag: String, Sendable, Hashable, CaseIterable {
        case batch = "yizhan-batch"
        case receipt = "yizhan-receipt"
        case request = "yizhan-request"
        case response = "yizhan-response"
    }

    /// The longest time between `created` and `expires`, in seconds.
    public static let maximumLifetimeSeconds: Int64 = 300
    /// How far `created` may be ahead of our clock, and `expires` behind it, in seconds.
    public static let clockToleranceSeconds: Int64 = 60
    /// The longest nonce that is taken, in characters.
    public static let maximumNonceLength = 128
    /// The longest `Signature` or `Signature-Input` that is parsed, in bytes.
    public static let maximumFieldBytes = 8 << 10

    public let tag: Tag

    public init(_ tag: Tag) { self.tag = tag }

    /// The components that the message must cover, in the order in which a signer writes them.
    /// - Parameter hasContent: whether content came with the message; its headers count as content too.
    public func required(for message: HTTPMessageComponents, hasContent: Bool) -> [ComponentIdentifier] {
        switch message {
        case .request(let request): requiredOfRequest(request.fields, hasContent)
        case .response(let response): requiredOfResponse(response, hasContent)
        }
    }

    private func requiredOfRequest(_ fields: HeaderFields, _ hasContent: Bool) -> [ComponentIdentifier] {
        var all: [ComponentIdentifier] = [.method, .authority, .path]
        if hasContent || fields.contains("content-digest") || tag == .batch {
            all += [.contentType, .contentDigest]
        } else {
            all.append(.query)
        }
        if fields.contains("content-encoding") { all.append(.contentEncoding) }
        if tag == .batch || fields.contains("yizhan-batch") { all.append(.batch) }
        return all
    }

    private func requiredOfResponse(_ response: HTTPResponseComponents, _ hasContent: Bool) -> [ComponentIdentifier] {
        let fields = response.fields
        var all: [ComponentIdentifier] = [.status]
        if hasContent || fields.contains("content-digest") || tag != .response {
            all += [.contentType, .contentDigest]
        }
        if fields.contains("content-encoding") { all.append(.contentEncoding) }
        if fields.contains("retry-after") { all.append(.retryAfter) }
        if tag == .batch || fields.contains("yizhan-batch") { all.append(.batch) }
        if response.request.isSigned { all.append(.requestSignature) }
        if tag == .receipt { all += [.requestDigest, .requestBatch] }
        return all
    }

    /// Whether `expires` must be there: on requests, which could be replayed. Responses are bound to their request.
    func requiresExpiry(_ message: HTTPMessageComponents) -> Bool {
        if case .request = message { true } else { false }
    }
}

extension HTTPRequestComponents {
    /// Whether the request has a signature with our label.
    var isSigned: Bool {
        let isThere = try? HTTPMessageComponents.request(self).value(
            of: .init("signature", [.key(SignatureLabel.yizhan)]), types: [:])
        return isThere != nil
    }
}
