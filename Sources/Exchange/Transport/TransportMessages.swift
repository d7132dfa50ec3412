/// What authenticates both sides of a connection, all PEM.
public struct TransportCredentials: Sendable {
    /// The only CAs that are trusted.
    public var authorities: [UInt8]
    /// Our certificate, with intermediates after it.
    public var certificate: [UInt8]
    public var privateKey: [UInt8]

    public init(authorities: [UInt8], certificate: [UInt8], privateKey: [UInt8]) {
        self.authorities = authorities
        self.certificate = certificate
        self.privateKey = privateKey
    }
}

/// The bounds of one request.
public struct TransportLimits: Sendable, Hashable {
    /// From the start to the end of the TLS handshake. Default 10 s.
    public var connect: Duration
    /// From the start to the last byte of the answer. Default 60 s.
    public var total: Duration
    /// Without a byte a second in either direction; whole seconds, at least 1. Default 15 s.
    public var stall: Duration
    /// The largest body of an answer, in bytes. Default 8 MiB.
    public var responseBytes: Int
    /// The largest head of an answer, in bytes. Default 64 KiB.
    public var headBytes: Int

    public init(
        connect: Duration = .seconds(10), total: Duration = .seconds(60), stall: Duration = .seconds(15),
        responseBytes: Int = 8 << 20, headBytes: Int = 64 << 10
    ) {
        self.connect = connect
        self.total = total
        self.stall = stall
        self.responseBytes = responseBytes
        self.headBytes = headBytes
    }
}

/// A request as it is sent. `Host`, `Content-Length` and the like are the client's business.
public struct TransportRequest: Sendable {
    public var method: String
    /// `https` only.
    public var url: String
    public var fields: HeaderFields
    /// Empty for none.
    public var content: [UInt8]
    public var limits: TransportLimits

    public init(
        method: String, url: String, fields: HeaderFields = HeaderFields(), content: [UInt8] = [],
        limits: TransportLimits = .init()
    ) {
        self.method = method
        self.url = url
        self.fields = fields
        self.content = content
        self.limits = limits
    }
}

public struct TransportResponse: Sendable, Hashable {
    public var status: Int
    public var fields: HeaderFields
    public var content: [UInt8]
    /// Whether a pooled connection served.
    public var reusedConnection: Bool

    public init(status: Int, fields: HeaderFields, content: [UInt8], reusedConnection: Bool = false) {
        self.status = status
        self.fields = fields
        self.content = content
        self.reusedConnection = reusedConnection
    }
}

/// What carries requests to peers: ``CurlClient``, or something else in a test.
public protocol HTTPTransport: Sendable {
    /// One request and its answer, whatever its status.
    /// - Throws: `TransportError`; `cancelled` when the task is cancelled.
    func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse
}
