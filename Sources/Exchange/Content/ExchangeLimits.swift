/// The limits of a gateway, as its capabilities advertise them.
public struct ExchangeLimits: Sendable, Hashable {
    /// The most envelopes in a batch. Default 1,000.
    public var envelopes: Int
    /// The most bytes of a batch, decoded. Default 8 MiB.
    public var decodedBytes: Int
    /// The most bytes of a request's content as it travels; checked before the signature. Default 8 MiB.
    public var encodedBytes: Int
    /// The most bytes that decode from each that travels. Default 200.
    public var ratio: Int

    public init(envelopes: Int = 1000, decodedBytes: Int = 8 << 20, encodedBytes: Int = 8 << 20, ratio: Int = 200) {
        self.envelopes = envelopes
        self.decodedBytes = decodedBytes
        self.encodedBytes = encodedBytes
        self.ratio = ratio
    }

    public var decoding: DecodingLimits { DecodingLimits(decodedBytes: decodedBytes, ratio: ratio) }
}
