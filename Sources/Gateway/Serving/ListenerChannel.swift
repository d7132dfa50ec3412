import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes
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

    init(
        contexts: TLSContexts, deadlines: ConnectionDeadlines, limit: ConnectionLimit,
        authorities: PeerAuthorities? = nil, lanes: (@Sendable () -> QuestionLane)? = nil,
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
        http = HTTP1Channel(
            responder: answering,
            configuration: .init(
                additionalChannelHandlers: Self.handlers(deadlines, lanes),
                idleTimeout: lanes == nil ? deadlines.idle : nil,
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100)))
    }

    /// What stands between HTTP and its requests' tasks.
    private static func handlers(
        _ deadlines: ConnectionDeadlines, _ lanes: (@Sendable () -> QuestionLane)?
    ) -> [any RemovableChannelHandler] {
        let deadline = RequestDeadline(deadlines.request)
        guard let lanes else { return [deadline] }
        // Whether a connection is idle is seen where all its requests pass, not behind the lane.
        let idle = Duration.nanoseconds(deadlines.idle.nanoseconds)
        return [deadline, HTTPConnectionStateHandler(idleTimeout: idle, logger: Logger(label: "yizhan")), lanes()]
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(ConnectionGuard(deadlines.handshake, limit: limit, logger: logger))
            try pipeline.addHandler(NIOSSLServerHandler(context: contexts.current))
            let negotiation = NIOTypedApplicationProtocolNegotiationHandler<(HTTP1Channel.Value, NIOSSLCertificate?)> {
                _, channel in
                let certificate = try? channel.pipeline.syncOperations.nioSSL_peerCertificate()
                return http.setup(channel: channel, logger: logger).map { ($0, certificate) }
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
