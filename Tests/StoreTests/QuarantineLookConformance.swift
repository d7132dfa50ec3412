import AuditLog
import Interchange
import Store
import Testing

/// Whose row it is that somebody looks at, changes, judges again or gives up.
@Suite struct QuarantineLookConformance {
    /// Takes a row into quarantine.
    /// - Returns: its number, and where its entry is.
    private func quarantine(_ bench: Bench, of person: UInt64?) async throws -> (id: Int64, entry: UInt64) {
        var row = RefusedRow(row: 1, reasons: [.init(code: .idFormat, pointer: "/x", column: nil)], raw: [0x41])
        row.subject = person.map(bench.subject)
        let mark = try await bench.store.auditSize()
        try await bench.accept([], refused: [row])
        let id = try #require(await bench.store.quarantined(limit: 9).last?.id)
        return (id, mark)
    }

    @Test(arguments: Engine.all)
    func everyActOnARowNamesThePersonByPseudonym(engine: Engine) async throws {
        let bench = try Bench(engine)
        let (id, mark) = try await quarantine(bench, of: 1)
        _ = try await bench.store.viewQuarantined(id, by: operatorActor, at: noon)
        let verdicts = [
            QuarantineVerdict(id: id, decision: .refused([.init(code: .idFormat, pointer: "/x", column: nil)])),
            QuarantineVerdict(id: id, decision: .discarded(reason: "duplicate")),
        ]
        for verdict in verdicts {
            #expect(try await bench.store.settleQuarantined([verdict], by: operatorActor, at: noon) == [id])
        }
        let entries = try await bench.entries(from: mark)
        #expect(
            entries.map(\.event) == [
                .intakeQuarantined, .quarantineViewed, .quarantineReplayed, .quarantineDiscarded,
            ])
        let person = try await bench.store.pseudonym(of: bench.subject(1), at: noon)
        #expect(entries.map(\.subject) == [person, person, person, person])
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.all)
    func aRepairedNumberIsAnActOnTheDataOfBoth(engine: Engine) async throws {
        let bench = try Bench(engine)
        let (id, mark) = try await quarantine(bench, of: 1)
        let verdict = QuarantineVerdict(id: id, decision: .passed(bench.draft(2)), isRepaired: true)
        #expect(try await bench.store.settleQuarantined([verdict], by: operatorActor, at: noon) == [id])
        let entries = try await bench.entries(from: mark).dropFirst()
        #expect(entries.map(\.event) == [.quarantineRepaired, .quarantineReplayed, .intakeAccepted])
        let first = try await bench.store.pseudonym(of: bench.subject(1), at: noon)
        let second = try await bench.store.pseudonym(of: bench.subject(2), at: noon)
        #expect(entries.map(\.subject) == [first, second, second])
    }

    @Test(arguments: Engine.all)
    func aLookIsToldToThePerson(engine: Engine) async throws {
        let bench = try Bench(engine)
        let (mine, _) = try await quarantine(bench, of: 1)
        let (nobodys, _) = try await quarantine(bench, of: nil)
        for id in [mine, nobodys] { _ = try await bench.store.viewQuarantined(id, by: operatorActor, at: noon) }
        #expect(try await bench.entries().last?.subject == nil)
        func told(_ person: UInt64) async throws -> [AuditEvent] {
            try await bench.store.accessLog(of: bench.subject(person), limit: 9, by: operatorActor, at: noon)
                .inquiries.map(\.event)
        }
        #expect(try await told(1) == [.quarantineViewed])
        #expect(try await told(2) == [])
    }
}
