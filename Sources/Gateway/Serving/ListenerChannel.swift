import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypesHTTP1
import NIOSSL
import NIOTLS

/// Deadlines of every connection.
struct ConnectionDeadlines: Sendable {
    var handshake: TimeAmount
    /// Between requests, in the header phase, and while a body stalls.
    var idle: TimeAmount
    /// From a request's head to the end of its body, whatever the pace.
    var request: TimeAmount
}

/// One TLS connection: handshake under a deadline, identity read once, then HTTP/1.1.
struct ListenerChannel: HTTPChannelHandler {
    struct Value: ServerChildChannelValue {
        let ready: EventLoopFuture<(HTTP1Channel.Value, NIOSSLCertificate?)>
        let channel: any Channel
    }

    let responder: Responder
    private let contexts: TLSContexts
    private let deadlines: ConnectionDeadlines
    private let limit: ConnectionLimit
    private let http: HTTP1Channel
    private let authorities: PeerAuthorities?
    private let lanes: (@Sendable (RequestWatch) -> QuestionLane)?

    init(
        contexts: TLSContexts, deadlines: ConnectionDeadlines, limit: ConnectionLimit,
        authorities: PeerAuthorities? = nil, lanes: (@Sendable (RequestWatch) -> QuestionLane)? = nil,
        responder: @escaping Responder
    ) {
        // Hummingbird never answers `Expect: 100-continue`; a client then waits a second before it sends its body.
        let answering: Responder = { request, writer, channel in
            if request.headers[.expect]?.lowercased() == "100-continue" {
                try await writer.writeInformationalHead(HTTPResponse(status: .continue))
            }
            try await responder(request, writer, channel)
        }
        self.responder = answering
        self.contexts = contexts
        self.deadlines = deadlines
        self.limit = limit
        self.authorities = authorities
        self.lanes = lanes
        http = HTTP1Channel(
            responder: answering,
            configuration: .init(
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100)))
    }

    /// HTTP/1.1 behind TLS. What watches requests, and what answers questions, stands before they are made what routes take.
    private func setUpHTTP(_ channel: any Channel, _ logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        http.setup(channel: channel, logger: logger).flatMapThrowing { connection in
            let pipeline = channel.pipeline.syncOperations
            let codec = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
            let watch = RequestWatch(deadlines.request, idle: deadlines.idle)
            try pipeline.addHandler(watch, position: .before(codec))
            if let lanes { try pipeline.addHandler(lanes(watch), position: .before(codec)) }
            return connection
        }
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(ConnectionGuard(deadlines.handshake, limit: limit, logger: logger))
            try pipeline.addHandler(NIOSSLServerHandler(context: contexts.current))
            let negotiation = NIOTypedApplicationProtocolNegotiationHandler<(HTTP1Channel.Value, NIOSSLCertificate?)> {
                _, channel in
                let certificate = try? channel.pipeline.syncOperations.nioSSL_peerCertificate()
                return setUpHTTP(channel, logger).map { ($0, certificate) }
            }
            try pipeline.addHandler(HandshakeWatch(logger: logger))
            try pipeline.addHandler(negotiation)
            return Value(ready: negotiation.protocolNegotiationResult, channel: channel)
        }
    }

    func handle(value: Value, logger: Logger) async {
        do {
            let (connection, certificate) = try await value.ready.get()
            let identity = await self.identity(of: certificate, logger)
            await CertificateIdentity.$current.withValue(identity) {
                await http.handle(value: connection, logger: logger)
            }
        } catch {
            value.channel.close(promise: nil)
        }
    }

    /// Who the client is; nobody when its certificate is not by the authority that such must come from.
    private func identity(of certificate: NIOSSLCertificate?, _ logger: Logger) async -> CertificateIdentity? {
        guard let certificate, let identity = CertificateIdentity(certificate) else { return nil }
        guard let authorities, await !authorities.vouch(for: certificate, as: identity) else { return identity }
        logger.warning(
            "a certificate is not by the authority that it must come from", metadata: ["identity": "\(identity.urn)"])
        return nil
    }
}
