import AuditLog
import GRDB
import Interchange
import Store
import Testing

/// A new log in the place of one that lost entries.
@Suite struct ReopeningConformance {
    private let one = AuditActor(organisation: "urn:yizhan:operator:41:op1")
    private let two = AuditActor(organisation: "urn:yizhan:operator:41:op2")

    private static func signer(_ number: UInt8) throws -> NoteSigner {
        try NoteSigner(name: "\(Notary.origin)/\(number)", seed: [UInt8](repeating: number, count: 32))
    }

    /// A log with a question in it, under a checkpoint that a witness cosigned.
    private func bench(_ engine: Engine) async throws -> Bench {
        let bench = try Bench(engine)
        try await bench.store.record([
            Act(.gatewayStarted, actor: operatorActor, at: noon),
            Act(
                .questionAnswered, actor: operatorActor, at: noon, purpose: .caseInquiry, subject: bench.subject(1),
                outcome: "no", details: [.queryId: "q1", .question: "currentRegistration"]),
        ])
        let checkpoint = try await bench.checkpoint()
        let text = try SignedNote(parsing: Array(checkpoint.note.utf8)).text
        try await bench.store.keep(
            [KeptCosignature(witness: "w", line: try Self.signer(9).cosign(text, at: 7).line, at: noon)],
            ofSize: checkpoint.size)
        return bench
    }

    /// - Parameter held: entries that somebody saw.
    private func reopening(_ bench: Bench, held: UInt64 = 5, opened number: UInt8 = 2) async throws -> LogReopening {
        let size = try await bench.store.auditSize()
        let root = Digest256.leaf([9])
        return LogReopening(
            closed: try Notary().signer.verifierKey.description, size: size,
            root: try await bench.store.root(ofSize: size),
            held: .init(size: held, root: root, note: Array(try Notary().note(held, root).utf8), holder: "51"),
            opened: try Self.signer(number).verifierKey.description)
    }

    private func reopened(_ bench: Bench) async throws -> Bench {
        let change = try await reopening(bench)
        #expect(try await bench.store.reopenLog(change, by: one, at: noon) == .proposed)
        let step = try await bench.store.reopenLog(change, by: two, at: noon.adding(seconds: 60))
        #expect(step == .inForce(proposer: one.organisation))
        return try await bench.reopened()
    }

    @Test(arguments: Engine.all)
    func theFirstPersonsApprovalEntersNothingAndTheSameCannotGiveTheSecond(engine: Engine) async throws {
        let bench = try await bench(engine)
        let change = try await reopening(bench)
        #expect(try await bench.store.reopenLog(change, by: one, at: noon) == .proposed)
        #expect(try await bench.store.auditSize() == 2)
        #expect(await code { _ = try await bench.store.reopenLog(change, by: one, at: noon) } == .invalid)
        #expect(try await bench.store.closedLogs().isEmpty)
        // Somebody who saw another checkpoint approves another thing.
        let other = try await reopening(bench, held: 6)
        #expect(try await bench.store.reopenLog(other, by: two, at: noon) == .proposed)
    }

    @Test(arguments: Engine.all)
    func aLogThatLostEntriesToARestoreDoesNotGrowBeforeAnotherIsOpened(engine: Engine) async throws {
        var bench = try await bench(engine)
        #expect(try await bench.store.heldRestore() == nil)
        try await bench.store.holdRestore(Array("what it was".utf8))
        let stopped = Act(.gatewayStopped, actor: operatorActor, at: noon)
        #expect(await code { try await bench.store.record([stopped]) } == .corrupt)
        bench = try await bench.reopened()
        #expect(await code { try await bench.store.record([stopped]) } == .corrupt)
        #expect(try await bench.store.auditSize() == 2)
        #expect(try await bench.store.heldRestore()?.isLogOpen == false)

        bench = try await reopened(bench)
        let held = try #require(await bench.store.heldRestore())
        #expect(held.isLogOpen)
        #expect(held.note == Array("what it was".utf8))
        let restored = Act(.backupRestored, actor: operatorActor, at: noon, details: [.size: "2"])
        try await bench.store.markRestored(RestoreMark(at: noon, awaiting: []), entries: [restored, stopped])
        #expect(try await bench.events().suffix(2) == [.backupRestored, .gatewayStopped])
        #expect(try await bench.store.heldRestore() == nil)
    }

    @Test(arguments: Engine.all)
    func aLogThatGrewIsNotClosedAsItWas(engine: Engine) async throws {
        let bench = try await bench(engine)
        let change = try await reopening(bench)
        _ = try await bench.store.reopenLog(change, by: one, at: noon)
        try await bench.store.record([Act(.gatewayStopped, actor: operatorActor, at: noon)])
        #expect(await code { _ = try await bench.store.reopenLog(change, by: two, at: noon) } == .invalid)
        #expect(try await bench.store.auditSize() == 3)
    }

