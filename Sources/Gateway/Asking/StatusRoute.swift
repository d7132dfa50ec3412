import AuditLog
import Exchange
import Hummingbird
import Interchange
import Logging
import Policy
import Store

/// `POST /v1/status-queries`: a bureau's closed question, decided by the policy, answered yes, no, unknown or refused, and
/// entered in the audit log whichever it is. What another province is to say is asked there.
///
/// A question that needs nothing but this province's store does not come here: ``QuestionLane`` answers it, to the same effect.
struct StatusRoute: Sendable {
    static let path = "/v1/status-queries"

    let province: Province
    let bureaus: [Bureau]
    let desk: QuestionDesk
    let elsewhere: ElsewhereDesk
    let logger: Logger

    func add(to router: Router<RequestScope>) {
        router.post("/v1/status-queries") { request, scope in try await answer(request, scope) }
    }

    /// The configured bureau that a certificate names.
    func bureau(_ identity: CertificateIdentity?) -> Bureau? {
        guard case .bureau(let home, let id)? = identity, home == province else { return nil }
        return bureaus.first { $0.id == id }
    }

    /// A question that was decided by the rules which look only at the request.
    struct Decided: Sendable {
        let asking: QuestionDesk.Asking
        let inquiry: Inquiry
        /// The province that is to answer; nil for this one.
        let other: Province?
    }

    /// - Parameter generator: of the question's id, and of what is drawn.
    /// - Throws: what is wrong with the question that its own body does not show.
    func decide(
        _ question: StatusQuestion, _ bureau: Bureau, using generator: inout some RandomNumberGenerator
    ) throws(QuestionProblems) -> Decided {
        let now = desk.clock()
        let asking = QuestionDesk.Asking(
            id: MessageID(at: now, using: &generator), bureau: bureau, home: province, at: now)
        if let problem = desk.problem(in: question, asking) { throw QuestionProblems([problem]) }
        let inquiry = desk.inquiry(question, asking, using: &generator)
        let other = inquiry.refusal == nil ? question.answeringProvince : nil
        return Decided(asking: asking, inquiry: inquiry, other: other == province ? nil : other)
    }

    private func answer(_ request: Request, _ scope: RequestScope) async throws -> Response {
        guard let bureau = bureau(scope.identity) else {
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
            return .problem(busy(error))
        }
    }

    /// What a question gets that the store could not answer.
    func busy(_ error: StoreError) -> ProblemDetails {
        logger.error("question not answered", metadata: ["error": "\(error)"])
        return ProblemDetails(
            status: 503, code: "BUSY", title: "Service Unavailable",
            detail: "The store cannot answer now; ask again later.")
    }

    private func ask(_ question: StatusQuestion, _ bureau: Bureau) async throws -> StatusReply {
        var generator = SystemRandomNumberGenerator()
        let decided = try decide(question, bureau, using: &generator)
        let asking = decided.asking
        if let other = decided.other {
            return try await elsewhere.ask(question, asking, decided.inquiry, of: other) { desk.alert($0, asking) }
        }
        let started = ContinuousClock.now
        let result = try await desk.store.answer(decided.inquiry)
        desk.alert(result.exceeded, asking)
        if result.answer != .refused { try await Task.sleep(until: started + desk.floor) }
        return StatusReply(result, to: asking)
    }
}

extension StatusReply {
    init(_ result: InquiryResult, to asking: QuestionDesk.Asking) {
        self.init(id: asking.id, answer: result.answer, at: asking.at, refusal: result.refusal)
    }
}
