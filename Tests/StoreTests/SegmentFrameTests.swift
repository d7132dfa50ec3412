import AuditLog
import GRDB
import Interchange
import Store
import Testing

/// A segment that is a batch.
@Suite struct SegmentFrameTests {
    /// - Returns: what went out as a frame, and how many bytes each frame was said to hold.
    private func lease(
        _ bench: Bench, envelopes: Int = 1_000
    ) async throws -> (batch: LeasedBatch, isFrame: Bool)? {
        let batch = try await bench.store.leaseBatch(
            for: bench.provinces.peer, limits: BatchLimits(envelopes: envelopes), at: noon,
            until: noon.adding(seconds: 60),
            packed: { frame, bytes in
                EncodedContent(bytes: frame, encoding: "frame of \(bytes)", digest: Digest256(hashing: frame))
            }, encode: PlainEncoder().encode)
        return batch.map { ($0, $0.content.encoding != nil) }
    }

    @Test func aWholeSegmentGoesOutAsItLies() async throws {
        let twin = try Bench(Engine.all[0])
        let bench = try Bench(Engine.all[0])
        for bench in [twin, bench] { try await bench.accept([bench.draft(1), bench.draft(2)]) }
        let plain = try #require(await twin.lease())
        let sent = try #require(await lease(bench))
        #expect(sent.isFrame)
        // Ids differ and are as long.
        #expect(sent.batch.content.encoding == "frame of \(plain.content.bytes.count)")
        #expect(sent.batch.envelopes.count == 2)
        // Nothing but the segment has it, and a retry sends the same.
        try await bench.postpone(sent.batch, until: noon)
        let again = try #require(try await lease(bench))
        #expect(again.batch.id == sent.batch.id)
        #expect(again.batch.content.bytes == sent.batch.content.bytes)
        #expect(again.batch.content.digest == sent.batch.content.digest)
        try await bench.settle(sent.batch, [.settled, .settled])
        #expect(try await bench.counts() == [0, 0, 2, 0, 0])
        #expect(try await lease(bench) == nil)
    }

    @Test func aSegmentThatIsNotWhatWasSentIsSetAside() async throws {
        let bench = try Bench(Engine.all[0])
        try await bench.accept([bench.draft(1), bench.draft(2)])
        let sent = try #require(try await lease(bench))
        #expect(sent.isFrame)
        try await bench.postpone(sent.batch, until: noon)
        let queue = try DatabaseQueue(path: bench.folder.database)
        try await queue.write { try $0.execute(sql: "UPDATE segment_body SET body = zeroblob(length(body))") }
        try queue.close()
        #expect(try await lease(bench) == nil)
        #expect(try await bench.store.deliveries(peer: nil, limit: 9).map(\.blockedOn) == ["unreadable"])
    }

    @Test func aPartOfASegmentIsCutOutOfIt() async throws {
        let bench = try Bench(Engine.all[0])
        try await bench.accept((1...3).map { bench.draft($0) })
        let first = try #require(await lease(bench, envelopes: 2))
        #expect(!first.isFrame)
        #expect(first.batch.lines.count == 2)
        let rest = try #require(await lease(bench))
        #expect(!rest.isFrame)
        #expect(rest.batch.lines.count == 1)
    }

    @Test func afterAProbeTheRestOfItsSegmentGoesAloneAndTheNextAsItLies() async throws {
        let bench = try Bench(Engine.all[0])
        for first: UInt64 in [1, 11, 21] { try await bench.accept((first..<first + 3).map { bench.draft($0) }) }
        var sent: [String] = []
        for limit in [1, 3, 3, 3] {
            let next = try #require(try await lease(bench, envelopes: limit))
            sent.append("\(next.batch.envelopes.count)\(next.isFrame ? " as it lies" : "")")
        }
        #expect(sent == ["1", "2", "3 as it lies", "3 as it lies"])
        #expect(try await lease(bench) == nil)
    }

    @Test func smallSegmentsShareABatch() async throws {
        let bench = try Bench(Engine.all[0])
        for number: UInt64 in 1...3 { try await bench.accept([bench.draft(number)]) }
        let sent = try #require(await lease(bench))
        #expect(!sent.isFrame)
        #expect(sent.batch.lines.count == 3)
    }

    @Test func aPeersLinesAmongOthersAreAFrameOfTheirOwn() async throws {
        let bench = try Bench(Engine.all[0])
        try await bench.accept([bench.draft(1), bench.draft(2, to: bench.provinces.other), bench.draft(3)])
        let sent = try #require(await lease(bench))
        #expect(sent.isFrame)
        #expect(sent.batch.envelopes.count == 2)
    }
}
