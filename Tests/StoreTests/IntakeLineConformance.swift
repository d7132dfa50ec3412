import Interchange
import Store
import Testing

/// Chunks that overlap on their way in.
@Suite struct IntakeLineConformance {
    private func chunk(_ bench: Bench, run: Int64? = nil, _ drafts: [Draft]) async throws -> IntakeChunk {
        let opened = try await bench.delivery.openRun(
            RunDescription(mapping: "henan-arrivals", actor: operatorActor, startedAt: noon))
        // A row that was refused, so that a run that is not there fails the chunk.
        return IntakeChunk(
            run: run.map(RunID.init) ?? opened, actor: operatorActor, drafts: drafts,
            refused: [RefusedRow(row: 1, reasons: [], raw: [])], at: noon)
    }

    @Test(arguments: Engine.delivering)
    func whatFollowsInTheFileFollowsInTheStore(engine: Engine) async throws {
        let bench = try Bench(engine)
        var line = IntakeLine(bench.delivery)
        var accepted: [Acceptance] = []
        let words = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"]
        for word in words {
            // The longer ones take longer to prepare, and must not be overtaken for that.
            let others = word == "second" ? (100..<900).map { bench.draft($0) } : []
            let chunk = try await chunk(bench, others + [bench.draft(1, saying: word)])
            if let done = try await line.add(chunk) { accepted.append(done) }
        }
        #expect(accepted.count == 2)
        while let done = try await line.next() { accepted.append(done) }
        #expect(accepted.map(\.new) == [1, 801, 1, 1, 1, 1, 1, 1, 1])
        #expect(accepted.allSatisfy { $0.quarantined == 1 })
        var lines: [String] = []
        while let batch = try await bench.lease() { lines += batch.lines }
        let versions = lines.filter { EnvelopeHeader(line: Array($0.utf8))?.record == bench.record(1) }
        let said = versions.compactMap { line in words.first { line.contains("\"note\":\"\($0)\"") } }
        #expect(said == words)
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.delivering)
    func afterAChunkThatFailedNothingFollows(engine: Engine) async throws {
        let bench = try Bench(engine)
        var line = IntakeLine(bench.delivery)
        // So many that they are hashed beside the writer, and that the chunks share a commit.
        let runs: [Int64?] = [nil, 999, nil, nil]
        for (place, run) in runs.enumerated() {
            let first = UInt64(place * 300)
            #expect(try await line.add(chunk(bench, run: run, (first..<first + 300).map { bench.draft($0) })) == nil)
        }
        #expect(try await line.next()?.new == 300)
        for _ in 0..<3 { #expect(await code { _ = try await line.next() } != nil) }
        #expect(try await line.next() == nil)
        #expect(try await bench.counts() == [300, 0, 0, 0, 0])
        #expect(try await bench.delivery.auditSize() == 301)
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.delivering)
    func afterTheEndNothingIsOnItsWay(engine: Engine) async throws {
        let bench = try Bench(engine)
        var line = IntakeLine(bench.delivery)
        #expect(try await line.add(chunk(bench, (1..<900).map { bench.draft($0) })) == nil)
        #expect(try await line.add(chunk(bench, run: 999, [bench.draft(901)])) == nil)
        await line.end()
        // What was given is durable or refused, and what is given now comes after it.
        #expect(try await bench.counts() == [899, 0, 0, 0, 0])
        #expect(try await line.next() == nil)
        #expect(try await line.add(chunk(bench, [bench.draft(902)])) == nil)
        #expect(try await line.next()?.new == 1)
    }
}
