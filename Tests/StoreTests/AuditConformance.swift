import AuditLog
import Interchange
import Store
import Testing

@Suite struct AuditConformance {
    private func started(_ number: Int) -> Act {
        Act(.gatewayStarted, actor: AuditActor(organisation: "gateway"), at: noon, details: [.version: "1.0.\(number)"])
    }

    @Test(arguments: Engine.delivering)
    func anEmptyLogIsSound(engine: Engine) async throws {
        let bench = try Bench(engine)
        #expect(try await bench.delivery.auditSize() == 0)
        #expect(try await bench.delivery.newestCheckpoint() == nil)
        let checkpoint = try await bench.checkpoint()
        #expect(checkpoint.size == 0)
        #expect(
            checkpoint.root.description == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.delivering)
    func recordedActsAreEnteredInOrder(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.delivery.record([started(1), started(2)])
        try await bench.delivery.record([])
        try await bench.delivery.record([started(3)])
        let entries = try await bench.entries()
        #expect(entries.map(\.sequence) == [0, 1, 2])
        #expect(entries.map { $0.details[.version] } == ["1.0.1", "1.0.2", "1.0.3"])
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.delivering)
    func aPersonIsAPseudonymAndNeverTheNumber(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.delivery.record([
            Act(.accessAnswered, actor: operatorActor, at: noon, subject: bench.subject(1), details: [.entries: "2"])
        ])
        let entry = try #require(await bench.delivery.auditEntries(from: 0, limit: 1).first)
        let number = String(decoding: bench.subject(1), as: UTF8.self)
        #expect(!String(decoding: entry.bytes, as: UTF8.self).contains(number))
        #expect(try await bench.entries().first?.subject != Digest256(hashing: bench.subject(1)))
    }

    @Test(arguments: Engine.delivering)
    func anActThatTheLogCouldNotVerifyDoesNotGetIn(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.delivery.record([started(1)])
        let noActor = Act(.gatewayStopped, actor: AuditActor(organisation: ""), at: noon)
        let person = Act(
            .gatewayStopped, actor: operatorActor, at: noon, details: [.reason: "510105199001010001"])
        let misfit = Act(.gatewayStopped, actor: operatorActor, at: noon, outcome: "yes")
        for act in [noActor, person, misfit] {
            #expect(await code { try await bench.delivery.record([started(2), act]) } != nil)
        }
        #expect(try await bench.delivery.auditSize() == 1)
        try await bench.delivery.record([started(3)])
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.delivering)
    func aReopenedLogContinues(engine: Engine) async throws {
        var bench = try Bench(engine)
        var kept: [SignedCheckpoint] = []
        for round in 0..<4 {
            try await bench.delivery.record((0..<100).map { started(round * 100 + $0) })
            kept.append(try await bench.checkpoint())
            bench = try await bench.reopened()
        }
        #expect(kept.map(\.size) == [100, 200, 300, 400])
        let report = try await bench.verified(against: kept)
        #expect(report.findings == [])
        #expect(report.covered == 400)
        #expect(try await bench.delivery.newestCheckpoint() == kept.last)
    }

    @Test(arguments: Engine.delivering)
    func entriesAreReadFromAnySequence(engine: Engine) async throws {
        let bench = try Bench(engine)
        for round in 0..<5 { try await bench.delivery.record((0..<7).map { started(round * 7 + $0) }) }
        for first: UInt64 in [0, 1, 6, 7, 8, 33, 34] {
            let found = try await bench.delivery.auditEntries(from: first, limit: 10)
            #expect(found.map(\.sequence) == Array((first..<35).prefix(10)))
        }
        #expect(try await bench.delivery.auditEntries(from: 35, limit: 10).isEmpty)
        #expect(try await bench.delivery.auditEntries(from: 0, limit: 0).isEmpty)
    }

    @Test(arguments: Engine.delivering)
    func aLogThatDidNotGrowIsNotSignedAgain(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.delivery.record([started(1)])
        let first = try await bench.checkpoint()
        let again = try await bench.checkpoint(at: noon.adding(seconds: 60))
        #expect(again == first)
        try await bench.delivery.record([started(2)])
        #expect(try await bench.checkpoint().size == 2)
        let opened = try Checkpoint.open(
            Array(first.note.utf8), keys: Notary().keys, origin: Notary.origin)
        #expect(opened.size == 1)
        #expect(opened.root == first.root)
    }

    @Test(arguments: Engine.delivering)
    func aSignerThatFailsKeepsNoCheckpoint(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.delivery.record([started(1)])
        await #expect(throws: CancellationError.self) {
            _ = try await bench.delivery.checkpoint(signedBy: { _, _ in throw CancellationError() }, at: noon)
        }
        #expect(try await bench.delivery.newestCheckpoint() == nil)
    }

    @Test(arguments: Engine.delivering)
    func checkpointsSignedWhileTheLogGrowsAreOfOneTree(engine: Engine) async throws {
        let bench = try Bench(engine)
        let kept = try await withThrowingTaskGroup(of: SignedCheckpoint?.self) { group in
            for number in 0..<60 {
                group.addTask {
                    try await bench.delivery.record([started(number)])
                    return number.isMultiple(of: 3) ? try await bench.checkpoint() : nil
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let checkpoints = kept.compactMap { $0 }
        #expect(checkpoints.count == 20)
        let roots = Dictionary(grouping: checkpoints, by: \.size).mapValues { Set($0.map(\.root)).count }
        #expect(roots.values.allSatisfy { $0 == 1 })
        #expect(try await bench.verified(against: checkpoints).findings == [])
        try await bench.expectSoundLog()
    }
}
