import AuditLog
import Foundation
import GRDB
import Interchange
import Store
import Testing

/// What an insider with the file in hand could do to the log, and how verification finds it.
@Suite struct AuditDamageTests {
    /// A closed store of 300 entries in three transactions, and the checkpoint of 200 that a peer holds.
    private func damaged(_ sql: String) async throws -> AuditReport {
        let bench = try Bench(Engine(name: "SQLite") { try SQLiteStore(path: "\($0)/store.sqlite", keys: testKeys()) })
        var kept: SignedCheckpoint?
        for round in 0..<3 {
            try await bench.store.record((0..<100).map { act(round * 100 + $0) })
            if round == 1 { kept = try await bench.checkpoint() }
        }
        await bench.store.close()
        let queue = try DatabaseQueue(path: bench.folder.database)
        try await queue.write { try $0.execute(sql: sql) }
        try queue.close()
        let note = try #require(kept).note
        return try await SQLiteReader(path: bench.folder.database).verifyAudit(
            checkpoints: [KeptCheckpoint(holder: "51", note: Array(note.utf8))], keys: Notary().keys,
            origin: Notary.origin)
    }

    private func act(_ number: Int) -> Act {
        Act(.gatewayStarted, actor: AuditActor(organisation: "gateway"), at: noon, details: [.version: "v\(number)"])
    }

    /// Turns a bit of the byte at a place (from 1) of a blob.
    private static func flip(_ column: String, at place: Int) -> String {
        """
        substr(\(column), 1, \(place - 1))
        || CASE WHEN substr(\(column), \(place), 1) = x'41' THEN x'42' ELSE x'41' END || substr(\(column), \(place + 1))
        """
    }

    @Test func anUntouchedLogIsSound() async throws {
        let report = try await damaged("SELECT 1")
        #expect(report.findings == [])
        #expect(report.size == 300)
        #expect(report.covered == 200)
    }

    @Test(arguments: [4, 20, 40, 150])
    func aFlippedByteOfACoveredEntryIsFound(place: Int) async throws {
        let report = try await damaged(
            "UPDATE audit_entries SET body = CAST(\(Self.flip("body", at: place)) AS BLOB) WHERE first = 100")
        #expect(report.findings.map(\.kind) == [.entryAltered])
        #expect(report.findings.map(\.entries) == [100...100])
    }

    @Test func aFlippedLengthIsFound() async throws {
        let report = try await damaged(
            "UPDATE audit_entries SET body = CAST(\(Self.flip("body", at: 2)) AS BLOB) WHERE first = 100")
        #expect(!report.isSound)
    }

    @Test func aFlippedByteThatNoCheckpointCoversIsFound() async throws {
        let report = try await damaged(
            "UPDATE audit_entries SET body = CAST(\(Self.flip("body", at: 20)) AS BLOB) WHERE first = 200")
        #expect(report.findings.map(\.kind) == [.entryDiffersFromTile])
        #expect(report.findings.map(\.entries) == [200...200])
    }

    @Test func aDeletedRowInTheMiddleIsFound() async throws {
        let report = try await damaged("DELETE FROM audit_entries WHERE first = 100")
        #expect(report.findings.map(\.kind) == [.entryMissing])
        #expect(report.findings.map(\.entries) == [100...199])
    }

    @Test func aDamagedTileIsFound() async throws {
        let report = try await damaged(
            "UPDATE audit_tile SET hashes = CAST(\(Self.flip("hashes", at: 40)) AS BLOB) WHERE level = 0 AND number = 0"
        )
        #expect(report.findings.map(\.kind).contains(.tileDamaged))
    }

    @Test func aDeletedTileIsFound() async throws {
        let report = try await damaged("DELETE FROM audit_tile WHERE level = 0 AND number = 1")
        #expect(report.findings.map(\.kind).contains(.tileMissing))
    }

