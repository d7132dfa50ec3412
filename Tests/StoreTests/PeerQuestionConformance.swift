import AuditLog
import Interchange
import Store
import Testing

/// Questions of other provinces, and what home provinces are told of them.
@Suite struct PeerQuestionConformance {
    private func asked(
        _ bench: Bench, _ id: UInt64, nonce: String, saying content: String = "question", until: Instant? = nil,
        noticeDue: Instant? = nil
    ) -> PeerQuestion {
        PeerQuestion(
            peer: bench.provinces.peer, id: message(id), digest: Digest256(hashing: Array(content.utf8)), nonce: nonce,
            validUntil: until ?? noon.adding(seconds: 86_400),
            notice: noticeDue.map { (Array("about a person".utf8), $0) })
    }

    private func answered(_ answer: PeerAnswer) throws -> PeerAnswer.Answered {
        guard case .answered(let answered) = answer else {
            Issue.record("not answered")
            throw StoreError(.invalid, "not answered", remedy: "")
        }
        return answered
    }

    @Test(arguments: Engine.all)
    func theSameIdAndContentGetTheSameAnswerUntilItIsNoLongerValid(engine: Engine) async throws {
        let bench = try Bench(engine)
        let own = Inquiry.Question.currentRegistration(bench.provinces.own)
        let first = try answered(
            await bench.store.answer(bench.inquiry(1, own), of: asked(bench, 1, nonce: "a")))
        #expect(first.answer == .unknown)
        try await bench.accept([bench.draft(1)])
        let later = noon.adding(seconds: 60)
        let again = try answered(
            await bench.store.answer(bench.inquiry(1, own, at: later), of: asked(bench, 1, nonce: "b")))
        #expect(again.answer == .unknown)
        #expect(again.asOf == first.asOf && again.validUntil == first.validUntil)
        let size = try await bench.store.auditSize()
        #expect(size == 2)
        let tomorrow = noon.adding(seconds: 86_400)
        let anew = try answered(
            await bench.store.answer(
                bench.inquiry(1, own, at: tomorrow),
                of: asked(bench, 1, nonce: "c", until: tomorrow.adding(seconds: 86_400))))
        #expect(anew.answer == .yes)
    }

    @Test(arguments: Engine.all)
    func anIdWithAnotherContentAndAUsedNonceAreRefused(engine: Engine) async throws {
        let bench = try Bench(engine)
        let inquiry = bench.inquiry(1, .notHeld)
        _ = try await bench.store.answer(inquiry, of: asked(bench, 1, nonce: "a"))
        guard case .reused = try await bench.store.answer(inquiry, of: asked(bench, 1, nonce: "b", saying: "other"))
        else {
            Issue.record("an id was taken twice")
            return
        }
        guard case .nonceReplayed = try await bench.store.answer(inquiry, of: asked(bench, 2, nonce: "a")) else {
            Issue.record("a nonce was taken twice")
            return
        }
    }

    @Test(arguments: Engine.all)
    func aNoticeWaitsUntilItIsDueAndGoesOutOnce(engine: Engine) async throws {
        let bench = try Bench(engine)
        let due = noon.adding(seconds: 3_600)
        _ = try await bench.store.answer(
            bench.inquiry(1, .notHeld), of: asked(bench, 1, nonce: "a", noticeDue: due))
        #expect(try await bench.store.dueNotices(at: noon, limit: 10).isEmpty)
        let notice = try #require(await bench.store.dueNotices(at: due, limit: 10).first)
        #expect(notice.content == Array("about a person".utf8))
        var draft = bench.draft(7)
        draft.kind = .accessNotice
        let entry = Act(
            .accessNotified, actor: AuditActor(organisation: "gateway"), at: due,
            details: [.peer: "51", .queryId: notice.id.description])
        try await bench.store.issue(notice, as: draft, entry: entry)
        try await bench.store.issue(notice, as: draft, entry: entry)
        #expect(try await bench.store.dueNotices(at: due, limit: 10).isEmpty)
        #expect(try await bench.counts() == [1, 0, 0, 0, 0])
        let events = try await bench.events()
        #expect(events == [.questionAnswered, .intakeAccepted, .accessNotified])
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.all)
    func ofARefusedQuestionNobodyIsTold(engine: Engine) async throws {
        let bench = try Bench(engine)
        var inquiry = bench.inquiry(1, .notHeld)
        inquiry.refusal = Inquiry.Refusal(reason: "noRule", rule: nil)
        let answer = try answered(
            await bench.store.answer(inquiry, of: asked(bench, 1, nonce: "a", noticeDue: noon)))
        #expect(answer.refusal?.reason == "noRule")
        #expect(try await bench.store.dueNotices(at: noon, limit: 10).isEmpty)
    }
}
