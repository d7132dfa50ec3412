import Interchange

/// An envelope as it stands in a batch that was sent.
public struct SentEnvelope: Sendable, Hashable {
    public let id: MessageID
    /// Of the line without its newline.
    public let digest: ContentDigest

    public init(id: MessageID, digest: ContentDigest) {
        self.id = id
        self.digest = digest
    }
}

/// A batch as it is stored before its first byte is sent: what is repeated at a retry.
public struct OutgoingBatch: Sendable, Hashable {
    public let id: MessageID
    public let to: Province
    /// As encoded.
    public let content: [UInt8]
    public let encoding: ContentEncoding
    /// Of ``content``.
    public let digest: ContentDigest
    /// In line order.
    public let envelopes: [SentEnvelope]

    /// A batch from the store.
    public init(
        id: MessageID, to: Province, content: [UInt8], encoding: ContentEncoding, digest: ContentDigest,
        envelopes: [SentEnvelope]
    ) {
        self.id = id
        self.to = to
        self.content = content
        self.encoding = encoding
        self.digest = digest
        self.envelopes = envelopes
    }

    /// Forms, encodes and digests a batch.
    /// - Parameter lines: each envelope's line without a newline, with its id and digest, in the order they are applied.
    /// - Throws: `WireError` with `BATCH_TOO_LONG` or `BODY_TOO_LARGE` over a limit; `BUSY` when there is no memory.
    public init(
        id: MessageID, to: Province, lines: [(envelope: SentEnvelope, line: [UInt8])], encoding: ContentEncoding,
        limits: ExchangeLimits = .init()
    ) throws(WireError) {
        guard lines.count <= limits.envelopes else {
            throw WireError(.batchTooLong, "The batch has more than \(limits.envelopes) envelopes.")
        }
        let size = lines.reduce(0) { $0 + $1.line.count + 1 }
        guard size <= limits.decodedBytes else {
            throw WireError(.bodyTooLarge, "The batch is over the limit of \(limits.decodedBytes) bytes.")
        }
        var joined: [UInt8] = []
        joined.reserveCapacity(size)
        for (_, line) in lines {
            joined.append(contentsOf: line)
            joined.append(0x0A)
        }
        let content = try encoding.encode(joined)
        self.init(
            id: id, to: to, content: content, encoding: encoding, digest: ContentDigest(of: content),
            envelopes: lines.map(\.envelope))
    }
}
