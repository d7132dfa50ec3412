import Exchange
import Interchange
import Testing

/// A batch from its composition to its receipt, without a network between.
@Suite struct PushTests {
    @Test(arguments: ContentEncoding.allCases)
    func aBatchGoesOverAndItsReceiptComesBack(encoding: ContentEncoding) throws {
        let pair = try Pair()
        let push = try pair.push(encoding)
        let sent = push.transportRequest()
        #expect(sent.url == "https://gateway.ln.example:8443/v1/batches")

        let batch = try pair.requests().verifyBatch(
            push.components, content: sent.content, from: pair.sender, now: Pair.now)
        #expect(batch.id == push.batch.id)
        #expect(batch.digest == push.batch.digest)
        #expect(batch.encoding == encoding)
        #expect(batch.evidence.nonce == "bm9uY2U")
        #expect(batch.evidence.created == Pair.now)
        #expect(batch.evidence.expires == Pair.now.adding(seconds: 300))
        let lines = try BatchLines.read(try batch.decoded(.init()))
        #expect(lines.map { SentEnvelope(id: $0.id, digest: $0.digest) } == push.batch.envelopes)

        let content = pair.receipt(for: push.batch).encoded()
        let answer = try pair.answers.answer(push.components, receipt: content)
        guard case .receipt(let verified) = pair.judge(pair.transportResponse(answer), to: push) else {
            Issue.record("the receipt does not verify")
            return
        }
        #expect(verified.content == content)
        #expect(verified.receipt.results.map(\.outcome) == [.accepted, .accepted])
        #expect(verified.evidence.isValid(by: pair.receiverKey.verificationKey))
        #expect(verified.evidence.expires == nil)
    }

