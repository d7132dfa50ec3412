import Exchange
import HTTPTypes
import Hummingbird

/// Signs what no route answers: 404 for an unknown path, 405 for a method that a path does not have. Added to a router last.
struct SignedNotFound: RouterMiddleware {
    typealias Context = RequestScope

    private let signing: ExchangeSigning
    private let routes: [(path: [Substring], method: HTTPRequest.Method)]

    /// - Parameter routes: all of the listener's.
    init(signing: ExchangeSigning, routes: [Router<RequestScope>.RouteDescription]) {
        self.signing = signing
        self.routes = routes.map { (Self.parts(of: "\($0.path)"), $0.method) }
    }

    func handle(
        _ request: Request, context: RequestScope, next: (Request, RequestScope) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            let signer = signing.signer(for: context.identity?.province)
            let allowed = methods(of: request.uri.path)
            let wire =
                allowed.isEmpty
                ? WireError(.notFound, "There is nothing at this path.")
                : WireError(.methodNotAllowed, "This path has other methods: see Allow.")
            guard request.method != .head else {
                return try signer.answer(request.components, status: wire.status).response
            }
            var response = try signer.answer(request.components, error: wire).response
            if !allowed.isEmpty { response.headers[.allow] = allowed.map(\.rawValue).sorted().joined(separator: ", ") }
            return response
        }
    }

    private func methods(of path: String) -> [HTTPRequest.Method] {
        let parts = Self.parts(of: path)
        return routes.filter { route in
            // `**` stands for all that follows.
            let isOpen = route.path.last == "**" && route.path.count <= parts.count
            return (route.path.count == parts.count || isOpen)
                && zip(route.path, parts).allSatisfy {
                    $0 == $1 || $0 == "**" || $0.hasPrefix(":") || $0.hasPrefix("{")
                }
        }.map(\.method)
    }

    private static func parts(of path: String) -> [Substring] { path.split(separator: "/") }
}
