import AuditLog
import Interchange
import Store
import Testing

@Suite struct RestoreMarkConformance {
    @Test(arguments: Engine.all)
    func nothingGoesOutBeforeThePeerIsReconciled(engine: Engine) async throws {
        var bench = try Bench(engine)
        let (peer, other) = (bench.provinces.peer, bench.provinces.other)
        #expect(try await bench.store.restoreMark() == nil)
        try await bench.accept([bench.draft(1), bench.draft(2, to: other)])
        let held = try #require(await bench.lease())
        let mark = RestoreMark(at: noon, awaiting: [peer, other])
        let entry = Act(.backupRestored, actor: operatorActor, at: noon, details: [.size: "2"])
        try await bench.store.markRestored(mark, entries: [entry])
        bench = try await bench.reopened()
        #expect(try await bench.store.restoreMark() == mark)
        #expect(try await bench.lease() == nil)
        #expect(try await bench.store.nextDue(for: peer) == nil)

        #expect(try await bench.store.backlog().map(\.blockedOn) == ["reconciliation", "reconciliation"])

        let heard = Heard()
        bench.store.onWork(heard.hear)
        try await bench.store.clearRestoreMark(of: peer)
        #expect(heard.peers == [peer])
        #expect(try await bench.store.backlog().map(\.blockedOn) == ["reconciliation", nil])
        #expect(try await bench.store.restoreMark() == RestoreMark(at: noon, awaiting: [other]))
        // The lease was given back with the mark.
        #expect(try await bench.lease()?.id == held.id)
        #expect(try await bench.lease(other) == nil)
        #expect(try await bench.events().last == .backupRestored)
    }

    @Test(arguments: Engine.all)
    func aRestoreDemandsReconciliationAndItsStatementEndsTheWait(engine: Engine) async throws {
        let bench = try Bench(engine)
        let (peer, other) = (bench.provinces.peer, bench.provinces.other)
        try await bench.accept([bench.draft(1)])
        let entry = Act(.backupRestored, actor: operatorActor, at: noon, details: [.size: "1"])
        try await bench.store.markRestored(RestoreMark(at: noon, awaiting: [peer, other]), entries: [entry])
        #expect(try await bench.store.demandedReconciliations() == [peer, other])
        #expect(await code { try await bench.accept([bench.draft(2)]) } == .unavailable)
        try await bench.store.keep(
            KeptStatement(peer: peer, at: noon, until: noon, isEqual: true, missing: 0, content: []))
        #expect(try await bench.store.restoreMark() == RestoreMark(at: noon, awaiting: [other]))
        #expect(try await bench.lease()?.envelopes.count == 1)
    }
}
