import AuditLog
import Foundation
import Hummingbird
import Interchange
import Logging
import Store

/// `POST /v1/operations/NAME` on the operations listener: what an operator's command asks the daemon to do. Only a
/// certificate `urn:yizhan:operator:<this province>:<name>` may.
struct OperatorRoutes: Sendable {
    /// The most bytes of a request.
    static let bodyBytes = 1 << 20

    let province: Province
    let desk: OperatorDesk
    let logger: Logger

    func add(to router: Router<RequestScope>) {
        router.post("/v1/operations/:action") { request, scope in try await answer(request, scope) }
    }

    /// Who asks, in which role, as the audit log names them.
    private func actor(_ identity: CertificateIdentity?) -> (CallerRole, AuditActor)? {
        switch identity {
        case .operator(province, _)?: identity.map { (.operator, AuditActor(organisation: $0.urn)) }
        case .supervisor(province, _)?: identity.map { (.supervisor, AuditActor(organisation: $0.urn)) }
        case .auditor(province, _)?: identity.map { (.auditor, AuditActor(organisation: $0.urn)) }
        default: nil
        }
    }

    private func answer(_ request: Request, _ scope: RequestScope) async throws -> Response {
        guard let (role, actor) = self.actor(scope.identity) else {
            return .problem(
                .forbidden, code: "OPERATOR_UNKNOWN", detail: "The certificate names no operator of this province.")
        }
        guard let name = scope.parameters.get("action"), let perform = ActionTable.all[name] else {
            return .problem(.notFound, code: "NOT_FOUND", detail: "There is no such action.")
        }
        guard ActionTable.all.isAllowed(name, to: role) else {
            return .problem(
                .forbidden, code: "ROLE_UNFIT", detail: "This is for a certificate with another role.")
        }
        do {
            let body = try await request.body.collect(upTo: Self.bodyBytes)
            return .json(Array(try await perform(Data(body.readableBytesView), desk, actor)))
        } catch let error as StoreError {
            return .problem(store: error)
        } catch let error as GatewayError where error.code == .unreachable {
            return .problem(.serviceUnavailable, code: "PEER_UNREACHABLE", detail: error.description)
        } catch let error as GatewayError {
            return .problem(.unprocessableContent, code: "ACTION_INVALID", detail: error.description)
        } catch is DecodingError {
            return .problem(.badRequest, code: "REQUEST_INVALID", detail: "The content is not what the action takes.")
        }
    }
}

extension Response {
    fileprivate static func problem(store error: StoreError) -> Response {
        switch error.code {
        case .notFound: .problem(.notFound, code: "NOT_FOUND", detail: error.description)
        case .invalid: .problem(.unprocessableContent, code: "ACTION_INVALID", detail: error.description)
        default: .problem(.serviceUnavailable, code: "STORE_UNAVAILABLE", detail: error.description)
        }
    }
}
