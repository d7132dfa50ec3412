import Exchange
import Interchange
import Testing

@Suite struct ReceiptTests {
    static let digest = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"
    static let text = """
        {"batch":"0198a000-0000-7000-8000-00000000000a","contentDigest":"\(digest)","from":"41","to":"21",\
        "receivedAt":"2026-06-30T08:00:00Z","results":[\
        {"id":"0198a000-0000-7000-8000-000000000001","digest":"\(digest)","outcome":"accepted"},\
        {"id":"0198a000-0000-7000-8000-000000000002","digest":"\(digest)","outcome":"rejected",\
        "violations":[{"code":"DATE_ORDER","pointer":"/content/arrivalDate"},{"code":"NEW_CODE","pointer":""}]},\
        {"id":"0198a000-0000-7000-8000-000000000003","digest":"\(digest)","outcome":"duplicate",\
        "earlier":{"outcome":"accepted"}},\
        {"id":"0198a000-0000-7000-8000-000000000004","digest":"\(digest)","outcome":"duplicate",\
        "earlier":{"outcome":"rejected","violations":[{"code":"REFERENCE_MISSING","pointer":"/content/target"}]}},\
        {"id":"0198a000-0000-7000-8000-000000000005","digest":"\(digest)","outcome":"stale",\
        "held":{"version":3,"digest":"\(digest)"}},\
        {"id":"0198a000-0000-7000-8000-000000000006","digest":"\(digest)","outcome":"parked"},\
        {"id":"0198a000-0000-7000-8000-000000000007","digest":"\(digest)","outcome":"conflict",\
        "held":{"version":1,"digest":"\(digest)"}}],\
        "audit":{"origin":"ln.example/audit","treeSize":123457,"entries":[123400,123456],\
        "checkpoint":"ln.example/audit\\n123457\\nAAAA\\n\\n— ln.example/audit AAAA\\n"}}
        """

    static func receipt() throws -> Receipt {
        let digest = try #require(ContentDigest(Self.digest))
        let held = { HeldVersion(version: $0, digest: digest) }
        let outcomes: [EnvelopeOutcome] = [
            .accepted,
            .rejected([
                .init(code: "DATE_ORDER", pointer: "/content/arrivalDate"), .init(code: "NEW_CODE", pointer: ""),
            ]),
            .duplicate(.init(.accepted)),
            .duplicate(.init(.rejected, violations: [.init(code: "REFERENCE_MISSING", pointer: "/content/target")])),
            .stale(held: held(3)), .parked, .conflict(held: held(1)),
        ]
        return Receipt(
            batch: MessageID(high: 0x0198_A000_0000_7000, low: 0x8000_0000_0000_000A), contentDigest: digest,
            from: try #require(Province("41")), to: try #require(Province("21")), receivedAt: Pair.now,
            results: outcomes.enumerated().map { index, outcome in
                let id = MessageID(high: 0x0198_A000_0000_7000, low: 0x8000_0000_0000_0001 + UInt64(index))
                return .init(id: id, digest: digest, outcome: outcome)
            },
            audit: .init(
                origin: "ln.example/audit", treeSize: 123_457, entries: 123_400...123_456,
                checkpoint: "ln.example/audit\n123457\nAAAA\n\n— ln.example/audit AAAA\n"))
    }

    @Test func theContentIsByteForByteThePages() throws {
        #expect(String(decoding: try Self.receipt().encoded(), as: UTF8.self) == Self.text)
    }

    @Test func theContentReadsBack() throws {
        let receipt = try Receipt(decoding: Self.text.utf8Bytes)
        #expect(receipt == (try Self.receipt()))
        guard case .rejected(let violations) = receipt.results[1].outcome else {
            Issue.record("the second outcome is not rejected")
            return
        }
        #expect(violations.map(\.knownCode) == [.dateOrder, nil])
    }

    @Test func membersThatAreNotKnownArePassedOver() throws {
        let more = Self.text.replacing(#""outcome":"parked""#, with: #""new":{"a":[1]},"outcome":"parked""#)
            .replacing(#""treeSize""#, with: #""also":null,"treeSize""#).replacing(
                #"{"batch""#, with: #"{"next":1.5e3,"batch""#)
        #expect(try Receipt(decoding: more.utf8Bytes) == Self.receipt())
    }

    @Test(
        arguments: [
            (text + "x", "syntax"), ("[]", "syntax"), (text.replacing(#""batch":"0"#, with: #""batch":"1"#), nil),
            (text.replacing(#""batch":"0"#, with: #""batch":""#), "batch"),
            (text.replacing(#""contentDigest":"sha-256"#, with: #""contentDigest":"sha-512"#), "contentDigest"),
            (text.replacing(#""from":"41""#, with: #""from":"99""#), "from"),
            (text.replacing(#""to":"21""#, with: #""to":21"#), "to"),
            (text.replacing("08:00:00Z", with: "08:00:00+08:00"), "receivedAt"),
            (text.replacing(#""outcome":"parked""#, with: #""outcome":"PARKED""#), "results/5"),
            (text.replacing(#""held":{"version":3"#, with: #""held":{"version":0"#), "results/4"),
            (
                text.replacing(#""earlier":{"outcome":"accepted"}"#, with: #""earlier":{"outcome":"duplicate"}"#),
                "results/2"
            ),
            (text.replacing(#""code":"DATE_ORDER","#, with: ""), "results/1"),
            (text.replacing("[123400,123456]", with: "[123456,123400]"), "audit"),
            (text.replacing(#""checkpoint":"#, with: #""check":"#), "audit"),
        ] as [(String, String?)])
    func whatIsNotOfItsFormIsRefused(text: String, member: String?) {
        if let member {
            #expect(throws: ReceiptError.unreadable(member)) { try Receipt(decoding: text.utf8Bytes) }
        } else {
            #expect(throws: Never.self) { try Receipt(decoding: text.utf8Bytes) }
        }
    }

    @Test func aReceiptAnswersOnlyItsBatch() throws {
        let pair = try Pair()
        let batch = try pair.batch()
        let good = pair.receipt(for: batch)
        #expect(throws: Never.self) { try good.check(answers: batch, sentBy: pair.sender) }
        let other = try #require(ContentDigest(Self.digest))
        let edits: [(ReceiptError, Receipt)] = [
            (.wrongBatch, good.with(batch: MessageID(high: 0, low: 0))),
            (.wrongContentDigest, good.with(digest: other)),
            (.wrongFrom, good.with(from: pair.sender)), (.wrongTo, good.with(to: pair.receiver)),
            (.wrongResult(line: 2), good.with(results: Array(good.results.prefix(1)))),
            (.wrongResult(line: 1), good.with(results: good.results.reversed())),
            (.wrongResult(line: 3), good.with(results: good.results + [good.results[0]])),
            (
                .wrongResult(line: 1),
                good.with(results: good.results.map { .init(id: $0.id, digest: other, outcome: .accepted) })
            ),
        ]
        for (error, receipt) in edits {
            #expect(throws: error) { try receipt.check(answers: batch, sentBy: pair.sender) }
        }
    }
}

extension Receipt {
    fileprivate func with(
        batch: MessageID? = nil, digest: ContentDigest? = nil, from: Province? = nil, to: Province? = nil,
        results: [Result]? = nil
    ) -> Receipt {
        Receipt(
            batch: batch ?? self.batch, contentDigest: digest ?? contentDigest, from: from ?? self.from,
            to: to ?? self.to, receivedAt: receivedAt, results: results ?? self.results, audit: audit)
    }
}
