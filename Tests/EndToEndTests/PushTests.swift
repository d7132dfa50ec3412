import AuditLog
import Exchange
import Foundation
import Interchange
import Testing

/// The exchange listener, with the test in the part of Guangdong's gateway.
@Suite(.serialized) struct PushTests {
    private let scratch: Scratch
    private let gateway: RunningGateway

    init() async throws {
        scratch = try Scratch()
        gateway = try await RunningGateway(scratch, extra: "limits: { batchEncodedBytes: 65536, batchBytes: 131072 }")
    }

    @Test func aValidBatchGetsASignedReceipt() async throws {
        let batch = try Batches.make([try Batches.arrival(version: 1)])
        let answer = try await push(batch)
        guard case .receipt(let receipt) = answer else {
            Issue.record("\(answer) \(gateway.log)")
            return
        }
        #expect(receipt.receipt.results.map(\.outcome.name) == [.accepted])
        #expect(receipt.receipt.from.description == "41")
    }

    @Test func aBatchSentAgainGetsTheSameReceiptUnderANewSignature() async throws {
        let batch = try Batches.make([try Batches.arrival(version: 1)])
        guard case .receipt(let first) = try await push(batch), case .receipt(let second) = try await push(batch) else {
            Issue.record("no receipt")
            return
        }
        #expect(first.content == second.content)
        #expect(first.evidence.nonce != second.evidence.nonce)
    }

    @Test func theSameEnvelopeInAnotherBatchIsADuplicate() async throws {
        let line = try Batches.arrival(version: 1)
        _ = try await push(try Batches.make([line]))
        guard case .receipt(let receipt) = try await push(try Batches.make([line])) else {
            Issue.record("no receipt")
            return
        }
        #expect(receipt.receipt.results.map(\.outcome) == [.duplicate(.init(.accepted))])
    }

    @Test func aBadEnvelopeIsRejectedAndItsNeighbourAccepted() async throws {
        let bad = try Batches.arrival(version: 1, arrival: "2026-05-02", registered: "2026-05-01")
        let good = try Batches.arrival(version: 1)
        guard case .receipt(let receipt) = try await push(try Batches.make([bad, good])) else {
            Issue.record("no receipt")
            return
        }
        #expect(receipt.receipt.results.map(\.outcome.name) == [.rejected, .accepted])
        guard case .rejected(let violations) = receipt.receipt.results[0].outcome else { return }
        #expect(violations.map(\.code).contains("DATE_ORDER"))
    }

    @Test func anUnknownMembersNameIsNotRepeated() async throws {
        let line = String(decoding: try Batches.arrival(version: 1), as: UTF8.self)
            .replacing(#""content":{"#, with: #""content":{"411303197406109810":1,"#)
        guard case .receipt(let receipt) = try await push(try Batches.make([Array(line.utf8)])) else {
            Issue.record("no receipt")
            return
        }
        #expect(
            receipt.receipt.results.map(\.outcome) == [
                .rejected([ReceiptViolation(code: "UNKNOWN_FIELD", pointer: "/content")])
            ])
    }

    @Test func aUsedNonceIsRefused() async throws {
        let batch = try Batches.make([try Batches.arrival(version: 1)])
        let request = try sender().request(for: batch, to: address)
        let client = try peerClient()
        #expect(try await client.send(request.transportRequest()).status == 200)
        let again = try await client.send(request.transportRequest())
        #expect(again.status == 401)
        #expect(ProblemDetails(decoding: again.content, status: 401)?.code == "NONCE_REPLAYED")
    }

    @Test func anotherContentUnderAKnownIdIsRefused() async throws {
        let first = try Batches.make([try Batches.arrival(version: 1)])
        _ = try await push(first)
        let second = try Batches.make([try Batches.arrival(version: 1)], id: first.id)
        #expect(refusal(try await push(second)) == "BATCH_ID_REUSED")
    }

