import HTTPTypes
import Hummingbird

/// Tells a client that asks for it that the connection stays open. One that speaks HTTP/1.0 takes silence for the opposite
/// (RFC 9112, appendix C.2.2) and waits for the end of the connection, until the idle timeout.
struct PersistentAnswers<Inner: HTTPResponder>: HTTPResponder where Inner.Context == RequestScope {
    let inner: Inner

    @Sendable func respond(to request: Request, context: RequestScope) async throws -> Response {
        var response = try await inner.respond(to: request, context: context)
        if request.headers[.connection]?.lowercased() == "keep-alive" { response.headers[.connection] = "keep-alive" }
        return response
    }
}
