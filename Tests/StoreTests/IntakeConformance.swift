import AuditLog
import Interchange
import Store
import Testing

@Suite struct IntakeConformance {
    @Test(arguments: Engine.delivering)
    func aNewDraftBecomesAnEnvelopeOfVersionOne(engine: Engine) async throws {
        let bench = try Bench(engine)
        let acceptance = try await bench.accept([bench.draft(1)])
        #expect([acceptance.new, acceptance.unchanged, acceptance.quarantined] == [1, 0, 0])
        let batch = try #require(await bench.lease())
        #expect(batch.lines.count == 1)
        let head = #"{"interchange":"1.0","id":"\#(batch.envelopes[0].id)","kind":"arrival","from":"41","to":"51","#
        #expect(batch.lines[0].hasPrefix(head + #""record":"51-41-00000000000000000000000001","version":1,"#))
        #expect(batch.lines[0].hasSuffix(#""purpose":"residenceRegistration","content":{"note":"first"}}"#))
        #expect(batch.envelopes[0].digest == Digest256(hashing: Array(batch.lines[0].utf8)))
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.delivering)
    func theSameContentAgainIsUnchangedAndSendsNothing(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1), bench.draft(2)])
        let again = try await bench.accept([bench.draft(2), bench.draft(1), bench.draft(1)])
        #expect([again.new, again.unchanged] == [0, 3])
        #expect(try await bench.counts() == [2, 0, 0, 0, 0])
    }

    @Test(arguments: Engine.delivering)
    func otherContentIsTheNextVersionUnderANewId(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        let second = try await bench.accept([bench.draft(1, saying: "second"), bench.draft(1, saying: "third")])
        #expect([second.new, second.unchanged] == [2, 0])
        let batch = try #require(await bench.lease())
        #expect(batch.lines.map { $0.contains(#""version":1,"#) } == [true, false, false])
        #expect(batch.lines.map { $0.contains(#""version":2,"#) } == [false, true, false])
        #expect(batch.lines.map { $0.contains(#""version":3,"#) } == [false, false, true])
        #expect(Set(batch.envelopes.map(\.id)).count == 3)
    }

    @Test(arguments: Engine.delivering)
    func contentThatComesBackAfterAChangeIsANewVersion(engine: Engine) async throws {
        let bench = try Bench(engine)
        for content in ["first", "second", "first"] { try await bench.accept([bench.draft(1, saying: content)]) }
        #expect(try await bench.counts() == [3, 0, 0, 0, 0])
    }

    @Test(arguments: Engine.delivering)
    func versionsAndContentOutliveARestart(engine: Engine) async throws {
        var bench = try Bench(engine)
        try await bench.accept([bench.draft(1)])
        bench = try await bench.reopened()
        let again = try await bench.accept([bench.draft(1), bench.draft(1, saying: "second")])
        #expect([again.new, again.unchanged] == [1, 1])
        #expect(try #require(await bench.lease()).lines.last?.contains(#""version":2,"#) == true)
    }

    @Test(arguments: Engine.delivering)
    func envelopesGoByTheirDestination(engine: Engine) async throws {
        let bench = try Bench(engine)
        let other = bench.provinces.other
        try await bench.accept([bench.draft(1), bench.draft(2, to: other), bench.draft(3)])
        #expect(try await bench.counts() == [2, 0, 0, 0, 0])
        #expect(try await bench.counts(other) == [1, 0, 0, 0, 0])
        #expect(try #require(await bench.lease(other)).lines.allSatisfy { $0.contains(#""to":"44""#) })
        #expect(try #require(await bench.lease()).lines.count == 2)
    }

    @Test(arguments: Engine.delivering)
    func everyLineHasItsOwnSalt(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept((1...50).map { bench.draft($0) })
        let lines = try #require(await bench.lease()).lines
        let salts = Set(lines.compactMap { $0.split(separator: #""salt":""#).last?.prefix(22) })
        #expect(salts.count == 50)
    }

    @Test(arguments: Engine.all)
    func refusedRowsAreKeptAndListedByCodeOnly(engine: Engine) async throws {
        let bench = try Bench(engine)
        let refused = RefusedRow(
            row: 7,
            reasons: [
                .init(code: .idChecksum, pointer: "/person/idNumber", column: "证件号码"),
                .init(code: .dateInvalid, pointer: "/content/arrivalDate", column: "日期\n（来）\t"),
            ], raw: Array("王小明,51010519900101000X".utf8))
        let acceptance = try await bench.accept([bench.draft(1)], refused: [refused])
        #expect([acceptance.new, acceptance.quarantined] == [1, 1])
        let rows = try await bench.store.quarantined(limit: 10)
        #expect(rows.map(\.row) == [7])
        #expect(rows.map(\.mapping) == ["henan-arrivals"])
        #expect(rows.map(\.codes) == [["ID_CHECKSUM", "DATE_INVALID"]])
        #expect(rows.map(\.at) == [noon])
        #expect(try await bench.store.quarantined(limit: 0).isEmpty)
    }

    @Test(arguments: Engine.all)
    func aRefusedRowWithoutAReasonIsStillKept(engine: Engine) async throws {
        let bench = try Bench(engine)
        try await bench.accept([], refused: [RefusedRow(row: 1, reasons: [], raw: [])])
        #expect(try await bench.store.quarantined(limit: 10).map(\.codes) == [[]])
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.delivering)
    func intakeEntersEveryRowInTheLog(engine: Engine) async throws {
        let bench = try Bench(engine)
        let refused = RefusedRow(row: 3, reasons: [.init(code: .required, pointer: "/a", column: nil)], raw: [0x41])
        try await bench.accept([bench.draft(1), bench.draft(1)], refused: [refused])
        let entries = try await bench.entries()
        #expect(entries.map(\.event) == [.intakeAccepted, .intakeUnchanged, .intakeQuarantined])
        #expect(entries.map(\.actor) == [operatorActor, operatorActor, operatorActor])
        #expect(entries.map(\.time) == [1_782_806_400_000, 1_782_806_400_000, 1_782_806_400_000])
        #expect(entries[0].object == (try #require(await bench.lease()).envelopes[0].digest))
        #expect(entries[0].subject == entries[1].subject)
        #expect(entries[0].subject != nil)
        #expect(entries[2].details[.codes] == "REQUIRED")
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.delivering)
    func anEntryOfARefusedRowNamesItsPersonByPseudonym(engine: Engine) async throws {
        let bench = try Bench(engine)
        let refused = [bench.subject(1), nil].map { RefusedRow(row: 1, reasons: [], raw: [0x41], subject: $0) }
        try await bench.accept([bench.draft(1)], refused: refused)
        let entries = try await bench.entries()
        #expect(entries.map(\.event) == [.intakeAccepted, .intakeQuarantined, .intakeQuarantined])
        #expect(entries[0].subject != nil && entries[1].subject == entries[0].subject)
        #expect(entries[2].subject == nil)
    }

    @Test(arguments: Engine.all)
    func aChunkAboveTheBoundIsRefusedWhole(engine: Engine) async throws {
        let bench = try Bench(engine)
        let refused = (1...10_001).map { RefusedRow(row: $0, reasons: [], raw: []) }
        #expect(await code { try await bench.accept([], refused: refused) } == .invalid)
        #expect(try await bench.store.quarantined(limit: 1).isEmpty)
        #expect(try await bench.store.auditSize() == 0)
    }

    @Test(arguments: Engine.delivering)
    func aChunkThatFailsHalfWayLeavesNothing(engine: Engine) async throws {
        let bench = try Bench(engine)
        let row = RefusedRow(row: 1, reasons: [], raw: [])
        let chunk = IntakeChunk(
            run: RunID(number: 999), actor: operatorActor, drafts: [bench.draft(1)], refused: [row], at: noon)
        #expect(await code { _ = try await bench.delivery.accept(chunk) } != nil)
        #expect(try await bench.counts() == [0, 0, 0, 0, 0])
        #expect(try await bench.delivery.auditSize() == 0)
        let acceptance = try await bench.accept([bench.draft(1)])
        #expect(acceptance.new == 1)
        try await bench.expectSoundLog()
    }

    @Test(arguments: Engine.delivering)
    func anAccountThatDoesNotAddUpIsRefused(engine: Engine) async throws {
        let bench = try Bench(engine)
        let run = try await bench.delivery.openRun(
            RunDescription(mapping: "henan-arrivals", actor: operatorActor, startedAt: noon))
        var outcome = RunOutcome()
        outcome.rows = 3
        outcome.accepted = 1
        outcome.quarantined = 1
        let short = outcome
        #expect(await code { try await bench.delivery.closeRun(run, outcome: short) } == .invalid)
        outcome.flagged = 1
        try await bench.delivery.closeRun(run, outcome: outcome)
    }

    @Test(arguments: Engine.delivering)
    func workIsAnnouncedOnceItIsDurable(engine: Engine) async throws {
        let bench = try Bench(engine)
        let heard = Heard()
        bench.delivery.onWork { heard.hear($0) }
        try await bench.accept([bench.draft(1), bench.draft(2, to: bench.provinces.other)])
        #expect(heard.peers == [bench.provinces.peer, bench.provinces.other])
        try await bench.accept([bench.draft(1)])
        #expect(heard.calls == 1)
    }
}
