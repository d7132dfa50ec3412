import Exchange
import Foundation
import Interchange
import Testing

/// Pull, between two gateways and with the test in the part of the one that fetches.
@Suite(.serialized) struct PullTests {
    private let scratch: Scratch
    /// Guangdong, which is asked; Henan, which cannot be reached.
    private let asked, asking: TestGateway
    private let client: CurlClient

    init() throws {
        scratch = try Scratch()
        asked = try TestGateway("44", in: scratch)
        asking = try TestGateway("41", in: scratch)
        client = try asking.client()
    }

    @Test func aGatewayThatCannotBeReachedFetchesWhatWaitsForIt() async throws {
        try asked.knows(asking, ["mode: pull"])
        try asking.knows(asked, ["fetch: true"])
        try await asked.start()
        try await asking.start()
        #expect(try await asked.submitSample().status == 200)
        let waiting =
            try #require(try asked.backlog("waiting", of: "41")) + (try asked.backlog("delivered", of: "41") ?? 0)
        #expect(waiting > 0)
        let isDelivered = try await eventually { try asked.backlog("delivered", of: "41") == waiting }
        #expect(isDelivered, "\(asked.log) \(asking.log)")
        let entries = try Executable.run(["audit", "list", "--config", "\(asking.folder)/gateway.yaml"])
        #expect(entries.output.split(separator: "\n").count { $0.contains("record.applied") } == waiting)
        #expect(try Executable.run(["audit", "verify", "--config", "\(asked.folder)/gateway.yaml"]).status == 0)
    }

    @Test func aFetchedBatchIsLeasedOfferedAgainAndSettledByItsReceipt() async throws {
        try asked.knows(asking, ["mode: pull"], extra: ["limits: { outboxLeaseSeconds: 8 }"])
        try await asked.start()
        #expect(try await asked.submitSample().status == 200)
        let first = try #require(try await fetch(waitSeconds: 0), "\(asked.log)")
        #expect(first.encoding == .zstd)
        // Leased: there is no other, and none is given before the lease lapses.
        #expect(try await fetch(waitSeconds: 0) == nil)
        let again = try #require(try await fetch(waitSeconds: 20))
        #expect(again.id == first.id && again.content == first.content)
        #expect(again.evidence.nonce != first.evidence.nonce)

        let receipt = try receipt(for: first)
        #expect(try await bring(receipt, for: first.id) == "204")
        #expect(try await bring(receipt, for: first.id) == "204")
        #expect(
            try await bring(try self.receipt(for: first, at: Instant(seconds: 1)), for: first.id) == "BATCH_ID_REUSED")
        let unknown = MessageID(high: 0x0198_0000_0000_7000, low: 0x8000_0000_0000_0001)
        #expect(try await bring(receipt, for: unknown) == "NOT_FOUND")
        let refused = try Executable.run([
            "audit", "list", "--event", "receipt.refused", "--config", "\(asked.folder)/gateway.yaml",
        ]).output.split(separator: "\n").filter { $0.contains("receipt.refused") }
        #expect(refused.count == 1)
        #expect(refused.first?.contains("urn:yizhan:province:41  code=BATCH_ID_REUSED entries=1 peer=41") == true)
        #expect(try await fetch(waitSeconds: 0) == nil)
        #expect(try asked.backlog("waiting", of: "41") == 0)
        #expect(try asked.backlog("delivered", of: "41") == receipt.results.count)
    }

    @Test func whatWasFormedForLargerBatchesIsGivenInSmallerOnes() async throws {
        try asked.knows(asking, ["mode: pull"], extra: ["limits: { outboxLeaseSeconds: 1 }"])
        try await asked.start()
        #expect(try await asked.submitSample().status == 200)
        let whole = try #require(try await fetch(waitSeconds: 0))
        let ids = try BatchLines.read(try whole.decoded(.init())).map(\.id)
        var seen: [MessageID] = []
        for _ in 0..<20 where seen.count < ids.count {
            guard let part = try await fetch(waitSeconds: 20, limit: 10) else { continue }
            let receipt = try receipt(for: part)
            #expect(receipt.results.count <= 10)
            seen += receipt.results.map(\.id)
            #expect(try await bring(receipt, for: part.id) == "204")
        }
        #expect(Set(seen) == Set(ids) && seen.count == ids.count)
    }

    // MARK: Parts

    private func caller() throws -> PeerCaller {
        PeerCaller(signer: MessageSigner(key: try asking.key, clock: { Instant.now() }))
    }

    private func fetch(waitSeconds: Int, limit: Int = 1_000) async throws -> VerifiedBatch? {
        let request = try caller().outbox(of: try asked.address, limit: limit, waitSeconds: waitSeconds)
        let limits = TransportLimits(stall: .seconds(40))
        let response = try await client.send(request.transportRequest(limits: limits))
        switch AnswerJudge(keys: try asked.ring, now: .now()).outbox(response, to: request) {
        case .value(let batch): return batch
        case .refused(let refusal): Issue.record("refused: \(refusal.problem)")
        case .unverified(let answer): Issue.record("not verified: \(answer)")
        }
        return nil
    }

    /// Everything accepted.
    private func receipt(for batch: VerifiedBatch, at: Instant = .now()) throws -> Receipt {
        Receipt(
            batch: batch.id, contentDigest: batch.digest, from: try #require(Province("41")),
            to: try #require(Province("44")), receivedAt: at,
            results: try BatchLines.read(try batch.decoded(.init())).map {
                .init(id: $0.id, digest: $0.digest, outcome: .accepted)
            }, audit: .init(origin: "test", treeSize: 1, entries: 0...0, checkpoint: "none"))
    }

    /// - Returns: `204`, or the code of the refusal.
    private func bring(_ receipt: Receipt, for id: MessageID) async throws -> String {
        let request = try caller().receipt(receipt.encoded(), for: id, to: try asked.address)
        let response = try await client.send(request.transportRequest())
        switch AnswerJudge(keys: try asked.ring, now: .now()).receipt(response, to: request) {
        case .value: return "\(response.status)"
        case .refused(let refusal): return refusal.problem.code
        case .unverified(let answer): return "\(answer)"
        }
    }
}
