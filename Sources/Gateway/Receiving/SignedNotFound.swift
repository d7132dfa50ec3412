import Exchange
import HTTPTypes
import Hummingbird

/// Signs what no route answers: 404 for an unknown path, 405 for a method that a path does not have. Added to a router last.
struct SignedNotFound: RouterMiddleware {
    typealias Context = RequestScope

    let signing: ExchangeSigning
    let routes: RoutedMethods

    func handle(
        _ request: Request, context: RequestScope, next: (Request, RequestScope) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            let signer = signing.signer(for: context.identity?.province)
            let (wire, allow) = routes.refusal(of: request.uri.path)
            guard request.method != .head else {
                return try signer.answer(request.components, status: wire.status).response
            }
            var response = try signer.answer(request.components, error: wire).response
            if let allow { response.headers[.allow] = allow }
            return response
        }
    }
}
