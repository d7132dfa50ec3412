/// A response as it goes out: signed, whole.
public struct SignedAnswer: Sendable, Hashable {
    public let status: Int
    /// Without `Content-Length`, which is the server's business.
    public let fields: HeaderFields
    public let content: [UInt8]
}

extension MessageSigner {
    /// Signs a receipt. Its content is what was stored: a repeated batch gets the same bytes under a new signature.
    /// - Throws: `SignatureBaseError` when the request lacks `Content-Digest` or `Yizhan-Batch`.
    public func answer(_ request: HTTPRequestComponents, receipt content: [UInt8]) throws -> SignedAnswer {
        try answer(request, status: 200, contentType: Receipt.contentType, content: content, as: .receipt)
    }

    /// Signs an error as problem details, with `Retry-After` when the error has it.
    public func answer(_ request: HTTPRequestComponents, error: WireError) throws -> SignedAnswer {
        var fields = HeaderFields()
        if let seconds = error.retryAfterSeconds { fields.append("retry-after", String(seconds)) }
        return try answer(
            request, status: error.status, contentType: ProblemDetails.contentType,
            content: ProblemDetails(error).encoded(), fields: fields, as: .response)
    }

    /// Signs any other answer.
    /// - Parameters:
    ///   - contentType: nil for an answer without content.
    ///   - fields: more header fields, not yet signed.
    public func answer(
        _ request: HTTPRequestComponents, status: Int, contentType: String?, content: [UInt8],
        fields more: HeaderFields = HeaderFields(), as tag: SignatureProfile.Tag = .response
    ) throws -> SignedAnswer {
        var fields = more
        if let contentType {
            fields.set("content-type", contentType)
            fields.set("content-digest", ContentDigest(of: content).description)
        }
        let response = HTTPResponseComponents(status: status, fields: fields, answering: request)
        let signed = try sign(response, hasContent: contentType != nil, as: tag)
        return SignedAnswer(status: status, fields: signed.fields, content: content)
    }
}