    @Test func aTailThatWasCutOffWithItsCheckpointsIsFoundByThePeersCheckpoint() async throws {
        let report = try await damaged("DELETE FROM audit_entries WHERE first >= 100; DELETE FROM checkpoint")
        #expect(report.findings.map(\.kind).contains(.logTooShort))
        #expect(report.findings.first { $0.kind == .logTooShort }?.holder == "51")
    }

    @Test func anEntryThatWasAddedWithoutItsLeafIsFound() async throws {
        let report = try await damaged(
            """
            INSERT INTO audit_entries(first, count, body, forms)
            SELECT 300, 1, substr(body, 1, 200), forms FROM audit_entries LIMIT 1
            """
        )
        #expect(!report.isSound)
    }

    @Test func aStoreThatWasRewoundIsFoundEvenAfterItGrewAgain() async throws {
        let bench = try Bench(Engine(name: "SQLite") { try SQLiteStore(path: "\($0)/store.sqlite", keys: testKeys()) })
        try await bench.store.record((0..<10).map { act($0) })
        await bench.store.close()
        let copy = bench.folder.path + "/old.sqlite"
        try FileManager.default.copyItem(atPath: bench.folder.database, toPath: copy)
        var later = try SQLiteStore(path: bench.folder.database, keys: testKeys())
        try await later.record([act(10)])
        let kept = try await later.checkpoint(signedBy: Notary().note, at: noon)
        await later.close()

        try FileManager.default.removeItem(atPath: bench.folder.database)
        try FileManager.default.moveItem(atPath: copy, toPath: bench.folder.database)
        later = try SQLiteStore(path: bench.folder.database, keys: testKeys())
        let held = [KeptCheckpoint(holder: "51", note: Array(kept.note.utf8))]
        let short = try await later.verifyAudit(checkpoints: held, keys: Notary().keys, origin: Notary.origin)
        #expect(short.findings.map(\.kind) == [.logTooShort])
        try await later.record([act(11), act(12)])
        let grown = try await later.verifyAudit(checkpoints: held, keys: Notary().keys, origin: Notary.origin)
        #expect(grown.findings.map(\.kind) == [.rootDiffers])
        await later.close()
    }

    @Test func theDatabaseItselfRefusesASecondRootOfASize() async throws {
        let bench = try Bench(Engine(name: "SQLite") { try SQLiteStore(path: "\($0)/store.sqlite", keys: testKeys()) })
        try await bench.store.record([act(1)])
        _ = try await bench.checkpoint()
        await bench.store.close()
        let queue = try DatabaseQueue(path: bench.folder.database)
        for sql in [
            "UPDATE checkpoint SET root = randomblob(32)", "UPDATE checkpoint SET size = size + 1",
            "INSERT INTO checkpoint(size, root, note, at) SELECT size, randomblob(32), note, at FROM checkpoint",
        ] {
            await #expect(throws: DatabaseError.self) { try await queue.write { try $0.execute(sql: sql) } }
        }
        try queue.close()
    }

    /// The store's own checkpoint is ahead of its entries: nothing may be signed over that.
    @Test func aLogThatIsBehindItsOwnCheckpointIsNotSigned() async throws {
        let bench = try Bench(Engine(name: "SQLite") { try SQLiteStore(path: "\($0)/store.sqlite", keys: testKeys()) })
        for round in 0..<2 { try await bench.store.record((0..<10).map { act(round * 10 + $0) }) }
        _ = try await bench.checkpoint()
        await bench.store.close()
        let queue = try DatabaseQueue(path: bench.folder.database)
        try await queue.write { try $0.execute(sql: "DELETE FROM audit_entries WHERE first >= 10") }
        try queue.close()
        let cut = try SQLiteStore(path: bench.folder.database, keys: testKeys())
        #expect(await code { _ = try await cut.checkpoint(signedBy: Notary().note, at: noon) } == .corrupt)
        try await cut.record((0..<10).map { act(100 + $0) })
        #expect(await code { _ = try await cut.checkpoint(signedBy: Notary().note, at: noon) } == .corrupt)
        await cut.close()
    }
}
