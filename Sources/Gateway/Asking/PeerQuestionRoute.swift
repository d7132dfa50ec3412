import AuditLog
import Exchange
import Hummingbird
import Interchange
import Logging
import Policy
import Store

/// `POST /v1/status-queries` on the exchange listener: another province's question for one of its bureaus, for which it vouches.
/// Decided by the whole policy and budget here, entered before it is answered, answered once for each id.
struct PeerQuestionRoute: Sendable {
    static let path = "/v1/status-queries"
    /// Questions of one peer that are answered at once.
    static let atOnce = 64

    let province: Province
    let desk: QuestionDesk
    let receiver: RequestReceiver
    let signer: MessageSigner
    let gate: PeerGate
    /// Called when a home province is to be told.
    let onNotice: @Sendable () -> Void
    let logger: Logger

    func add(to router: Router<RequestScope>) {
        router.post("/v1/status-queries") { request, scope in try await answer(request, scope) }
    }

    private func answer(_ request: Request, _ scope: RequestScope) async throws -> Response {
        let components = request.components
        do {
            guard case .province(let peer)? = scope.identity, receiver.keys[peer] != nil else {
                throw WireError(.peerUnknown, "The certificate names no configured peer.")
            }
            guard gate.enter(peer) else {
                throw WireError(.busy, "Too many questions of this peer are being answered.", retryAfterSeconds: 1)
            }
            defer { gate.leave(peer) }
            let reply = try await reply(to: try await content(of: request), components, from: peer)
            return try signer.answer(
                components, status: 200, contentType: "application/json", content: reply.encoded
            ).response
        } catch let error as WireError {
            logger.notice(
                "question refused",
                metadata: ["code": "\(error.code.rawValue)", "caller": "\(scope.identity?.urn ?? "-")"])
            return try signer.answer(components, error: error).response
        } catch let problems as QuestionProblems {
            return try problem(
                422, "QUESTION_MALFORMED", problems.problems.map(\.description).joined(separator: "; "), components)
        } catch is QuestionIDReused {
            return try problem(409, "QUESTION_ID_REUSED", "This id came with another question.", components)
        } catch let error as StoreError {
            logger.error("question not answered", metadata: ["error": "\(error)"])
            return try signer.answer(components, error: WireError(store: error)).response
        }
    }

    private func content(of request: Request) async throws -> [UInt8] {
        do {
            return Array(try await request.body.collect(upTo: ForwardedQuestion.longestBody).readableBytesView)
        } catch {
            throw WireError(.bodyTooLarge, "A question has at most \(ForwardedQuestion.longestBody) bytes.")
        }
    }

    private struct QuestionIDReused: Error {}

    private func problem(
        _ status: Int, _ code: String, _ detail: String, _ components: HTTPRequestComponents
    ) throws -> Response {
        let problem = ProblemDetails(
            status: status, code: code, title: "The question cannot be answered", detail: detail)
        return try signer.answer(
            components, status: status, contentType: ProblemDetails.contentType, content: problem.encoded()
        ).response
    }

    private func reply(
        to content: [UInt8], _ components: HTTPRequestComponents, from peer: Province
    ) async throws -> StatusReply {
        let (now, started) = (desk.clock(), ContinuousClock.now)
        let evidence = try receiver.verify(components, content: content, from: peer, as: .request, now: now)
        let forwarded = try ForwardedQuestion(body: content)
        let asking = QuestionDesk.Asking(id: forwarded.id, bureau: forwarded.bureau, home: peer, at: now)
        let question = forwarded.question
        if let problem = desk.problem(in: question, asking) { throw QuestionProblems([problem]) }
        if let other = question.answeringProvince, other != province {
            throw QuestionProblems([
                QuestionProblem(.notForThisQuestion, "/province", "This gateway answers for its own province.")
            ])
        }
        let inquiry = desk.inquiry(question, asking)
        let notice = AccessNotice(question, asking, from: province)
        let answer = try await desk.store.answer(
            inquiry,
            of: PeerQuestion(
                peer: peer, id: forwarded.id, digest: Digest256(hashing: content), nonce: evidence.nonce,
                validUntil: now.adding(seconds: Int64(QuestionDesk.validDays) * 86_400),
                notice: try notice.map { (try $0.encoded, $0.due) }))
        switch answer {
        case .nonceReplayed: throw WireError(.nonceReplayed, "The nonce was used before; sign anew.")
        case .reused: throw QuestionIDReused()
        case .answered(let answered):
            desk.alert(answered.exceeded, asking)
            if notice != nil { onNotice() }
            try await Task.sleep(until: started + desk.floor)
            return StatusReply(
                id: forwarded.id, answer: answered.answer, asOf: answered.asOf, validUntil: answered.validUntil,
                refusal: answered.refusal)
        }
    }
}
