import Hummingbird
import Synchronization

/// The routes of one listener as they are in force. A request is answered to its end by those that were in force when it
/// came, so that it sees one configuration whatever changes meanwhile.
final class RouteSwitch: HTTPResponder {
    private let current = Mutex<(any HTTPResponder<RequestScope>)?>(nil)

    /// For requests from now on.
    func use(_ router: Router<RequestScope>) {
        let fresh = router.buildResponder()
        current.withLock { $0 = fresh }
    }

    func respond(to request: Request, context: RequestScope) async throws -> Response {
        guard let responder = current.withLock({ $0 }) else {
            return .problem(.serviceUnavailable, code: "BUSY", detail: "The gateway is starting.")
        }
        return try await responder.respond(to: request, context: context)
    }
}
