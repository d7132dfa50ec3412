import AuditLog
import Exchange
import Hummingbird
import Interchange
import JSONTape
import Logging
import Policy
import Store

/// `POST /v1/status-queries`: a bureau's closed question, decided by the policy, answered yes, no, unknown or refused, and
/// entered in the audit log whichever it is.
struct StatusRoute: Sendable {
    /// How long an answer may be relied on, in days.
    static let validDays = 1

    let province: Province
    let bureaus: [Bureau]
    let policy: StatusPolicy
    let store: any Store
    let floor: Duration
    let clock: WallClock
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
            return try await ask(StatusQuestion(body: body), bureau)
        } catch let problems as QuestionProblems {
            let detail = problems.problems.map(\.description).joined(separator: "; ")
            return .problem(.unprocessableContent, code: "QUESTION_MALFORMED", detail: detail)
        } catch let error as StoreError {
            logger.error("question not answered", metadata: ["error": "\(error)"])
            return .problem(.serviceUnavailable, code: "BUSY", detail: "The store cannot answer now; ask again later.")
        }
    }

    private func ask(_ question: StatusQuestion, _ bureau: Bureau) async throws -> Response {
        let now = clock()
        let id = MessageID(at: now, random: (.random(in: .min ... .max), .random(in: .min ... .max)))
        var act = Act(
            .questionAnswered,
            actor: AuditActor(organisation: "urn:yizhan:bureau:\(province):\(bureau.id)", person: question.officer),
            at: now, purpose: question.purpose, caseReference: question.caseReference,
            details: [
                .question: question.question.rawValue, .queryId: id.description, .legalBasis: question.legalBasis,
                .policy: Digest256(policy.digest)?.base64 ?? "",
            ])
        let subject = Array(question.subject.lookUpNumber.exposed)
        switch policy.decide(question, bureau: bureau, on: now.dayInShanghai) {
        case .refused(let refusal):
            act.event = .questionRefused
            act.subject = subject
            act.details[.reason] = refusal.reason.rawValue
            if let rule = refusal.rule { act.details[.rule] = rule.name }
            try await store.record([act])
            return reply(id, .refused, reason: refusal.reason.rawValue, at: now)
        case .allowed(let rule):
            act.details[.rule] = rule.name
            act.details[.line] = "\(rule.line)"
            let started = ContinuousClock.now
            let result = try await store.answer(
                Inquiry(subject: subject, question: inquiry(question), entry: act, at: now))
            try await Task.sleep(until: started + floor)
            return reply(id, result.answer, reason: nil, at: now)
        }
    }

    /// A question of which no kind of record is held here is looked up like the others, and finds nothing.
    private func inquiry(_ question: StatusQuestion) -> Inquiry.Question {
        switch question.question {
        case .currentRegistration: .currentRegistration(question.answeringProvince ?? province)
        default: .notHeld
        }
    }

    private func reply(_ id: MessageID, _ answer: InquiryAnswer, reason: String?, at now: Instant) -> Response {
        var body: [UInt8] = []
        body.append(text: #"{"id":"\#(id)","answer":"\#(answer.rawValue)","asOf":"\#(now)","validUntil":""#)
        now.adding(seconds: Int64(Self.validDays) * 86_400).append(to: &body)
        body.append(text: "\"")
        if let reason {
            body.append(text: #","reason":"#)
            body.append(jsonString: reason)
        }
        body.append(text: "}")
        return .json(body)
    }
}
