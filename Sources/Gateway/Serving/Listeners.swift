import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// Builds one listener with its own certificate policy and its own routes.
struct ListenerFactory {
    let limits: GatewayConfiguration.Limits
    let logger: Logger

    func listener(
        _ name: String, _ configuration: GatewayConfiguration.Listener, _ contexts: TLSContexts,
        router: Router<RequestScope>, onRunning: @Sendable @escaping (Int) async -> Void
    ) -> some ApplicationProtocol {
        listener(name, configuration, contexts, responder: router.buildResponder(), onRunning: onRunning)
    }

    func listener(
        _ name: String, _ configuration: GatewayConfiguration.Listener, _ contexts: TLSContexts,
        responder: some HTTPResponder<RequestScope>, authorities: PeerAuthorities? = nil,
        lanes: (@Sendable (RequestWatch) -> QuestionLane)? = nil,
        onRunning: @Sendable @escaping (Int) async -> Void
    ) -> some ApplicationProtocol {
        let deadlines = ConnectionDeadlines(
            handshake: .nanoseconds(limits.handshake.nanoseconds), idle: .nanoseconds(limits.idle.nanoseconds),
            request: .nanoseconds(limits.request.nanoseconds))
        let limit = ConnectionLimit(limits.connections)
        var logger = logger
        logger[metadataKey: "listener"] = "\(name)"
        return Application(
            responder: PersistentAnswers(inner: DecisionLog(inner: responder, logger: logger)),
            server: HTTPServerBuilder {
                ListenerChannel(
                    contexts: contexts, deadlines: deadlines, limit: limit, authorities: authorities, lanes: lanes,
                    responder: $0)
            },
            configuration: .init(
                address: .hostname(configuration.address, port: configuration.port), serverName: nil),
            onServerRunning: { await onRunning($0.localAddress?.port ?? 0) }, logger: logger)
    }
}

extension Duration {
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
