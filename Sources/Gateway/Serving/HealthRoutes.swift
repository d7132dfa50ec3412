import Hummingbird
import Store

/// `/health/live` and `/health/ready` of the operations listener.
struct HealthRoutes {
    let store: any Store

    func add(to router: Router<RequestScope>) {
        router.get("/health/live") { _, _ in Response.json(Array(#"{"status":"live"}"#.utf8)) }
        router.get("/health/ready") { _, _ in
            guard let size = try? await store.auditSize() else {
                return Response.problem(
                    .serviceUnavailable, code: "STORE_UNAVAILABLE", detail: "The store does not answer.")
            }
            return Response.json(Array(#"{"status":"ready","auditSize":\#(size)}"#.utf8))
        }
    }
}
