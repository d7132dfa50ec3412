import Hummingbird
import Logging

/// For measuring: a listener with the TLS of the exchange's that takes any body and throws it away. The daemon has none.
public struct DiscardListener: Sendable {
    private let listener: GatewayConfiguration.Listener
    private let contexts: TLSContexts

    /// - Parameter listener: certificates, address and port; port 0 takes any that is free.
    /// - Throws: ``GatewayError`` `file` when the certificates cannot be used.
    public init(_ listener: GatewayConfiguration.Listener) throws {
        self.listener = listener
        contexts = try TLSContexts(listener)
    }

    /// Answers `POST /v1/batches` with 204 until the task is cancelled.
    /// - Parameter onRunning: is given the port.
    public func run(onRunning: @Sendable @escaping (Int) async -> Void) async throws {
        let router = Router(context: RequestScope.self)
        router.post("/v1/batches") { request, _ -> Response in
            for try await _ in request.body {}
            return Response(status: .noContent)
        }
        var logger = Logger(label: "discard")
        logger.logLevel = .critical
        try await ListenerFactory(limits: GatewayConfiguration.Limits(), logger: logger)
            .listener("discard", listener, contexts, router: router, onRunning: onRunning).run()
    }
}
