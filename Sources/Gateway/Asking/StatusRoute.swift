import AuditLog
import Exchange
import Hummingbird
import Interchange
import Logging
import Policy
import Store

/// `POST /v1/status-queries`: a bureau's closed question, decided by the policy, answered yes, no, unknown or refused, and
/// entered in the audit log whichever it is. What another province is to say is asked there.
struct StatusRoute: Sendable {
    let province: Province
    let bureaus: [Bureau]
    let desk: QuestionDesk
    let elsewhere: ElsewhereDesk
    let logger: Logger

    func add(to router: Router<RequestScope>) {
        router.post("/v1/status-queries") { request, scope in try await answer(request, scope) }
    }

    private func answer(_ request: Request, _ scope: RequestScope) async throws -> Response {
        guard case .bureau(let home, let id)? = scope.identity, home == province,
            let bureau = bureaus.first(where: { $0.id == id })
        else {
            return .problem(.forbidden, code: "BUREAU_UNKNOWN", detail: "The certificate names no bureau known here.")
        }
        let body: [UInt8]
        do {
            body = Array(try await request.body.collect(upTo: StatusQuestion.longestBody).readableBytesView)
        } catch {
            return .problem(.contentTooLarge, code: "BODY_TOO_LARGE", detail: "A question has at most 4,096 bytes.")
        }
        do {
            return .json(try await ask(StatusQuestion(body: body), bureau).encoded)
        } catch let problems as QuestionProblems {
            let detail = problems.problems.map(\.description).joined(separator: "; ")
            return .problem(.unprocessableContent, code: "QUESTION_MALFORMED", detail: detail)
        } catch let error as StoreError {
            logger.error("question not answered", metadata: ["error": "\(error)"])
            return .problem(.serviceUnavailable, code: "BUSY", detail: "The store cannot answer now; ask again later.")
        }
    }

    private func ask(_ question: StatusQuestion, _ bureau: Bureau) async throws -> StatusReply {
        let now = desk.clock()
        let asking = QuestionDesk.Asking(
            id: MessageID(at: now, random: (.random(in: .min ... .max), .random(in: .min ... .max))), bureau: bureau,
            home: province, at: now)
        if let problem = desk.problem(in: question, asking) { throw QuestionProblems([problem]) }
        let inquiry = desk.inquiry(question, asking)
        if inquiry.refusal == nil, let other = question.answeringProvince, other != province {
            return try await elsewhere.ask(question, asking, inquiry, of: other) { desk.alert($0, asking) }
        }
        let started = ContinuousClock.now
        let result = try await desk.store.answer(inquiry)
        desk.alert(result.exceeded, asking)
        if result.answer != .refused { try await Task.sleep(until: started + desk.floor) }
        return StatusReply(id: asking.id, answer: result.answer, at: now, refusal: result.refusal)
    }
}