    @Test func whatIsRefusedWholeIsEnteredOnceInAWhile() async throws {
        let first = try Batches.make([try Batches.arrival(version: 1)])
        _ = try await push(first)
        for _ in 0..<3 {
            #expect(refusal(try await push(try Batches.make([try Batches.arrival(version: 1)], id: first.id))) != nil)
        }
        #expect(refusal(try await push(try Batches.make([Array("not json".utf8)]))) == "BATCH_UNREADABLE")
        let listed = try Executable.run([
            "audit", "list", "--event", "batch.refused", "--json", "--config", "\(gateway.folder)/gateway.yaml",
        ])
        let entries = try listed.output.split(separator: "\n").map { try AuditEntry(decoding: Array($0.utf8)) }
        #expect(entries.map { $0.details[.code] } == ["BATCH_ID_REUSED", "BATCH_UNREADABLE"])
        #expect(entries.map { $0.details[.status] } == ["409", "422"])
        #expect(entries.first?.batch == first.id.description)
        #expect(entries.map(\.actor.organisation) == ["urn:yizhan:province:44", "urn:yizhan:province:44"])
    }

    @Test func aBatchSignedWithAnotherProvincesKeyIsRefused() async throws {
        let batch = try Batches.make([try Batches.arrival(version: 1)])
        let stranger = BatchSender(
            province: try #require(Province("44")),
            signer: MessageSigner(key: SigningKey.generate(), clock: { Instant.now() }))
        let request = try stranger.request(for: batch, to: address)
        let answer = try await peerClient().send(request.transportRequest())
        #expect([401, 403].contains(answer.status))
    }

