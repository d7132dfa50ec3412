import AuditLog
import Foundation
import Gateway
import Interchange
import Store
import Testing

@Suite struct BackupTests {
    private static let peer = """
        peers:
          - province: "44"
            url: https://localhost:1
            ca: tls/ca.pem
            keys: [{ publicKey: '{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}' }]
        """
    private static let forever = CivilDate(daysSince1970: 30_000)

    /// A backup of three records, one of which falls due a day later, and one more record since.
    private func story(_ office: Office) async throws -> (backup: String, desk: OperatorDesk) {
        let desk = try office.desk()
        try await desk.accept(1...2, until: Self.forever)
        try await desk.accept(3...3, until: noon.dayInShanghai)
        let backup = try await office.backUp(desk)
        try await desk.accept(4...4, until: Self.forever)
        return (backup, desk)
    }

    @Test func aBackupIsPutBackAndWhatIsDueGoesFirst() async throws {
        let office = try Office(peers: Self.peer)
        let (backup, running) = try await story(office)
        #expect(try await running.events().map(\.event).suffix(2) == [.backupMade, .intakeAccepted])
        await running.store.close()
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: backup).sorted() == ["manifest.json", "store.sqlite"])

        office.now = noon.adding(seconds: day)
        let report = try await office.restore(from: backup)
        #expect(report.auditSize == 3)
        #expect(report.covered == 0)
        #expect(report.erased == 1)
        #expect(report.expired == 0)
        #expect(report.awaiting == ["44"])
        #expect(FileManager.default.fileExists(atPath: try #require(report.former)))

        let desk = try office.desk()
        #expect(try await desk.store.keptLine(of: OperatorDesk.record(1)) != nil)
        #expect(try await desk.store.keptLine(of: OperatorDesk.record(3)) == nil)
        #expect(try await desk.store.keptLine(of: OperatorDesk.record(4)) == nil)
        let mark = try #require(await desk.store.restoreMark())
        #expect(mark.at == office.now)
        #expect(mark.awaiting.map(\.description) == ["44"])
        #expect(try await desk.events().suffix(2).map(\.event) == [.recordErased, .backupRestored])
        let reader = try SQLiteReader(path: office.configuration.storePath)
        let sound = try await reader.verifyAudit(checkpoints: [], keys: [], origin: office.configuration.origin)
        #expect(sound.findings == [])
        await desk.store.close()
    }

    @Test func nothingIsPutBackWhileAGatewayRuns() async throws {
        let office = try Office()
        let (backup, desk) = try await story(office)
        await desk.store.close()
        let lock = try StoreLock(store: office.configuration.storePath)
        #expect(await failure { _ = try await office.restore(from: backup) }?.code == .inUse)
        withExtendedLifetime(lock) {}
    }

    @Test(arguments: ["store.sqlite", "manifest.json"])
    func anAlteredBackupIsRefusedAndTheStoreStays(_ file: String) async throws {
        let office = try Office()
        let (backup, desk) = try await story(office)
        await desk.store.close()
        let before = try Data(contentsOf: URL(fileURLWithPath: office.configuration.storePath))
        let url = URL(fileURLWithPath: "\(backup)/\(file)")
        var content = try Data(contentsOf: url)
        if file == "manifest.json" {
            let text = String(decoding: content, as: UTF8.self)
            content = Data(text.replacingOccurrences(of: #""auditSize" : 3"#, with: #""auditSize" : 2"#).utf8)
        } else {
            content[content.count - 9] ^= 1
        }
        try content.write(to: url)
        #expect(await failure { _ = try await office.restore(from: backup) }?.code == .damaged)
        #expect(try Data(contentsOf: URL(fileURLWithPath: office.configuration.storePath)) == before)
        #expect(!FileManager.default.fileExists(atPath: office.configuration.storePath + ".restoring"))
    }

    @Test func aBackupBehindWhatAPeerHoldsIsRefusedSayingWhatIsLost() async throws {
        let office = try Office(peers: Self.peer)
        let (backup, desk) = try await story(office)
        let held = try await office.checkpoint(desk)
        await desk.store.close()
        let refused = await failure { _ = try await office.restore(from: backup, .holds(held)) }
        #expect(refused?.code == .damaged)
        let said = refused?.message ?? ""
        #expect(said.contains("3 entries") && said.contains("44 holds a checkpoint of 5"), "\(said)")
        #expect(said.contains("2 entries from 3 to 4"), "\(said)")
        #expect(refused?.remedy.contains("yizhan audit reopen") == true)
        let kept = KeptCheckpoint(holder: "a file", note: held)
        #expect(await failure { _ = try await office.restore(from: backup, kept: [kept]) }?.code == .damaged)
    }

    @Test func aBackupThatTwoPersonsAcceptAsBehindGoesOnInANewLogOnly() async throws {
        let office = try Office(peers: Self.peer)
        let (backup, running) = try await story(office)
        let held = try await office.checkpoint(running)
        await running.store.close()
        office.now = noon.adding(seconds: day)
        let report = try await office.restore(from: backup, acceptedBy: ["wang", "li"], .holds(held))
        #expect(report.auditSize == 3)
        #expect(report.lost == 2)
        #expect(report.erased == 0)

        // Whatever is entered in the old log would be signed under its name a second time.
        let (keys, desk) = (try KeyMaterial(office.configuration), try office.desk())
        let refused = await failure {
            try await StoreRestore.completeHeld(office.configuration, keys, desk.store, at: office.now)
        }
        #expect(refused?.code == .logBehind)
        await #expect(throws: StoreError.self) {
            try await desk.store.record([Act(.gatewayStarted, actor: clerk, at: noon)])
        }
        #expect(try await desk.store.auditSize() == 3)

        try await reopenLog(of: desk, held: held, office.configuration.origin)
        await desk.store.close()
        let (named, newKeys) = try office.naming(log: 2)
        let reopened = try OperatorDesk(named, clock: { office.now })
        #expect(
            await failure {
                try await StoreRestore.completeHeld(office.configuration, keys, reopened.store, at: office.now)
            }?.code == .mistakes)
        try await StoreRestore.completeHeld(named, newKeys, reopened.store, at: office.now)
        let entries = try await reopened.events()
        #expect(
            entries.map(\.event) == [
                .logOpened, .changeProposed, .changeApproved, .recordErased, .changeProposed, .changeApproved,
                .backupRestored,
            ])
        #expect(entries.suffix(3).prefix(2).map { $0.actor.organisation.split(separator: ":").last } == ["wang", "li"])
        #expect(try await reopened.store.keptLine(of: OperatorDesk.record(3)) == nil)
        #expect(try await reopened.store.restoreMark()?.awaiting.map(\.description) == ["44"])
        #expect(try await reopened.store.heldRestore() == nil)
        try await StoreRestore.completeHeld(named, newKeys, reopened.store, at: office.now)
        #expect(try await reopened.store.auditSize() == 7)
        await reopened.store.close()
    }

    /// Two persons' approvals, as `yizhan audit reopen` gives them.
    private func reopenLog(of desk: OperatorDesk, held note: [UInt8], _ origin: String) async throws {
        func key(_ name: String, _ seed: UInt8) throws -> NoteVerifierKey {
            try NoteSigner(name: name, seed: [UInt8](repeating: seed, count: 32)).verifierKey
        }
        let own = try key(origin, 1)
        let checkpoint = try Checkpoint.open(note, keys: [own], origin: origin)
        let size = try await desk.store.auditSize()
        let reopening = LogReopening(
            closed: own.description, size: size, root: try await desk.store.root(ofSize: size),
            held: .init(size: checkpoint.size, root: checkpoint.root, note: note, holder: "44"),
            opened: try key("\(origin)/2", 6).description)
        for person in ["op1", "op2"] {
            let actor = AuditActor(organisation: "urn:yizhan:operator:41:\(person)")
            _ = try await desk.store.reopenLog(reopening, by: actor, at: noon)
        }
    }

    @Test func aPeerThatCannotBeAskedTakesTwoPersons() async throws {
        let office = try Office(peers: Self.peer)
        let (backup, desk) = try await story(office)
        await desk.store.close()
        let refused = await failure { _ = try await office.restore(from: backup, .unreachable(because: "down")) }
        #expect(refused?.code == .damaged)
        #expect(refused?.message.contains("44 (down) could not be asked") == true)
        for persons in [["a"], ["a", "a"], ["a", "b c"]] {
            #expect(
                await failure {
                    _ = try await office.restore(from: backup, acceptedBy: persons, .unreachable(because: "down"))
                }?.code
                    == .mistakes)
        }
        _ = try await office.restore(from: backup, acceptedBy: ["wang", "li"], .unreachable(because: "down"))
        let restored = try office.desk()
        let entries = try await restored.events().suffix(3)
        #expect(entries.map(\.event) == [.changeProposed, .changeApproved, .backupRestored])
        #expect(entries.prefix(2).map { $0.actor.organisation.split(separator: ":").last } == ["wang", "li"])
        await restored.store.close()
    }

    @Test func aBackupWhoseWrappingKeyWasDestroyedSaysSo() async throws {
        let office = try Office()
        let (backup, desk) = try await story(office)
        let keeping = try #require(desk.keeping)
        _ = try await keeping.replaceWrappingKey(by: clerk, at: noon)
        _ = try await keeping.tendWrappingKeys(at: noon.adding(seconds: 35 * day))
        await desk.store.close()
        let refused = await failure { _ = try await office.restore(from: backup) }
        #expect(refused?.code == .damaged)
        #expect(refused?.message.contains("wrapping key 1") == true)
    }

    @Test func onlyTheNewestAreLeft() async throws {
        let office = try Office()
        let desk = try office.desk()
        var paths: [String] = []
        for hour: Int64 in 0..<3 {
            office.now = noon.adding(seconds: hour * 3_600)
            let answer = try await MakeBackup(folder: "\(office.path)/shelf", keep: 2).perform(at: desk, by: clerk)
            paths.append(answer.path)
            #expect(answer.removed == (hour < 2 ? [] : ["yizhan-41-20260630T080000Z"]))
        }
        let left = paths.filter { FileManager.default.fileExists(atPath: $0) }
        #expect(left == Array(paths.suffix(2)))
        // The same second again.
        #expect(await failure { _ = try await office.backUp(desk) }?.code == .file)
        #expect(
            await failure { _ = try await MakeBackup(folder: nil, keep: nil).perform(at: desk, by: clerk) }?.code
                == .mistakes)
        await desk.store.close()
    }
}
