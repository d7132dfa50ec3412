import Exchange
import HTTPTypes
import Hummingbird

/// A listener's routes, asked what is wrong with a request that none of them answers.
struct RoutedMethods: Sendable {
    private let routes: [(path: [Substring], method: HTTPRequest.Method)]

    /// - Parameter routes: all of the listener's.
    init(_ routes: [Router<RequestScope>.RouteDescription]) {
        self.routes = routes.map { (Self.parts(of: "\($0.path)"), $0.method) }
    }

    /// 404 for an unknown path; 405 for a method that a path does not have, with the methods that it has, as `Allow` lists them.
    func refusal(of path: String) -> (error: WireError, allow: String?) {
        let allowed = methods(of: path)
        guard !allowed.isEmpty else { return (WireError(.notFound, "There is nothing at this path."), nil) }
        return (
            WireError(.methodNotAllowed, "This path has other methods: see Allow."),
            allowed.map(\.rawValue).sorted().joined(separator: ", ")
        )
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

/// Answers what no route does, as the listener refuses: 404 for an unknown path, 405 for a method that a path does not have. Added to
/// a router last.
struct UnansweredRequests: RouterMiddleware {
    typealias Context = RequestScope

    let routes: RoutedMethods
    /// Without content for HEAD.
    let refuse: @Sendable (WireError, Request, RequestScope) throws -> Response

    func handle(
        _ request: Request, context: RequestScope, next: (Request, RequestScope) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            let (wire, allow) = routes.refusal(of: request.uri.path)
            var response = try refuse(wire, request, context)
            if let allow { response.headers[.allow] = allow }
            return response
        }
    }
}

extension UnansweredRequests {
    /// On the exchange listener, where every answer is signed.
    init(_ routes: RoutedMethods, signedBy signing: ExchangeSigning) {
        self.init(routes: routes) { wire, request, context in
            let signer = signing.signer(for: context.identity?.province)
            return request.method == .head
                ? try signer.answer(request.components, status: wire.status).response
                : try signer.answer(request.components, error: wire).response
        }
    }

    /// On listeners whose answers rest on TLS alone.
    init(_ routes: RoutedMethods) {
        self.init(routes: routes) { wire, request, _ in
            var response = Response.problem(ProblemDetails(wire))
            if request.method == .head { response.body = .init() }
            return response
        }
    }
}
