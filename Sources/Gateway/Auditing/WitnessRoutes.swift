import AuditLog
import Hummingbird
import Interchange
import Logging
import NIOCore
import Store

/// `POST /audit/witness/add-checkpoint` (C2SP `tlog-witness`): a peer has its own log's checkpoint cosigned. And
/// `GET /audit/witness/checkpoint?origin=…`: the newest checkpoint of a log that is held here.
struct WitnessRoutes: Sendable {
    let province: Province
    let logs: KnownLogs
    let peers: Set<Province>
    let notary: Notary
    let store: any Store
    let clock: WallClock
    let logger: Logger

    func add(to router: Router<RequestScope>) {
        router.post("/audit/witness/add-checkpoint") { request, scope in
            guard let peer = peer(scope) else { return Self.unknown }
            do { return try await add(request, from: peer) } catch let error as StoreError {
                logger.error("checkpoint not witnessed", metadata: ["error": "\(error)"])
                return .problem(
                    .serviceUnavailable, code: "BUSY", detail: "The store cannot answer now; ask again later.")
            }
        }
        router.get("/audit/witness/checkpoint") { request, scope in
            guard peer(scope) != nil || isAuditor(scope) else { return Self.unknown }
            let origin = request.uri.queryParameters["origin"].map(String.init)
            guard let held = try await store.heldCheckpoints().first(where: { $0.origin == origin }) else {
                return .problem(.notFound, code: "NOT_FOUND", detail: "No checkpoint of this origin is held here.")
            }
            return .bytes(held.note, type: "text/plain; charset=utf-8", caching: "no-cache")
        }
    }

    private func peer(_ scope: RequestScope) -> Province? {
        if case .province(let peer)? = scope.identity, peers.contains(peer) { peer } else { nil }
    }

    private func isAuditor(_ scope: RequestScope) -> Bool {
        if case .auditor(province, _)? = scope.identity { true } else { false }
    }

    private func add(_ request: Request, from peer: Province) async throws -> Response {
        let body: [UInt8]
        do {
            body = Array(try await request.body.collect(upTo: WitnessRequest.longest).readableBytesView)
        } catch {
            return .problem(
                .contentTooLarge, code: "BODY_TOO_LARGE",
                detail: "A request has at most \(WitnessRequest.longest) bytes.")
        }
        guard let asked = try? WitnessRequest(parsing: body), let note = try? SignedNote(parsing: asked.note),
            let stated = try? Checkpoint(text: note.text), stated.size <= UInt64(Int64.max)
        else {
            return .problem(
                .badRequest, code: "REQUEST_INVALID", detail: "The content is no request of C2SP tlog-witness.")
        }
        guard let log = logs.log(of: stated.origin) else {
            return .problem(.notFound, code: "ORIGIN_UNKNOWN", detail: "No log of this origin is witnessed here.")
        }
        // Whoever may bring a log's old checkpoints could have it accused of what its owner did not do.
        guard log.owner == peer else {
            return .problem(
                .forbidden, code: "ORIGIN_NOT_YOURS", detail: "A log is brought by its owner: this is another's.")
        }
        guard let shown = try? Checkpoint.open(asked.note, keys: [log.key], origin: log.origin) else {
            return .problem(
                .forbidden, code: "SIGNATURE_INVALID", detail: "No trusted key of the log signed the checkpoint.")
        }
        let now = clock()
        let decision = try await store.witness(asked, shown: shown, from: peer, at: now)
        return try answer(decision, note.text, log, at: now)
    }

    private func answer(_ decision: WitnessDecision, _ text: String, _ log: KnownLogs.Log, at now: Instant) throws
        -> Response
    {
        let held = decision.heldSize
        switch decision.verdict {
        case .cosign:
            let line = try notary.signer.cosign(text, at: UInt64(max(0, now.seconds))).line
            return .bytes(Array(line.utf8), type: "text/plain; charset=utf-8", caching: "no-store")
        case .outdated: return Self.conflict(held)
        case .contradictory:
            return .problem(
                .badRequest, code: "REQUEST_INVALID", detail: "The old size is larger than the checkpoint's.")
        case .diverged(let kind):
            if decision.isNew {
                logger.critical(
                    "a peer's audit log diverged",
                    metadata: [
                        "alert": "logDiverged", "origin": "\(log.origin)", "kind": "\(kind.rawValue)",
                        "held": "\(held)",
                    ])
            }
            return kind == .unproven || (kind == .forked && decision.isProofAtFault)
                ? .problem(
                    .unprocessableContent, code: "PROOF_INVALID",
                    detail: "The proof does not lead from what is held to the checkpoint.")
                : Self.conflict(held)
        }
    }

    /// The size that is held, as C2SP wants it said.
    private static func conflict(_ size: UInt64) -> Response {
        Response(
            status: .conflict, headers: [.contentType: "text/x.tlog.size"],
            body: .init(byteBuffer: ByteBuffer(string: "\(size)\n")))
    }

    private static var unknown: Response {
        .problem(.forbidden, code: "PEER_UNKNOWN", detail: "The certificate names no province that is a peer.")
    }
}
