import HTTPTypes
import Hummingbird
import Logging

/// Logs every request that a listener turns away, whichever route or none: who called, what, and the status. What is let through
/// has its entry in the audit log.
struct DecisionLog<Inner: HTTPResponder>: HTTPResponder where Inner.Context == RequestScope {
    let inner: Inner
    let logger: Logger

    @Sendable func respond(to request: Request, context: RequestScope) async throws -> Response {
        do {
            let response = try await inner.respond(to: request, context: context)
            if (400..<500).contains(response.status.code) { log(request, context, response.status.code) }
            return response
        } catch let error as any HTTPResponseError {
            log(request, context, error.status.code)
            throw error
        }
    }

    private func log(_ request: Request, _ context: RequestScope, _ status: Int) {
        logger.notice(
            "turned away",
            metadata: [
                "caller": "\(context.identity?.urn ?? "-")", "method": "\(request.method.rawValue)",
                // The route, not the path: a caller may have written anything into it.
                "route": "\(context.endpointPath ?? "-")", "status": "\(status)",
            ])
    }
}
