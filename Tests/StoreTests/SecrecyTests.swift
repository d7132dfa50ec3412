import AuditLog
import Foundation
import GRDB
import Interchange
import Store
import Testing

/// Personal data of canaries is carried along every way through the store and then looked for in its files.
@Suite struct SecrecyTests {
    private static let name = "欧阳金丝雀"
    private static let number = "510105199103078016"
    private static let employer = "91510100MA6CANARY1"

    private func canaryDraft(_ bench: Bench, _ place: UInt64, to peer: Province) -> Draft {
        var draft = bench.draft(place, to: peer, saying: Self.name + Self.number)
        draft.subject = Array(Self.number.utf8)
        draft.facts = StatusFacts(
            identity: StatusFacts.identity(name: Self.name, birthDate: CivilDate(daysSince1970: 7_735)),
            employer: Array(Self.employer.utf8))
        return draft
    }

    /// Intake, quarantine, sending, parking, refusal, reopening, receiving, status.
    private func exercise(_ bench: Bench) async throws {
        let (peer, other) = (bench.provinces.peer, bench.provinces.other)
        let row = RefusedRow(
            row: 1, reasons: [.init(code: .idChecksum, pointer: "/person/idNumber", column: "证件号码")],
            raw: Array("\(Self.name),\(Self.number)".utf8))
        let drafts = (1...4).map { canaryDraft(bench, $0, to: $0 < 4 ? peer : other) }
        try await bench.accept(drafts, refused: [row])
        let batch = try #require(await bench.lease())
        try await bench.settle(batch, [.settled, .parked, .refused(conflict: false, codes: ["ID_CHECKSUM"])])
        let second = try #require(await bench.lease(other))
        try await bench.store.reopen(second.id, inBatchesOf: 1, because: "413", at: noon)
        _ = try await bench.lease(other)
        var incoming = bench.arriving(1, record: 1, saying: Self.name + Self.number)
        incoming.record?.subject = Array(Self.number.utf8)
        _ = try await bench.outcomes(1, [incoming])
        let act = Act(.questionAnswered, actor: operatorActor, at: noon, purpose: .caseInquiry)
        let answer = try await bench.store.answer(
            Inquiry(
                subject: Array(Self.number.utf8), question: .currentRegistration(peer), entry: act, at: noon))
        #expect(answer.answer == .yes)
        var similar = bench.inquiry(
            1, .identityMatches(StatusFacts.identity(name: Self.name, birthDate: noon.dayInShanghai)))
        similar.subject = Array(Self.number.utf8)
        similar.limits = [
            InquiryLimit(
                counted: .similar, scope: "police-1", most: 3, until: noon.adding(seconds: 60), reason: "similar")
        ]
        let asked = PeerQuestion(
            peer: peer, id: message(1), digest: Digest256(hashing: Array("question".utf8)), nonce: "status",
            validUntil: noon.adding(seconds: 60), notice: (Array((Self.name + Self.number).utf8), noon))
        _ = try await bench.store.answer(similar, of: asked)
        try await bench.eraseAll(on: RetentionConformance.dayAfter)
        try await bench.store.copy(to: "\(bench.folder.path)/copy.sqlite")
    }

    @Test func noCanaryStandsInTheFiles() async throws {
        let bench = try Bench(Engine(name: "SQLite") { try SQLiteStore(path: "\($0)/store.sqlite", keys: testKeys()) })
        try await exercise(bench)
        let canaries: [[UInt8]] = [
            Array(Self.name.utf8), Array(Self.number.utf8), Array(Self.employer.utf8),
            Array(Self.number.prefix(14).utf8),
            // An unkeyed hash of a number is the number.
            Digest256(hashing: Array(Self.number.utf8)).bytes,
            Array(Digest256(hashing: Array(Self.number.utf8)).description.utf8),
            Array(Digest256(hashing: Array(Self.number.utf8)).base64.utf8),
        ]
        try search(bench.folder.path, for: canaries)
        await bench.store.close()
        try search(bench.folder.path, for: canaries)
    }

    /// A salt is what makes a pseudonym of the audit log somebody's: of one that is forgotten no page that was set free has it, either.
    @Test func noSaltOfAForgottenPersonStandsInTheFiles() async throws {
        let bench = try Bench(Engine(name: "SQLite") { try SQLiteStore(path: "\($0)/store.sqlite", keys: testKeys()) })
        // More than fill a page of a run: pages that keep something are written anew in any case.
        for number in 1...400 { _ = try await bench.answer(UInt64(number)) }
        _ = try await bench.answer(401, at: noon.adding(seconds: 86_400))
        let salts = try salts("\(bench.folder.path)/store.sqlite")
        #expect(salts.count == 401)
        try await bench.store.beginForgettingPersons(before: noon.adding(seconds: 86_400).dayInShanghai)
        while try await bench.store.continueForgettingPersons() {}
        await bench.store.close()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(bench.folder.path)/store.sqlite"))
        #expect(salts.dropLast().count { bytes.range(of: $0) != nil } == 0)
        #expect(bytes.range(of: try #require(salts.last)) != nil)
    }

    /// Of all persons, from the log of their index: a key of 16 bytes, a mark, the salt, the day of the last act.
    private func salts(_ path: String) throws -> [Data] {
        let queue = try DatabaseQueue(path: path)
        let bodies = try queue.read {
            try Data.fetchAll($0, sql: "SELECT body FROM index_log WHERE number = 2 ORDER BY id")
        }
        try queue.close()
        let entries = Array(bodies.joined())
        return stride(from: 0, to: entries.count, by: 37).map { Data(entries[$0 + 17..<$0 + 33]) }
    }

    private func search(_ folder: String, for canaries: [[UInt8]]) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(names.contains("store.sqlite"))
        for name in names {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
            for (place, canary) in canaries.enumerated() {
                #expect(bytes.range(of: Data(canary)) == nil, "canary \(place) in \(name)")
            }
            // The search itself finds what is there.
            if name == "store.sqlite" { #expect(bytes.range(of: Data("SQLite format 3".utf8)) != nil) }
        }
    }

    @Test func anErrorNeverRepeatsAValue() async throws {
        let bench = try Bench(Engine(name: "SQLite") { try SQLiteStore(path: "\($0)/store.sqlite", keys: testKeys()) })
        let row = RefusedRow(row: 1, reasons: [], raw: Array(Self.number.utf8))
        let chunk = IntakeChunk(
            run: RunID(number: 999), actor: operatorActor,
            drafts: [canaryDraft(bench, 1, to: bench.provinces.peer)], refused: [row], at: noon)
        let error = await #expect(throws: StoreError.self) { _ = try await bench.store.accept(chunk) }
        let text = String(describing: try #require(error))
        #expect(!text.contains(Self.number))
        #expect(!text.contains(Self.name))
    }
}
