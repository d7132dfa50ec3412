import Exchange
import Interchange
import Testing

/// Pull from the request for a batch to the receipt for it, without a network between: 21 fetches from 41, so that ``Pair``'s
/// receiver asks and its sender answers.
@Suite struct PullTests {
    private let pair: Pair
    private let caller: PeerCaller
    private let address: PeerAddress

    init() throws {
        pair = try Pair()
        caller = PeerCaller(signer: pair.signer(pair.receiverKey))
        address = try #require(PeerAddress("https://gateway.ha.example:8443"))
    }

    private var offering: MessageSigner { pair.signer(pair.senderKey) }
    private var judge: AnswerJudge { AnswerJudge(keys: pair.senderRing, now: Pair.now) }
    private var server: RequestReceiver {
        RequestReceiver(authorities: ["gateway.ha.example:8443"], keys: KeyDirectory([pair.receiverRing]))
    }

    @Test func theRequestsAreThoseOfThePage() throws {
        let outbox = try caller.outbox(of: address, limit: 1_000, waitSeconds: 30)
        #expect(outbox.transportRequest().url == "https://gateway.ha.example:8443/v1/outbox?limit=1000&wait=30")
        #expect(
            outbox.components.fields.single("signature-input") == """
                yizhan=("@method" "@authority" "@path" "@query");created=1782806400;expires=1782806700;nonce="bm9uY2U";\
                keyid="kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";tag="yizhan-request"
                """)
        let id = try #require(MessageID("0198a000-0000-7000-8000-00000000000a"))
        let receipt = try caller.receipt("{}".utf8Bytes, for: id, to: address)
        #expect(
            receipt.transportRequest().url
                == "https://gateway.ha.example:8443/v1/batches/0198a000-0000-7000-8000-00000000000a/receipt")
        #expect(
            receipt.components.fields.single("signature-input") == """
                yizhan=("@method" "@authority" "@path" "content-type" "content-digest");created=1782806400;\
                expires=1782806700;nonce="bm9uY2U";keyid="kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";\
                tag="yizhan-receipt"
                """)
    }

    @Test(arguments: ContentEncoding.allCases)
    func aBatchIsFetchedAndItsReceiptComesBack(encoding: ContentEncoding) throws {
        let asked = try caller.outbox(of: address, limit: 10, waitSeconds: 0)
        _ = try server.verify(asked.components, content: [], from: pair.receiver, as: .request, now: Pair.now)
        let batch = try pair.batch(encoding)
        let answer = try offering.answer(asked.components, batch: batch)
        guard case .value(let fetched?) = judge.outbox(pair.transportResponse(answer), to: asked) else {
            Issue.record("the batch does not verify")
            return
        }
        #expect(fetched.id == batch.id && fetched.from == pair.sender && fetched.digest == batch.digest)
        #expect(try BatchLines.read(try fetched.decoded(.init())).map(\.id) == batch.envelopes.map(\.id))

        let content = pair.receipt(for: batch).encoded()
        let brought = try caller.receipt(content, for: batch.id, to: address)
        let evidence = try server.verify(
            brought.components, content: brought.content, from: pair.receiver, as: .receipt, now: Pair.now)
        #expect(evidence.isValid(by: pair.receiverKey.verificationKey))
        let taken = try offering.answer(brought.components, status: 204)
        guard case .value(true) = judge.receipt(pair.transportResponse(taken), to: brought) else {
            Issue.record("the 204 does not verify")
            return
        }
    }

    @Test func theAnswersSignatureCoversTheBatchAndTheRequest() throws {
        let asked = try caller.outbox(of: address, limit: 10, waitSeconds: 0)
        let answer = try offering.answer(asked.components, batch: try pair.batch(.zstd))
        let covered = try #require(answer.fields.single("signature-input")).prefix { $0 != ")" }
        #expect(
            covered == """
                yizhan=("@status" "content-type" "content-digest" "content-encoding" "yizhan-batch" \
                "signature";req;key="yizhan"
                """)
        #expect(try #require(answer.fields.single("signature-input")).hasSuffix(#"tag="yizhan-batch""#))
    }

    @Test func nothingWaitsIsASigned204() throws {
        let asked = try caller.outbox(of: address, limit: 10, waitSeconds: 0)
        let answer = try offering.answer(asked.components, status: 204)
        guard case .value(nil) = judge.outbox(pair.transportResponse(answer), to: asked) else {
            Issue.record("the 204 does not verify")
            return
        }
    }

    @Test func anAnswerToAnotherRequestOrChangedOnTheWayIsNotTaken() throws {
        let asked = try caller.outbox(of: address, limit: 10, waitSeconds: 0)
        let good = pair.transportResponse(try offering.answer(asked.components, batch: try pair.batch()))
        let later = try PeerCaller(signer: pair.signer(pair.receiverKey, at: Pair.now.adding(seconds: 1)))
            .outbox(of: address, limit: 10, waitSeconds: 0)
        var changed = good
        changed.content.append(0)
        var renamed = good
        renamed.fields.set("yizhan-batch", "0198a000-0000-7000-8000-00000000000b")
        var bare = good
        bare.fields.remove("signature")
        for (response, request) in [(good, later), (changed, asked), (renamed, asked), (bare, asked)] {
            guard case .unverified = judge.outbox(response, to: request) else {
                Issue.record("an answer that does not verify was taken")
                continue
            }
        }
    }

    @Test func aSignedRefusalIsOne() throws {
        let asked = try caller.capabilities(of: address)
        let answer = try offering.answer(asked.components, error: WireError(.busy, "Later.", retryAfterSeconds: 9))
        guard case .refused(let refusal) = judge.capabilities(pair.transportResponse(answer), to: asked) else {
            Issue.record("the refusal does not verify")
            return
        }
        #expect(refusal.problem.knownCode == .busy && refusal.retryAfterSeconds == 9)
    }

    @Test func capabilitiesComeUnderTheirSignature() throws {
        let asked = try caller.capabilities(of: address)
        _ = try server.verify(asked.components, content: [], from: pair.receiver, as: .request, now: Pair.now)
        let stated = try CapabilitiesTests.sample()
        let answer = try offering.answer(
            asked.components, status: 200, contentType: Capabilities.contentType, content: stated.encoded())
        guard case .value(let read) = judge.capabilities(pair.transportResponse(answer), to: asked) else {
            Issue.record("the capabilities do not verify")
            return
        }
        #expect(read == stated)
    }
}
