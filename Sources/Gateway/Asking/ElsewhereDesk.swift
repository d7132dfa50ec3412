import AuditLog
import Exchange
import Interchange
import Logging
import Policy
import Store

/// Asks another province on behalf of a bureau: counted and entered before, one signed request, an entry after. A province that
/// cannot be asked or does not answer in time gives `unknown` at the deadline, for every person alike.
struct ElsewhereDesk: Sendable {
    /// How a province is asked.
    struct Peer: Sendable {
        var address: PeerAddress
        var keys: KeyRing
        var client: any HTTPTransport
    }

    /// Provinces that we can open a connection to.
    let peers: [Province: Peer]
    /// Signs to each with the newest key that it takes.
    let signing: ExchangeSigning
    let store: any Store
    /// From the question to the answer, at most.
    let deadline: Duration
    let clock: WallClock
    let logger: Logger

    /// - Parameters:
    ///   - inquiry: the question as it was decided here.
    ///   - alert: called with a limit of this province's that the question is the first to exceed.
    func ask(
        _ question: StatusQuestion, _ asking: QuestionDesk.Asking, _ inquiry: Inquiry, of other: Province,
        alert: (InquiryLimit?) -> Void
    ) async throws -> StatusReply {
        let started = ContinuousClock.now
        var sent = inquiry
        sent.entry.details[.peer] = other.description
        let counted = try await store.forward(sent)
        alert(counted.exceeded)
        if let refusal = counted.refusal {
            return StatusReply(id: asking.id, answer: .refused, at: asking.at, refusal: refusal)
        }
        let reply = await reply(
            to: ForwardedQuestion(id: asking.id, bureau: asking.bureau, question: question), from: other, by: started)
        try await store.conclude(sent, with: act(of: reply, to: sent), isMiss: reply.answer != .yes)
        return reply
    }

    private func act(of reply: StatusReply, to inquiry: Inquiry) -> Act {
        var act = inquiry.entry
        act.at = clock()
        act.event = reply.answer == .refused ? .questionRefused : .questionAnswered
        act.outcome = reply.answer == .refused ? nil : reply.answer.rawValue
        act.details[.facts] = inquiry.facts
        act.details[.reason] = reply.refusal?.reason
        act.details[.validUntil] = reply.validUntil.description
        return act
    }

    private func reply(
        to question: ForwardedQuestion, from other: Province, by started: ContinuousClock.Instant
    ) async -> StatusReply {
        do {
            guard let peer = peers[other] else {
                throw TransportError(.failed, "The province cannot be asked from here.")
            }
            return try await send(question, to: other, peer)
        } catch {
            logger.notice(
                "a province did not answer a question", metadata: ["peer": "\(other)", "reason": "\(error)"])
            try? await Task.sleep(until: started + deadline)
            return StatusReply(id: question.id, answer: .unknown, at: clock())
        }
    }

    private func send(_ question: ForwardedQuestion, to other: Province, _ peer: Peer) async throws -> StatusReply {
        let content = question.body
        let fields: HeaderFields = [
            "content-type": "application/json", "content-digest": ContentDigest(of: content).description,
        ]
        let request = try signing.signer(for: other).sign(
            HTTPRequestComponents(
                method: "POST", authority: peer.address.authority, path: peer.address.path(PeerQuestionRoute.path),
                fields: fields), hasContent: true, as: .request)
        let response = try await peer.client.send(
            TransportRequest(
                method: request.method, url: request.url, fields: request.fields, content: content,
                limits: TransportLimits(connect: patience, total: patience, responseBytes: 64 << 10)))
        return try verified(response, to: request, question.id, peer.keys)
    }

    /// Shorter than the deadline, so that a late province costs what one costs that is not there.
    private var patience: Duration { deadline * 9 / 10 }

    private func verified(
        _ response: TransportResponse, to request: HTTPRequestComponents, _ id: MessageID, _ keys: KeyRing
    ) throws -> StatusReply {
        let now = clock()
        let components = HTTPResponseComponents(
            status: response.status, fields: response.fields, answering: request)
        _ = try MessageVerifier(tag: .response, now: now).verify(
            .response(components), hasContent: !response.content.isEmpty
        ) { (keyID, created) throws(WireError) in try keys.key(keyID, signedAt: created) }
        guard
            response.fields.single("content-digest").flatMap({ ContentDigest(field: $0) })
                == ContentDigest(of: response.content)
        else { throw WireError(.digestMismatch, "The answer is not what its digest says.") }
        guard response.status == 200, let reply = StatusReply(decoding: response.content, to: id, at: now) else {
            throw WireError(.requestInvalid, "The answer has status \(response.status), or is none to the question.")
        }
        return reply
    }
}