    @Test func anEnvelopeFromAnotherProvinceRefusesTheRequest() async throws {
        let line = String(decoding: try Batches.arrival(version: 1), as: UTF8.self)
            .replacingOccurrences(of: #""from":"44""#, with: #""from":"43""#)
        #expect(refusal(try await push(try Batches.make([Array(line.utf8)]))) == "IDENTITY_MISMATCH")
    }

    @Test func anotherProvincesNameIsFoundBesideAnUnknownKind() async throws {
        let line = String(decoding: try Batches.arrival(version: 1), as: UTF8.self)
            .replacingOccurrences(of: #""kind":"arrival""#, with: #""kind":"unheardOf""#)
        let theirs = line.replacingOccurrences(of: #""from":"44""#, with: #""from":"43""#)
        #expect(refusal(try await push(try Batches.make([Array(theirs.utf8)]))) == "IDENTITY_MISMATCH")
        guard case .receipt(let receipt) = try await push(try Batches.make([Array(line.utf8)])) else {
            Issue.record("no receipt")
            return
        }
        #expect(receipt.receipt.results.map(\.outcome.name) == [.rejected])
    }

    @Test func aBatchIdOfAnotherVersionIsRefused() async throws {
        let id = try #require(MessageID("0198a000-0000-4000-8000-00000000000a"))
        let batch = try Batches.make([try Batches.arrival(version: 1)], id: id)
        #expect(refusal(try await push(batch)) == "REQUEST_INVALID")
    }

    @Test func aBodyOverTheLimitIsRefused() async throws {
        let noise = (0..<100_000).map { _ in UInt8.random(in: .min ... .max) }
        let batch = OutgoingBatch(
            id: MessageID(at: .now(), random: (.random(in: .min ... .max), .random(in: .min ... .max))),
            to: try #require(Province("41")), content: noise, encoding: .identity, digest: ContentDigest(of: noise),
            envelopes: [])
        #expect(refusal(try await push(batch)) == "BODY_TOO_LARGE")
    }

    @Test func aLineThatIsNoEnvelopeMakesTheBatchUnreadable() async throws {
        #expect(refusal(try await push(try Batches.make([Array("not json".utf8)]))) == "BATCH_UNREADABLE")
    }

    @Test func aCertificateOfAnotherAuthorityGetsNoConnection() async throws {
        let made = try Executable.run([
            "init", "--province", "44", "--dir", "\(scratch.path)/stranger", "--ca", "\(scratch.path)/other-ca",
        ])
        #expect(made.status == 0, "\(made.errors)")
        let client = try gateway.client("\(scratch.path)/stranger/tls/gateway", ca: "\(gateway.folder)/tls/ca.pem")
        let request = try sender().request(for: try Batches.make([try Batches.arrival(version: 1)]), to: address)
        await #expect(throws: TransportError.self) { try await client.send(request.transportRequest()) }
    }

    @Test func aBureausCertificateCannotPush() async throws {
        let client = try gateway.client("\(gateway.folder)/tls/bureau-police-1")
        let request = try sender().request(for: try Batches.make([try Batches.arrival(version: 1)]), to: address)
        #expect(try await client.send(request.transportRequest()).status == 403)
    }

    // MARK: Parts

    private var address: PeerAddress {
        get throws { try #require(PeerAddress("https://localhost:\(gateway.port)")) }
    }

    private func sender() throws -> BatchSender {
        BatchSender(
            province: try #require(Province("44")),
            signer: MessageSigner(key: gateway.peerKey, clock: { Instant.now() }))
    }

    private func peerClient() throws -> CurlClient { try gateway.client("\(scratch.path)/44/tls/gateway") }

    private func push(_ batch: OutgoingBatch) async throws -> PushAnswer {
        let request = try sender().request(for: batch, to: address)
        let response = try await peerClient().send(request.transportRequest())
        let pem = try String(contentsOfFile: "\(gateway.folder)/keys/signing.pem", encoding: .utf8)
        let keys = KeyRing(
            owner: try #require(Province("41")),
            [.init(try SigningKey(pem).verificationKey, KeyValidity(from: Instant(milliseconds: 0)))])
        return try sender().judge(response, to: request, keys: keys, now: .now())
    }

    private func refusal(_ answer: PushAnswer) -> String? {
        if case .refused(let refusal) = answer { refusal.problem.code } else { nil }
    }
}

/// Batches as Guangdong would send them.
enum Batches {
    static func arrival(
        version: Int, arrival: String = "2026-04-01", registered: String = "2026-04-02"
    ) throws -> [UInt8] {
        let now = Instant.now()
        func random() -> UInt64 { .random(in: .min ... .max) }
        let record = RecordID(
            home: try #require(Province("41")), register: try #require(Province("44")), high: random(), low: random())
        let draft = Draft(
            kind: .arrival, from: record.register, to: record.home, record: record, purpose: .residenceRegistration,
            issuedAt: now, retainUntil: now.dayInShanghai.adding(days: 1_000), flags: [], subject: nil, reference: nil,
            fixed: Array(
                (#""purpose":"residenceRegistration","legalBasis":"居住证暂行条例 第7条","person":{"idType":"residentId","#
                    + #""idNumber":"411303197406109810","name":"熊长凯","sex":"1","birthDate":"1974-06-10","#
                    + #""hukouDivision":"411303"},"content":{"residenceDivision":"440111","arrivalDate":"\#(arrival)","#
                    + #""registeredOn":"\#(registered)","reason":"01"}"#).utf8))
        return draft.line(
            id: MessageID(at: now, random: (random(), random())), version: version, salt: (random(), random()))
    }

    static func make(_ lines: [[UInt8]], id: MessageID? = nil) throws -> OutgoingBatch {
        let text = [UInt8](lines.map { $0 + [0x0A] }.joined())
        let content = try Gzip.compress(text)
        let envelopes = lines.compactMap { line -> SentEnvelope? in
            let text = String(decoding: line, as: UTF8.self)
            guard let start = text.range(of: #""id":""#)?.upperBound, let id = MessageID(text[start...].prefix(36))
            else {
                return nil
            }
            return SentEnvelope(id: id, digest: ContentDigest(of: line))
        }
        return OutgoingBatch(
            id: id ?? MessageID(at: .now(), random: (.random(in: .min ... .max), .random(in: .min ... .max))),
            to: try #require(Province("41")), content: content, encoding: .gzip, digest: ContentDigest(of: content),
            envelopes: envelopes)
    }
}