    @Test func theRequestsHeadersAreThoseOfThePage() throws {
        let fields = try Pair().push().components.fields
        #expect(
            fields.lines.map(\.name) == [
                "content-type", "content-digest", "yizhan-batch", "content-encoding", "signature-input", "signature",
            ])
        #expect(fields.single("content-type") == "application/x-ndjson")
        #expect(fields.single("yizhan-batch") == "0198a000-0000-7000-8000-00000000000a")
        #expect(
            fields.single("signature-input") == """
                yizhan=("@method" "@authority" "@path" "content-type" "content-digest" "content-encoding" "yizhan-batch");\
                created=1782806400;expires=1782806700;nonce="bm9uY2U";\
                keyid="\(try Pair().senderKey.keyID)";tag="yizhan-batch"
                """)
    }

    @Test func theReceiptsSignatureCoversTheRequest() throws {
        let pair = try Pair()
        let push = try pair.push()
        let answer = try pair.answers.answer(push.components, receipt: pair.receipt(for: push.batch).encoded())
        #expect(
            answer.fields.single("signature-input") == """
                yizhan=("@status" "content-type" "content-digest" "signature";req;key="yizhan" "content-digest";req \
                "yizhan-batch";req);created=1782806400;nonce="bm9uY2U";\
                keyid="kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";tag="yizhan-receipt"
                """)
    }

    @Test func aReceiptForAnotherSendingOfTheBatchDoesNotVerify() throws {
        let pair = try Pair()
        let push = try pair.push()
        let later = try BatchSender(
            province: pair.sender, signer: pair.signer(pair.senderKey, at: Pair.now.adding(seconds: 1))
        )
        .request(for: push.batch, to: try pair.address)
        #expect(later.batch == push.batch)
        let content = pair.receipt(for: push.batch).encoded()
        let answer = pair.transportResponse(try pair.answers.answer(push.components, receipt: content))
        guard case .unverified = pair.judge(answer, to: later) else {
            Issue.record("a receipt for another signature was taken")
            return
        }
    }

    @Test func anAnswerThatWasChangedSettlesNothing() throws {
        let pair = try Pair()
        let push = try pair.push()
        let good = pair.transportResponse(
            try pair.answers.answer(push.components, receipt: pair.receipt(for: push.batch).encoded()))
        var edits: [TransportResponse] = []
        for edit: (inout TransportResponse) -> Void in [
            { $0.status = 201 }, { $0.content.append(0x20) }, { $0.fields.remove("signature") },
            { $0.fields.set("content-type", "text/html") }, { $0.fields.append("content-encoding", "gzip") },
            { $0.fields.append("retry-after", "1") },
            { $0.fields.append("yizhan-batch", "0198a000-0000-7000-8000-00000000000a") },
            { $0.fields.append("content-digest", ContentDigest(of: []).description) },
        ] as [(inout TransportResponse) -> Void] {
            var changed = good
            edit(&changed)
            edits.append(changed)
        }
        for changed in edits {
            guard case .unverified(let answer) = pair.judge(changed, to: push) else {
                Issue.record("a changed answer was taken: \(changed.fields)")
                continue
            }
            #expect(answer.retryAfterSeconds == nil)
        }
    }

    @Test(arguments: [(-61, false), (-60, true), (60, true), (61, false)] as [(Int64, Bool)])
    func aReceiptIsAsOldAsItsRequest(offset: Int64, isTaken: Bool) throws {
        let pair = try Pair()
        let push = try pair.push()
        let answer = try pair.signer(pair.receiverKey, at: Pair.now.adding(seconds: offset)).answer(
            push.components, receipt: pair.receipt(for: push.batch).encoded())
        if case .receipt = pair.judge(pair.transportResponse(answer), to: push) {
            #expect(isTaken)
        } else {
            #expect(!isTaken)
        }
    }

    @Test func aReceiptByAnotherKeySettlesNothing() throws {
        let pair = try Pair()
        let push = try pair.push()
        let forged = try pair.signer(pair.senderKey).answer(
            push.components, receipt: pair.receipt(for: push.batch).encoded())
        guard case .unverified(let answer) = pair.judge(pair.transportResponse(forged), to: push) else {
            Issue.record("a receipt by the wrong key was taken")
            return
        }
        #expect(answer.reason.contains("SIGNATURE_INVALID"))
    }

    @Test func aSignedReceiptForOtherEnvelopesSettlesNothing() throws {
        let pair = try Pair()
        let push = try pair.push()
        let other = Receipt(
            batch: push.batch.id, contentDigest: push.batch.digest, from: pair.receiver, to: pair.sender,
            receivedAt: Pair.now, results: [], audit: pair.receipt(for: push.batch).audit)
        let answer = pair.transportResponse(try pair.answers.answer(push.components, receipt: other.encoded()))
        guard case .unverified(let unverified) = pair.judge(answer, to: push) else {
            Issue.record("a receipt without results was taken")
            return
        }
        #expect(unverified.reason == "The receipt's result 1 is not for the batch's envelope 1.")
        #expect(unverified.code == "RECEIPT_MISMATCH")
    }

    @Test func aSignedRefusalCarriesItsCodeAndWait() throws {
        let pair = try Pair()
        let push = try pair.push()
        let answer = try pair.answers.answer(
            push.components, error: WireError(.busy, "The backlog is full.", retryAfterSeconds: 30))
        guard case .refused(let refusal) = pair.judge(pair.transportResponse(answer), to: push) else {
            Issue.record("the refusal does not verify")
            return
        }
        #expect(refusal.problem.knownCode == .busy)
        #expect(refusal.problem.status == 503)
        #expect(refusal.retryAfterSeconds == 30)
        #expect(!refusal.asksForNewSignature)
    }

    @Test(
        arguments: [
            (429, "7", 7), (503, "120", 120), (503, "999999", 86_400), (503, "-1", nil),
            (503, "Fri, 31 Dec 1999 23:59:59 GMT", 0), (503, "tomorrow", nil),
            (502, "Tue, 30 Jun 2026 09:00:00 GMT", nil),
            (502, "7", nil), (200, "7", nil), (401, "7", nil),
        ] as [(Int, String, Int?)])
    func anUnsignedAnswerOnlyLengthensTheWait(status: Int, retryAfter: String, seconds: Int?) throws {
        let pair = try Pair()
        let response = TransportResponse(
            status: status, fields: ["Retry-After": retryAfter, "Content-Type": "text/html"],
            content: "<html>".utf8Bytes)
        guard case .unverified(let answer) = pair.judge(response, to: try pair.push()) else {
            Issue.record("an unsigned answer was taken")
            return
        }
        #expect(answer.status == status)
        #expect(answer.retryAfterSeconds == seconds)
    }

    /// RFC 9110, 10.2.3 and 5.6.7.
    @Test(
        arguments: [
            ("Tue, 30 Jun 2026 08:02:00 GMT", 120), ("Tuesday, 30-Jun-26 08:02:00 GMT", 120),
            ("Tue Jun 30 08:02:00 2026", 120), ("Wed Jul  1 08:00:00 2026", 86_400),
            ("Thu, 02 Jul 2026 08:00:00 GMT", 86_400),
            ("Sunday, 06-Nov-94 08:49:37 GMT", 0), ("Tue, 30 Jun 2026 08:02:00", nil),
            ("Tue, 31 Jun 2026 08:02:00 GMT", nil), ("", nil), ("1 2", nil), ("30", 30),
        ] as [(String, Int?)])
    func theTimeToComeAgainIsReadAsANumberOrADate(text: String, seconds: Int?) {
        let fields: HeaderFields = ["retry-after": text]
        #expect(fields.retryAfterSeconds(at: Instant(seconds: 1_782_806_400)) == seconds)
    }

    @Test(arguments: [
        ("0198a000-0000-7000-8000-00000000000a", true), ("0198a000-0000-4000-8000-00000000000a", false),
        ("0198a000-0000-7000-c000-00000000000a", false), ("00000000-0000-0000-0000-000000000000", false), ("x", false),
    ])
    func aBatchsIdIsAUUIDOfVersion7(text: String, isOne: Bool) {
        #expect((["yizhan-batch": text] as HeaderFields).batchID.map(\.description) == (isOne ? text : nil))
    }

    @Test func whatTheReceiverRefusesHasItsCode() throws {
        let pair = try Pair()
        let push = try pair.push()
        let content = push.batch.content
        func code(
            _ request: HTTPRequestComponents, _ content: [UInt8], from peer: Province, _ receiver: RequestReceiver
        ) -> WireErrorCode? {
            do {
                _ = try receiver.verifyBatch(request, content: content, from: peer, now: Pair.now)
                return nil
            } catch {
                return error.code
            }
        }
        let here = pair.requests()
        #expect(code(push.components, content, from: pair.sender, here) == nil)
        #expect(code(push.components, content, from: pair.receiver, here) == .peerUnknown)
        #expect(code(push.components, content + [0], from: pair.sender, here) == .digestMismatch)
        let small = pair.requests(limits: ExchangeLimits(encodedBytes: content.count - 1))
        #expect(code(push.components, content, from: pair.sender, small) == .bodyTooLarge)
        let elsewhere = RequestReceiver(authorities: ["other.example"], keys: KeyDirectory([pair.senderRing]))
        #expect(code(push.components, content, from: pair.sender, elsewhere) == .signatureInvalid)
        let both = RequestReceiver(
            authorities: ["gateway.ln.example:8443"], keys: KeyDirectory([pair.senderRing, pair.receiverRing]))
        #expect(code(push.components, content, from: pair.receiver, both) == .identityMismatch)
    }

    @Test(arguments: [
        ("query", WireErrorCode.requestInvalid), ("content-type", .encodingUnsupported),
        ("content-encoding", .encodingUnsupported), ("yizhan-batch", .requestInvalid),
        ("content-digest", .digestMismatch),
    ])
    func aSignedRequestThatIsWrongIsRefused(what: String, code: WireErrorCode) throws {
        let pair = try Pair()
        let push = try pair.push()
        var request = push.components
        switch what {
        case "query": request.query = "a=1"
        case "content-type": request.fields.set(what, "application/json")
        case "content-encoding": request.fields.set(what, "br")
        case "content-digest": request.fields.set(what, push.batch.digest.description + ", sha-512=:AAAA:")
        default: request.fields.set(what, "1")
        }
        let signed = try pair.signer(pair.senderKey).sign(request, hasContent: true, as: .batch)
        let error = #expect(throws: WireError.self) {
            try pair.requests().verifyBatch(signed, content: push.batch.content, from: pair.sender, now: Pair.now)
        }
        #expect(error?.code == code)
    }

    @Test func contentThatIsNotOfItsEncodingIsUnreadable() throws {
        let pair = try Pair()
        let plain = try pair.batch(.identity)
        let mislabelled = OutgoingBatch(
            id: plain.id, to: plain.to, content: plain.content, encoding: .gzip, digest: plain.digest,
            envelopes: plain.envelopes)
        let push = try pair.batchSender.request(for: mislabelled, to: try pair.address)
        let batch = try pair.requests().verifyBatch(
            push.components, content: plain.content, from: pair.sender, now: Pair.now)
        let error = #expect(throws: WireError.self) { try batch.decoded(.init()) }
        #expect(error?.code == .batchUnreadable)
        let tight = #expect(throws: WireError.self) {
            try ContentEncoding.identity.decode(plain.content, limits: DecodingLimits(decodedBytes: 8))
        }
        #expect(tight?.code == .bodyTooLarge)
    }

    @Test(
        arguments: [
            ("https://a.example", "https://a.example"), ("https://A.example:443/", "https://a.example"),
            ("https://a.example:8443/gw/", "https://a.example:8443/gw"), ("http://a.example", nil), ("https://", nil),
            ("https://u@a.example", nil), ("https://a.example/?q", nil), ("https://a.example#f", nil),
            ("https://a .example", nil), ("https://:443", nil),
        ] as [(String, String?)])
    func anAddressIsHTTPSWithAHostAndAPrefix(url: String, address: String?) {
        #expect(PeerAddress(url)?.description == address)
    }
}
