import Exchange
import Foundation
import Interchange
import Testing

/// Limits between two gateways, and what a gateway does that has too much to do.
@Suite(.serialized) struct PressureTests {
    private let sending, receiving: TestGateway

    init() throws {
        let scratch = try Scratch()
        sending = try TestGateway("44", in: scratch)
        receiving = try TestGateway("41", in: scratch)
    }

    @Test func aPeerIsNeverSentMoreThanItSaysItTakes() async throws {
        try sending.knows(receiving, extra: ["retry: { initialMillis: 100, maximumMillis: 1000 }"])
        try receiving.knows(sending, ["mode: pull"], extra: ["limits: { batchEnvelopes: 5 }"])
        try await sending.start()
        #expect(try await sending.submitSample().status == 200)
        let waiting = try #require(try sending.backlog("waiting", of: "41"))
        #expect(waiting > 5)
        // Formed before anything is known of the peer, and formed anew once it has said what it takes.
        let isDown = try await eventually {
            // After some attempts the circuit opens, and the lane says that instead.
            try sending.text("blockedOn", of: "41").map { ["peerDown", "circuitOpen"].contains($0) } ?? false
        }
        #expect(isDown, "\(sending.log)")
        try await receiving.start()
        let isDelivered = try await eventually { try sending.backlog("delivered", of: "41") == waiting }
        #expect(isDelivered, "\(sending.log)")
        #expect(!sending.log.contains("batch closed by the peer"), "\(sending.log)")
        #expect(!receiving.log.contains("request refused"), "\(receiving.log)")
        let entries = try Executable.run(["audit", "list", "--config", "\(receiving.folder)/gateway.yaml"])
        #expect(entries.output.split(separator: "\n").count { $0.contains("record.applied") } == waiting)
    }

    @Test func whoHasTooMuchSaysSoAndWhenToComeAgain() async throws {
        try sending.knows(receiving, ["mode: pull"])
        try await sending.start(["YIZHAN_LIMITS_BACKLOGENVELOPES": "10"])
        #expect(try await sending.submitSample().status == 200)
        let busy = try await sending.submitSample()
        #expect(busy.status == 503)
        #expect(busy.fields.single("retry-after") == "60")
        #expect(ProblemDetails(decoding: busy.content, status: 503)?.code == "BUSY")
        sending.stop()

        // No disk of a test has a tebibyte to spare.
        try await sending.start(["YIZHAN_LIMITS_DISKRESERVEBYTES": "1099511627776"])
        let full = try await sending.submitSample()
        #expect(full.status == 503)
        #expect(full.fields.single("retry-after") == "60")
        #expect(ProblemDetails(decoding: full.content, status: 503)?.code == "STORAGE_FULL")
        #expect(try await pushFromPeer() == "STORAGE_FULL 10")
    }

    /// A batch of the peer's; its code and wait when it is refused.
    private func pushFromPeer() async throws -> String {
        let sender = BatchSender(
            province: try #require(Province("41")),
            signer: MessageSigner(key: try receiving.key, clock: { Instant.now() }))
        let request = try sender.request(
            for: try Batches.make([try Batches.arrival(version: 1)]), to: try sending.address)
        let response = try await receiving.client().send(request.transportRequest())
        switch sender.judge(response, to: request, keys: try sending.ring, now: .now()) {
        case .receipt: return "200"
        case .refused(let refusal): return "\(refusal.problem.code) \(refusal.retryAfterSeconds ?? 0)"
        case .unverified(let answer): return "\(answer)"
        }
    }
}
