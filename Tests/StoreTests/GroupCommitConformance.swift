import AuditLog
import Dispatch
import Interchange
import Store
import Testing

@Suite struct GroupCommitConformance {
    @Test(arguments: Engine.delivering)
    func manyVerbsAtOnceAllLand(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await withThrowingTaskGroup { group in
            for number: UInt64 in 1...200 {
                group.addTask { _ = try await bench.accept([bench.draft(number)]) }
                group.addTask {
                    _ = try await bench.outcomes(number, [bench.arriving(number, record: number)])
                }
            }
            try await group.waitForAll()
        }
        #expect(try await bench.counts() == [200, 0, 0, 0, 0])
        let events = try await bench.events()
        #expect(events.count { $0 == .intakeAccepted } == 200)
        #expect(events.count { $0 == .recordApplied } == 200)
        #expect(events.count { $0 == .batchReceived } == 200)
        #expect(events.count == 600)
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.delivering)
    func oneThatFailsTakesNoneOfTheOthersWithIt(engine: Engine) async throws {
        var bench = try Bench(engine)
        let failures = try await withThrowingTaskGroup(of: StoreError.Code?.self) { [bench] group in
            for number: UInt64 in 1...100 {
                group.addTask {
                    try await bench.accept([bench.draft(number)])
                    return nil
                }
                group.addTask {
                    await code {
                        _ = try await bench.delivery.accept(
                            IntakeChunk(
                                run: RunID(number: 9_999), actor: operatorActor, drafts: [bench.draft(1_000 + number)],
                                refused: [RefusedRow(row: 1, reasons: [], raw: [])], at: noon))
                    }
                }
            }
            return try await group.reduce(into: [StoreError.Code?]()) { $0.append($1) }
        }
        #expect(failures.count { $0 != nil } == 100)
        bench = try await bench.reopened()
        #expect(try await bench.counts() == [100, 0, 0, 0, 0])
        #expect(try await bench.delivery.auditSize() == 100)
        try await bench.expectSoundLog()
    }

    /// A question that comes behind a line of records is answered before any of them.
    @Test(arguments: Engine.all)
    func aQuestionOvertakesRecords(engine: Engine) async throws {
        let bench = try Bench(engine)
        let (store, notary) = (bench.store, try Notary())
        let run = try await store.openRun(
            RunDescription(mapping: "henan-arrivals", actor: operatorActor, startedAt: noon))
        var chunks: [PreparedIntake] = []
        for number: UInt64 in 10..<16 {
            chunks.append(
                await store.prepare(
                    IntakeChunk(run: run, actor: operatorActor, drafts: [bench.draft(number)], refused: [], at: noon)))
        }
        // Holds the transaction open in which its batch is received.
        let (begun, hasBegun) = AsyncStream.makeStream(of: Never.self)
        let gate = DispatchSemaphore(value: 0)
        let held = Task {
            try await store.receive(bench.batch(1, nonce: "n", [bench.arriving(1, record: 1)])) { _, size, root in
                hasBegun.finish()
                gate.wait()
                return ComposedReceipt(
                    [], checkpoint: SignedCheckpoint(size: size, root: root, note: try notary.note(size, root)))
            }
        }
        for await _ in begun {}
        let (finished, finish) = AsyncStream.makeStream(of: String.self)
        let order = IntakeOrder()
        for (place, chunk) in chunks.enumerated() {
            store.accept(chunk, in: order) { _ in finish.yield("chunk \(place)") }
        }
        store.answer(bench.inquiry(1, .currentRegistration(bench.provinces.own), at: noon)) { _ in
            finish.yield("question")
        }
        gate.signal()
        let seen = await finished.prefix(7).reduce(into: []) { $0.append($1) }
        #expect(seen == ["question"] + (0..<6).map { "chunk \($0)" })
        #expect(try await held.value.applied?.outcomes.count == 1)
    }

    @Test(arguments: Engine.delivering)
    func theSameRecordAtOnceGetsEachVersionOnce(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await withThrowingTaskGroup { group in
            for number in 1...40 {
                group.addTask { _ = try await bench.accept([bench.draft(1, saying: "content \(number)")]) }
            }
            try await group.waitForAll()
        }
        let lines = try #require(await bench.lease()).lines
        let versions = lines.compactMap { line in
            line.split(separator: #""version":"#).last?.prefix { $0.isNumber }
        }.compactMap { Int($0) }
        #expect(versions.sorted() == Array(1...40))
    }

    @Test(arguments: Engine.delivering)
    func aNonceThatComesManyTimesAtOnceIsSpentOnce(engine: Engine) async throws {
        let bench = try Bench(engine)
        let spent = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 {
                group.addTask { try await bench.delivery.spend(nonce: "n", of: bench.provinces.peer, at: noon) }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(spent == 1)
    }
}
