extension MessageSigner {
    /// Signs a batch that a peer fetches. Its content is what was stored: each time it is offered the bytes are the same.
    public func answer(_ request: HTTPRequestComponents, batch: OutgoingBatch) throws -> SignedAnswer {
        var fields: HeaderFields = ["yizhan-batch": batch.id.description]
        if let encoding = batch.encoding.fieldValue { fields.append("content-encoding", encoding) }
        return try answer(
            request, status: 200, contentType: RequestReceiver.batchContentType, content: batch.content, fields: fields,
            as: .batch)
    }

    /// Signs an answer without content, such as a 204.
    public func answer(_ request: HTTPRequestComponents, status: Int) throws -> SignedAnswer {
        try answer(request, status: status, contentType: nil, content: [])
    }
}