    @Test(arguments: Engine.all)
    func theNewLogBeginsWithWhatTheOldOneWas(engine: Engine) async throws {
        let before = try await bench(engine)
        let change = try await reopening(before)
        let bench = try await reopened(before)
        let entries = try await bench.entries()
        #expect(entries.map(\.event) == [.logOpened, .changeProposed, .changeApproved])
        #expect(entries.map(\.sequence) == [0, 1, 2])
        #expect(entries[1].actor == one && entries[2].actor == two)
        #expect(entries[2].details[.item] == "log:henan.example/log/2")
        let first = entries[0]
        #expect(first.details[.origin] == "henan.example/log")
        #expect(first.details[.size] == "2" && first.details[.root] == change.root.base64)
        #expect(first.details[.entries] == "5" && first.details[.checkpoint] == change.held.root.base64)
        #expect(first.details[.peer] == "51" && first.evidence == Digest256(hashing: change.held.note))
        let closed = try #require(await bench.store.closedLogs().first)
        #expect(closed.reopening == change && closed.number == 1 && closed.missing == 3)
        #expect(try await bench.store.newestCosigned(by: "w") == nil)
    }

    @Test(arguments: Engine.all)
    func underTheOldNameNothingIsSignedAndTheNewLogGrows(engine: Engine) async throws {
        let bench = try await reopened(try await bench(engine))
        await #expect(throws: StoreError.self) { _ = try await bench.checkpoint() }
        let signer = try Self.signer(2)
        let checkpoint = try await bench.store.checkpoint(
            signedBy: { try Checkpoint(origin: signer.name, size: $0, root: $1).signed(by: signer).description },
            at: noon)
        #expect(checkpoint.size == 3)
        try await bench.store.record([Act(.gatewayStarted, actor: operatorActor, at: noon)])
        #expect(try await bench.store.auditSize() == 4)
        let again = try await bench.reopened()
        #expect(try await again.store.auditSize() == 4)
    }

    @Test func theClosedLogStaysVerifiableAndDoesNotChange() async throws {
        let engine = try #require(Engine.all.first)
        let before = try await bench(engine)
        let change = try await reopening(before)
        let bench = try await reopened(before)
        try await bench.store.record([Act(.gatewayStarted, actor: operatorActor, at: noon)])
        let reader = try ClosedLogReader(path: bench.folder.database, log: 1)
        let report = try await reader.verifyAudit(checkpoints: [], keys: Notary().keys, origin: Notary.origin)
        #expect(report.findings == [] && report.size == 2 && report.covered == 2 && report.root == change.root)
        let held = KeptCheckpoint(holder: "51", note: change.held.note)
        let gap = try await reader.verifyAudit(checkpoints: [held], keys: Notary().keys, origin: Notary.origin)
        #expect(gap.findings.map(\.kind) == [.logTooShort])
        let (leaf, path) = try await reader.inclusion(of: 1, size: 2)
        try MerkleProof.verifyInclusion(of: leaf, at: 1, size: 2, root: change.root, path: path)
        #expect(try await reader.cosignedCheckpoint(ofAtLeast: 0, cosignatures: 1)?.size == 2)
        for statement in [
            "UPDATE closed_entries SET body = x'00'", "DELETE FROM closed_entries", "DELETE FROM closed_tile",
            "UPDATE closed_checkpoint SET size = 9",
        ] {
            #expect(throws: DatabaseError.self, "\(statement)") {
                try DatabaseQueue(path: bench.folder.database).write { try $0.execute(sql: statement) }
            }
        }
    }

    @Test(arguments: Engine.all)
    func aPersonIsStillToldWhatTheClosedLogSays(engine: Engine) async throws {
        let bench = try await reopened(try await bench(engine))
        try await bench.store.record([
            Act(
                .questionAnswered, actor: operatorActor, at: noon.adding(seconds: 90), purpose: .caseInquiry,
                subject: bench.subject(1), outcome: "no",
                details: [.queryId: "q2", .question: "currentRegistration"])
        ])
        let log = try await bench.store.accessLog(of: bench.subject(1), limit: 10, by: operatorActor, at: noon)
        #expect(log.inquiries.map { $0.details[.queryId] } == ["q2", "q1"])
    }

    @Test(arguments: Engine.all)
    func aBatchsEvidenceNamesTheLogThatItsEntriesAreIn(engine: Engine) async throws {
        let before = try Bench(engine)
        try await before.accept([before.draft(1), before.draft(2, to: before.provinces.other)])
        let batch = try #require(await before.lease())
        try await before.settle(batch, [.settled])
        let bench = try await reopened(before)
        let found = try #require(await bench.store.evidence(of: batch.id).first)
        #expect(found.closedLog == 1)
        let later = try #require(await bench.lease(bench.provinces.other))
        try await bench.settle(later, [.settled])
        #expect(try await bench.store.evidence(of: later.id).first?.closedLog == nil)
    }
}
