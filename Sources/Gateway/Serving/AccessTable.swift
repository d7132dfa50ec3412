import HTTPTypes
import Hummingbird

/// Who a caller is to a gateway: the kind of name in the certificate.
public enum CallerRole: String, Sendable, Hashable, CaseIterable {
    /// Nobody in particular: no certificate is asked for, or none of the names below is in it.
    case anyone
    case province, bureau, source, `operator`, supervisor, auditor, portal
}

/// One route and who may call it. Every other caller is answered 403 and a line in the log.
public struct AccessRow: Sendable, Hashable {
    /// `exchange`, `status`, `local` or `operations`.
    public var listener: String
    public var method: String
    /// As it is routed, with `*` for a part that varies and `**` for all that follows.
    public var path: String
    public var who: Set<CallerRole>

    init(_ listener: String, _ method: String, _ path: String, _ who: Set<CallerRole>) {
        self.listener = listener
        self.method = method
        self.path = path
        self.who = who
    }
}

/// Every route that there is, with who may call it. A gateway with a route that has no row here does not start, and a test walks
/// the rows with every kind of certificate.
public enum AccessTable {
    public static let rows: [AccessRow] = [
        AccessRow("exchange", "POST", "/v1/batches", [.province]),
        AccessRow("exchange", "GET", "/v1/outbox", [.province]),
        AccessRow("exchange", "POST", "/v1/batches/*/receipt", [.province]),
        AccessRow("exchange", "GET", "/v1/capabilities", [.province]),
        AccessRow("exchange", "POST", "/v1/reconciliation", [.province]),
        AccessRow("exchange", "POST", "/v1/status-queries", [.province]),
        AccessRow("exchange", "GET", "/audit/checkpoint", [.province, .auditor]),
        AccessRow("exchange", "GET", "/audit/tile/**", [.province, .auditor]),
        AccessRow("exchange", "POST", "/audit/witness/add-checkpoint", [.province]),
        AccessRow("exchange", "GET", "/audit/witness/checkpoint", [.province, .auditor]),
        AccessRow("status", "POST", "/v1/status-queries", [.bureau]),
        AccessRow("local", "POST", "/v1/records", [.source]),
        AccessRow("local", "GET", "/v1/access-log", [.portal]),
        AccessRow("operations", "GET", "/health/live", Set(CallerRole.allCases)),
        AccessRow("operations", "GET", "/health/ready", Set(CallerRole.allCases)),
        AccessRow("operations", "POST", "/v1/operations/*", [.operator, .supervisor, .auditor]),
    ]

    /// - Throws: ``GatewayError`` when a route has no row.
    static func check(_ listener: String, _ router: Router<RequestScope>) throws {
        for route in router.routes {
            let path = form(of: "\(route.path)")
            let isKnown = rows.contains {
                $0.listener == listener && $0.method == route.method.rawValue && $0.path == path
            }
            guard isKnown else {
                throw GatewayError(
                    .mistakes, "the route \(route.method.rawValue) \(path) of \(listener) has no row in AccessTable",
                    remedy: "say in Sources/Gateway/Serving/AccessTable.swift who may call it")
            }
        }
    }

    /// A routed path with a slash before it and `*` for each named part.
    private static func form(of path: String) -> String {
        let parts = path.split(separator: "/").map { part in
            part.hasPrefix(":") || part.hasPrefix("{") ? "*" : String(part)
        }
        return "/" + parts.joined(separator: "/")
    }
}
