import Exchange
import Interchange
import Testing

@Suite struct ReconciliationMessageTests {
    private static let hour = Instant(seconds: 1_782_806_400)
    private static let root = RootSummary(leaves: 2, root: ContentDigest(of: [1]))
    private static let id = MessageID(high: 0x0198_0000_0000_7000, low: 0x8000_0000_0000_0001)
    private static let leaf = ComparedLeaf(id: id, digest: ContentDigest(of: [2]), outcome: 2)

    private static func steps() throws -> [ReconciliationStep] {
        let sender = try #require(Province("41"))
        var held = leaf
        held.record = RecordID(home: try #require(Province("21")), register: sender, high: 1, low: 2)
        held.version = 3
        let end = hour.adding(seconds: 3_600)
        return [
            .open(since: hour, until: end),
            .opened(since: hour, until: end, OutstandingCounts(waiting: 1, parked: 2, dead: 3)),
            .windows(
                WindowRoots(sender: sender, begin: hour, end: end, windows: [.init(hour: hour, summary: root)])),
            .ranges(
                RangeRoots(
                    sender: sender, hour: hour,
                    ranges: [
                        .init(first: nil, before: id, summary: root), .init(first: id, before: nil, summary: root),
                    ])),
            .list(LeafQuery(sender: sender, hour: hour, first: id, before: nil)),
            .listed(LeafPage(leaves: [leaf], hasMore: true)),
            .describe(EnvelopeQuery(sender: sender, hour: hour, ids: [id])),
            .described([held, leaf]),
            .report(DifferenceReport(hour: hour, lacking: [leaf], held: [held])),
            .reported([ReportedState(id: id, state: "resent")]),
            .conclude(
                until: hour,
                [DirectionResult(sender: sender, envelopes: 9, counts: [.init(state: "resent", envelopes: 1)])]),
            .concluded,
        ]
    }

    private func message(_ step: ReconciliationStep) throws -> ReconciliationMessage {
        ReconciliationMessage(from: try #require(Province("41")), to: try #require(Province("21")), step: step)
    }

    @Test func whatIsWrittenIsReadBack() throws {
        for step in try Self.steps() {
            let message = try message(step)
            #expect(try ReconciliationMessage(decoding: message.encoded()) == message)
        }
    }

    @Test func theFormIsTheDocumentedOne() throws {
        let text = String(decoding: try message(try Self.steps()[2]).encoded(), as: UTF8.self)
        #expect(
            text
                == #"{"step":"windows","from":"41","to":"21","sender":"41","begin":"2026-06-30T08:00:00Z","#
                + #""end":"2026-06-30T09:00:00Z","windows":[{"hour":"2026-06-30T08:00:00Z","leaves":2,"#
                // SHA-256 of the byte 1.
                + #""root":"sha-256=:S/USLzRFVMU73i67jNK349FgCtYxw4Wl18ziPHeFRZo=:"}]}"#)
    }

    @Test(arguments: [
        (#","until":"#, #","more":1,"until":"#), (#""step":"open""#, #""step":"close""#),
        (#""from":"41""#, #""from":"99""#), (#""to":"21","#, ""), (#"08:00:00Z","until""#, #"08:00:00","until""#),
    ])
    func anythingElseIsRefused(_ old: String, _ new: String) throws {
        let text = String(decoding: try message(try Self.steps()[0]).encoded(), as: UTF8.self)
        #expect(text.contains(old))
        #expect(throws: ReconciliationUnreadable.self) {
            try ReconciliationMessage(decoding: Array(text.replacing(old, with: new).utf8))
        }
    }

    @Test func limitsAreHeld() throws {
        let leaves = Array(repeating: Self.leaf, count: ReconciliationLimits.leaves)
        let most = try message(.listed(LeafPage(leaves: leaves, hasMore: false))).encoded()
        #expect(most.count < ReconciliationLimits.bytes)
        #expect(throws: Never.self) { try ReconciliationMessage(decoding: most) }
        let more = try message(.listed(LeafPage(leaves: leaves + [Self.leaf], hasMore: false))).encoded()
        #expect(throws: ReconciliationUnreadable.self) { try ReconciliationMessage(decoding: more) }
    }

    @Test func rangesThatOverlapAreRefused() throws {
        let sender = try #require(Province("41"))
        let all = RangeRoots.Range(first: nil, before: nil, summary: Self.root)
        let message = try message(.ranges(RangeRoots(sender: sender, hour: Self.hour, ranges: [all, all])))
        #expect(throws: ReconciliationUnreadable.self) { try ReconciliationMessage(decoding: message.encoded()) }
    }

    @Test func aWindowOutsideTheTimeIsRefused() throws {
        let roots = WindowRoots(
            sender: try #require(Province("41")), begin: Self.hour, end: Self.hour,
            windows: [.init(hour: Self.hour, summary: Self.root)])
        let message = try message(.windows(roots))
        #expect(throws: ReconciliationUnreadable.self) { try ReconciliationMessage(decoding: message.encoded()) }
    }
}

/// Questions and answers under signatures.
@Suite struct ReconciliationCallerTests {
    private let step = ReconciliationStep.open(since: Pair.now, until: Pair.now)

    private func exchange(
        _ pair: Pair, answer: ReconciliationStep = .concluded, from: Province? = nil,
        changing change: (inout TransportResponse) -> Void = { _ in }
    ) throws -> Result<ReconciliationStep, ReconciliationFailure> {
        let caller = ReconciliationCaller(province: pair.sender, signer: pair.signer(pair.senderKey))
        let request = try caller.request(step, of: pair.receiver, at: pair.address)
        let evidence = try pair.requests().verify(
            request.components, content: request.content, from: pair.sender, as: .request, now: Pair.now)
        #expect(evidence.keyID == pair.senderKey.keyID)
        let content = ReconciliationMessage(from: from ?? pair.receiver, to: pair.sender, step: answer).encoded()
        let signed = try pair.answers.answer(
            request.components, status: 200, contentType: ReconciliationMessage.contentType, content: content)
        var response = TransportResponse(status: signed.status, fields: signed.fields, content: signed.content)
        change(&response)
        do {
            return .success(try caller.judge(response, to: request, keys: pair.receiverRing, now: Pair.now))
        } catch {
            return .failure(error)
        }
    }

    @Test func aSignedAnswerIsTaken() throws {
        #expect(try exchange(Pair()) == .success(.concluded))
    }

    @Test func anAnswerThatWasChangedIsNot() throws {
        guard case .failure(.unverified) = try exchange(Pair(), changing: { $0.content.append(0x20) }) else {
            Issue.record("it was taken")
            return
        }
    }

    @Test func anAnswerOfAnotherIsNot() throws {
        let pair = try Pair()
        #expect(try exchange(pair, from: pair.sender) == .failure(.misfit("it is another's")))
    }
}
