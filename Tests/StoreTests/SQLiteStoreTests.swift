import AuditLog
import Foundation
import GRDB
import Interchange
import Store
import Testing

/// What only the engine on SQLite promises.
@Suite struct SQLiteStoreTests {
    private static let engine = Engine(name: "SQLite") {
        try SQLiteStore(path: "\($0)/store.sqlite", keys: testKeys())
    }

    private static func engine(pages: Int?) -> Engine {
        Engine(name: "SQLite") {
            try SQLiteStore(path: "\($0)/store.sqlite", keys: testKeys(), maximumPages: pages)
        }
    }

    @Test func theLogOfTheDatabaseIsWrittenAhead() async throws {
        let folder = try Folder()
        let store = try SQLiteStore(path: folder.database, keys: testKeys())
        #expect(try await store.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "wal")
        await store.close()
    }

    @Test func onlyTheOwnerCanReadTheFiles() async throws {
        let bench = try Bench(Self.engine)
        try await bench.accept([bench.draft(1)])
        for suffix in ["", "-wal", "-shm"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: bench.folder.database + suffix)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600, "\(suffix)")
        }
    }

    /// Stops at every size that the chunk passes through on its way in.
    @Test func aFullDiskLeavesNothingOfAChunkAndASoundLog() async throws {
        var refusals = 0
        let drafts: @Sendable (Bench) -> [Draft] = { bench in (2...120).map { bench.draft($0) } }
        let first = try Bench(Self.engine)
        try await first.accept([first.draft(1)])
        let least = try await SQLiteReader(path: first.folder.database).read { database in
            try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
        }
        for pages in least...least + 24 {
            let full: Bench
            let run: RunID
            do {
                full = try Bench(Self.engine(pages: pages))
                try await full.accept([full.draft(1)])
                run = try await full.store.openRun(
                    RunDescription(mapping: "m", actor: operatorActor, startedAt: noon))
            } catch let error as StoreError where error.code == .full {
                continue
            }
            let chunk = IntakeChunk(
                run: run, actor: operatorActor, drafts: drafts(full),
                refused: [RefusedRow(row: 1, reasons: [], raw: [0x41])], at: noon)
            guard await code(of: { _ = try await full.store.accept(chunk) }) == .full else { continue }
            refusals += 1
            #expect(try await full.counts() == [1, 0, 0, 0, 0])
            #expect(try await full.store.quarantined(limit: 1).isEmpty)
            #expect(try await full.verified().findings == [])
            #expect(try await full.store.auditSize() == 1)
            await full.store.close()

            let roomy = try SQLiteStore(path: full.folder.database, keys: testKeys())
            let acceptance = try await roomy.accept(chunk)
            #expect(acceptance.new == 119)
            #expect(acceptance.quarantined == 1)
            #expect(try await roomy.auditSize() == 121)
            let report = try await roomy.verifyAudit(checkpoints: [], keys: [], origin: Notary.origin)
            #expect(report.findings == [])
            await roomy.close()
        }
        #expect(refusals >= 10)
    }

    @Test func aFullDiskIsNotTheEndOfTheProcess() async throws {
        let bench = try Bench(Self.engine(pages: 120))
        let large = (1...2_000).map { bench.draft($0) }
        #expect(await code { try await bench.accept(large) } == .full)
        try await bench.accept([bench.draft(1)])
        #expect(try await bench.counts() == [1, 0, 0, 0, 0])
        try await bench.expectSoundLog()
    }

    @Test func aCommitThatFailsCountsNothing() async throws {
        let bench = try Bench(Self.engine)
        var inquiry = bench.inquiry(1, .notHeld)
        inquiry.limits = [
            InquiryLimit(
                counted: .questions, scope: "o", most: 3, until: noon.adding(seconds: 60), reason: "quota")
        ]
        #expect(try await bench.store.answer(inquiry).answer == .unknown)
        let other = try DatabaseQueue(path: bench.folder.database)
        try await other.write { try $0.execute(sql: "ALTER TABLE question_count RENAME TO away") }
        for _ in 0..<5 {
            #expect(await code { _ = try await bench.store.answer(inquiry) } == .corrupt)
        }
        try await other.write { try $0.execute(sql: "ALTER TABLE away RENAME TO question_count") }
        for _ in 0..<2 { #expect(try await bench.store.answer(inquiry).answer == .unknown) }
        #expect(try await bench.store.answer(inquiry).refusal?.reason == "quota")
        #expect(try await bench.store.auditSize() == 5)
        try await bench.expectSoundLog()
    }

    @Test func nothingIsWrittenOnceTheDiskFailed() async throws {
        let folder = try Folder()
        let bench = try Bench(
            Engine(name: "SQLite") { _ in
                try SQLiteStore(path: folder.database, keys: testKeys())
            })
        #expect(try await bench.store.spend(nonce: "a", of: bench.provinces.peer, at: noon))
        await bench.store.close()
        try Self.damageTable("nonce", in: folder.database)
        let damaged = try SQLiteStore(path: folder.database, keys: testKeys())
        let act = Act(.gatewayStopped, actor: operatorActor, at: noon)
        try await damaged.record([act])
        #expect(
            await code { _ = try await damaged.spend(nonce: "b", of: bench.provinces.peer, at: noon) } == .broken)
        #expect(await code { try await damaged.record([act]) } == .broken)
        #expect(try await damaged.auditSize() == 1)
        await damaged.close()
    }

    /// Overwrites the root page of a table in the file.
    private static func damageTable(_ name: String, in path: String) throws {
        let queue = try DatabaseQueue(path: path)
        let root = try #require(
            try queue.read {
                try Int.fetchOne($0, sql: "SELECT rootpage FROM sqlite_schema WHERE name = ?", arguments: [name])
            })
        try queue.close()
        let file = try #require(FileHandle(forUpdatingAtPath: path))
        try file.seek(toOffset: UInt64(root - 1) * 4_096)
        try file.write(contentsOf: Data(repeating: 0xEE, count: 4_096))
        try file.close()
    }

    @Test func aClosedStoreIsOneWholeFile() async throws {
        let bench = try Bench(Self.engine)
        try await bench.accept([bench.draft(1)])
        await bench.store.close()
        let copy = bench.folder.path + "/copy.sqlite"
        try FileManager.default.copyItem(atPath: bench.folder.database, toPath: copy)
        let reader = try SQLiteReader(path: copy)
        #expect(try await reader.auditSize() == 1)
        #expect(try await reader.backlog().map(\.waiting) == [1])
    }

    @Test func aStoreOfALaterVersionIsNotOpened() async throws {
        let folder = try Folder()
        await (try SQLiteStore(path: folder.database, keys: testKeys())).close()
        let queue = try DatabaseQueue(path: folder.database)
        try await queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('9 the future')") }
        try queue.close()
        #expect(await code { _ = try SQLiteStore(path: folder.database, keys: testKeys()) } == .tooNew)
    }

    @Test func anotherWrappingKeyOpensNoPayload() async throws {
        let bench = try Bench(Self.engine)
        try await bench.accept([bench.draft(1)])
        await bench.store.close()
        let keys = try StoreKeys(
            wrapping: [UInt8](repeating: 8, count: 32), lookup: [UInt8](repeating: 2, count: 32),
            log: [UInt8](repeating: 3, count: 32))
        let store = try SQLiteStore(path: bench.folder.database, keys: keys)
        #expect(await code { _ = try await store.keptLine(of: bench.record(1)) } == .corrupt)
        // Nothing of it goes out, and it is set aside.
        let lease = try await store.leaseBatch(
            for: bench.provinces.peer, limits: BatchLimits(), at: noon, until: noon, encode: PlainEncoder().encode)
        #expect(lease == nil)
        #expect(try await store.deliveries(peer: nil, limit: 9).map(\.blockedOn) == ["unreadable"])
        await store.close()
    }

    @Test func aReaderOfNoFileSaysSo() async throws {
        let folder = try Folder()
        #expect(await code { _ = try SQLiteReader(path: folder.database) } == .unavailable)
        #expect(await code { _ = try SQLiteStore(path: folder.path + "/no/such/folder", keys: testKeys()) } != nil)
    }
}
