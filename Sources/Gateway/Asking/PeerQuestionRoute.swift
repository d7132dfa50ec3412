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

    let door: PeerDoor
    let province: Province
    let desk: QuestionDesk
    let gate: PeerGate
    /// Of all that one peer asks in a day.
    let limits: ProvinceLimits
    /// Called when a home province is to be told.
    let onNotice: @Sendable () -> Void

    func add(to router: Router<RequestScope>) {
        router.post("/v1/status-queries") { request, scope in
            try await door.answer(request, scope, through: gate) { try await answer($0) }
        }
    }

    private func answer(_ visit: PeerVisit) async throws -> SignedAnswer {
        do {
            let reply = try await reply(to: visit)
            return try visit.signer.answer(
                visit.components, status: 200, contentType: "application/json", content: reply.encoded)
        } catch let problems as QuestionProblems {
            return try problem(
                422, "QUESTION_MALFORMED", problems.problems.map(\.description).joined(separator: "; "), visit)
        } catch is QuestionIDReused {
            return try problem(409, "QUESTION_ID_REUSED", "This id came with another question.", visit)
        }
    }

    private struct QuestionIDReused: Error {}

    private func problem(_ status: Int, _ code: String, _ detail: String, _ visit: PeerVisit) throws -> SignedAnswer {
        door.logger.notice("question refused", metadata: ["code": "\(code)", "peer": "\(visit.peer)"])
        let problem = ProblemDetails(
            status: status, code: code, title: "The question cannot be answered", detail: detail)
        return try visit.signer.answer(
            visit.components, status: status, contentType: ProblemDetails.contentType, content: problem.encoded())
    }

    private func reply(to visit: PeerVisit) async throws -> StatusReply {
        let content = try await visit.content(limit: ForwardedQuestion.longestBody)
        let (now, started, peer) = (desk.clock(), ContinuousClock.now, visit.peer)
        let evidence = try visit.verify(content, as: .request, at: now)
        let forwarded = try ForwardedQuestion(body: content)
        let asking = QuestionDesk.Asking(id: forwarded.id, bureau: forwarded.bureau, home: peer, at: now)
        let question = forwarded.question
        if let problem = desk.problem(in: question, asking) { throw QuestionProblems([problem]) }
        if let other = question.answeringProvince, other != province {
            throw QuestionProblems([
                QuestionProblem(.notForThisQuestion, "/province", "This gateway answers for its own province.")
            ])
        }
        var generator = SystemRandomNumberGenerator()
        var inquiry = desk.inquiry(question, asking, using: &generator)
        // The bureau is the peer's word; the peer itself is not.
        if inquiry.refusal == nil { inquiry.limits += limits.quotas(of: peer, at: now).map(InquiryLimit.init) }
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
