import AuditLog
import Foundation
import GRDB
import Interchange
import Store
import Testing

/// What lies on the disk, and with which keys it opens.
@Suite struct AtRestTests {
    private static let plain = [UInt8](repeating: 1, count: 32)

    private static func keys(_ wrapping: [UInt8] = plain) throws -> StoreKeys {
        try StoreKeys(
            wrapping: wrapping, lookup: [UInt8](repeating: 2, count: 32), log: [UInt8](repeating: 3, count: 32))
    }

    private static func bench(_ keys: StoreKeys) throws -> Bench {
        try Bench(Engine(name: "SQLite") { try SQLiteStore(path: "\($0)/store.sqlite", keys: keys) })
    }

    /// Two records of one segment, delivered; the first is kept less long.
    private func neighbours(_ keys: StoreKeys) async throws -> Bench {
        let bench = try Self.bench(keys)
        try await bench.accept([bench.draft(1), bench.draft(2, until: RetentionConformance.later)])
        try await bench.settle(#require(await bench.lease()), [.settled, .settled])
        return bench
    }

    private func rotate(_ keys: StoreKeys, _ bench: Bench) async throws {
        keys.wrappingKeys = keys.wrappingKeys.replaced(at: noon)
        try await rewrap(bench)
    }

    private func rewrap(_ bench: Bench) async throws {
        var place: Int64? = 0
        while let next = place { place = try await bench.store.rewrapDataKeys(after: next) }
    }

    @Test func whatWasErasedDoesNotOpenWithYesterdaysFileAndTodaysKeys() async throws {
        let keys = try Self.keys()
        let bench = try await neighbours(keys)
        let yesterday = try Folder()
        try await bench.store.copy(to: yesterday.database)
        try await bench.eraseAll(on: RetentionConformance.dayAfter)
        try await rotate(keys, bench)
        keys.wrappingKeys = keys.wrappingKeys.without(1)
        #expect(try await bench.kept(1) == nil)
        #expect(try await bench.kept(2) != nil)

        let old = try SQLiteStore(path: yesterday.database, keys: try Self.keys(keys.wrappingKeys.file))
        #expect(await code { _ = try await old.keptLine(of: bench.record(1)) } == .corrupt)
        await old.close()
        // It is the destroyed key that it would take.
        let opened = try SQLiteStore(path: yesterday.database, keys: try Self.keys())
        #expect(try await opened.keptLine(of: bench.record(1)) != nil)
        await opened.close()
    }

    @Test func anErasedKeyStandsNowhereInTheFiles() async throws {
        let bench = try await neighbours(Self.keys())
        let before = try await Self.wrappedKeys(bench)
        try await bench.store.finishRetention(of: RetentionConformance.lastDay)
        #expect(try Self.count(of: before, in: bench.folder) == before.count)
        try await bench.eraseAll(on: RetentionConformance.dayAfter)
        try await bench.store.finishRetention(of: RetentionConformance.dayAfter)
        let now = try await Self.wrappedKeys(bench)
        #expect(now.count == 1)
        let gone = before.filter { !now.contains($0) }
        #expect(gone.count == 1)
        #expect(try Self.count(of: gone, in: bench.folder) == 0)
    }

    /// Of bodies that are there: the one segment's.
    private static func wrappedKeys(_ bench: Bench) async throws -> [[UInt8]] {
        try await SQLiteReader(path: bench.folder.database).read { database in
            try Data.fetchAll(database, sql: "SELECT wrapped FROM data_key WHERE wrapping_key_id > 0").map { Array($0) }
        }
    }

    private static func count(of texts: [[UInt8]], in folder: Folder) throws -> Int {
        let files = try ["", "-wal"].map { try Data(contentsOf: URL(fileURLWithPath: folder.database + $0)) }
        return texts.count { text in files.contains { $0.range(of: Data(text)) != nil } }
    }

    @Test func aSettledBatchKeepsNoKey() async throws {
        let bench = try await neighbours(Self.keys())
        #expect(try await Self.wrappedKeys(bench).count == 1)
    }

    @Test func afterARotationOnlyTheNewKeyIsNeeded() async throws {
        let keys = try Self.keys()
        let bench = try await neighbours(keys)
        try await bench.accept([], refused: [RefusedRow(row: 1, reasons: [], raw: [0x41])])
        try await rotate(keys, bench)
        try await bench.accept([bench.draft(3)])
        #expect(try await bench.store.dataKeys(wrappedBy: 1) == 0)
        #expect(try await bench.store.dataKeys(wrappedBy: 2) == 3)
        await bench.store.close()
        let later = try SQLiteStore(
            path: bench.folder.database, keys: try Self.keys(keys.wrappingKeys.without(1).file))
        for number: UInt64 in 1...3 { #expect(try await later.keptLine(of: bench.record(number)) != nil) }
        #expect(try await later.quarantinedContents([1]).map(\.raw) == [[0x41]])
        await later.close()
    }

    /// Stops after the key file was written, and again after the first of the steps.
    @Test func aRotationThatWasCutOffGoesOn() async throws {
        let first = try Self.keys()
        let bench = try Self.bench(first)
        let rows = (1...1_500).map { RefusedRow(row: $0, reasons: [], raw: [0x41]) }
        try await bench.accept([], refused: rows)
        let file = first.wrappingKeys.replaced(at: noon).file
        await bench.store.close()

        var keys = try Self.keys(file)
        var store = try SQLiteStore(path: bench.folder.database, keys: keys)
        #expect(try await store.dataKeys(wrappedBy: 1) == 1_500)
        #expect(try await store.rewrapDataKeys(after: 0) == 1_000)
        await store.close()

        keys = try Self.keys(file)
        store = try SQLiteStore(path: bench.folder.database, keys: keys)
        #expect(try await store.dataKeys(wrappedBy: 1) == 500)
        #expect(try await store.quarantinedContents([1, 1_500]).count == 2)
        #expect(try await store.rewrapDataKeys(after: 0) == nil)
        #expect(try await store.dataKeys(wrappedBy: 2) == 1_500)
        await store.close()
    }

    @Test func theKeyFileSaysWhatItSaid() throws {
        let first = try WrappingKeys(file: Self.plain, madeAt: noon)
        #expect(first.current.id == 1)
        #expect(first.current.madeAt == noon)
        let third = first.replaced(at: noon.adding(seconds: 60)).replaced(at: noon.adding(seconds: 120))
        let read = try WrappingKeys(file: third.file)
        #expect(read.keys.map(\.id) == [3, 2, 1])
        let replaced: [Instant?] = [nil, noon.adding(seconds: 120), noon.adding(seconds: 60)]
        #expect(read.keys.map(\.replacedAt) == replaced)
        #expect(read.keys.map(\.madeAt) == [noon.adding(seconds: 120), noon.adding(seconds: 60), noon])
        #expect(read.file == third.file)
        // The key in force is never taken out.
        #expect(read.without(3).keys.map(\.id) == [3, 2, 1])
        #expect(read.without(2).keys.map(\.id) == [3, 1])
    }

    @Test(arguments: [
        "", "yizhan wrapping keys 1\n", "yizhan wrapping keys 2\n1 2026-06-30T08:00:00Z - AQ==\n",
        "yizhan wrapping keys 1\n1 2026-06-30T08:00:00Z - AQ==\n",
        "yizhan wrapping keys 1\n1 2026-06-30T08:00:00Z - AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
        "yizhan wrapping keys 1\n1 2026-06-30T08:00:00Z 2026-06-30T08:00:00Z AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n",
    ])
    func aDamagedKeyFileIsRefused(_ text: String) {
        #expect(throws: StoreError.self) { try WrappingKeys(file: Array(text.utf8)) }
    }

    @Test func aCopyIsWholeWhileWritingGoesOn() async throws {
        let keys = try Self.keys()
        let bench = try Self.bench(keys)
        try await bench.accept((1...50).map { bench.draft($0) })
        let folder = try Folder()
        try await withThrowingTaskGroup { group in
            for number: UInt64 in 51...90 { group.addTask { _ = try await bench.accept([bench.draft(number)]) } }
            group.addTask { try await bench.store.copy(to: folder.database) }
            try await group.waitForAll()
        }
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.database)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        let copy = try SQLiteReader(path: folder.database)
        #expect(try await copy.integrityFindings() == [])
        let account = try await copy.account()
        #expect(account.wrappingKeys == [1])
        let waiting = try #require(await copy.backlog().first).waiting
        #expect((50...90).contains(waiting))
        #expect(account.auditSize == UInt64(waiting))
        let report = try await copy.verifyAudit(checkpoints: [], keys: Notary().keys, origin: Notary.origin)
        #expect(report.findings == [])
        #expect(report.root == account.auditRoot)
        #expect(try await bench.counts() == [90, 0, 0, 0, 0])
        #expect(await code { try await bench.store.copy(to: folder.path + "/no/folder.sqlite") } == .unavailable)
    }

    /// A store of the version before, made of one of this version.
    @Test func keysOfAnEarlierStoreMoveIntoTheirTable() async throws {
        let bench = try await neighbours(Self.keys())
        try await bench.accept([bench.draft(3)], refused: [RefusedRow(row: 1, reasons: [], raw: [0x41])])
        let waiting = try #require(await bench.lease())
        try await bench.accept([bench.draft(4)])
        try await bench.settle(#require(await bench.lease()), [.parked])
        _ = try await bench.outcomes(1, [bench.whole(1, record: 1)])
        _ = try await bench.outcomes(2, [bench.whole(2, record: 2), bench.whole(3, record: 3)])
        try Self.takeBack(bench.folder.database)

        let again = try await bench.reopened()
        for number: UInt64 in 1...4 { #expect(try await again.kept(number) != nil) }
        for number: UInt64 in 1...3 { #expect(try await again.store.keptLine(of: again.theirs(number)) != nil) }
        #expect(try await again.store.quarantinedContents([1]).map(\.raw) == [[0x41]])
        let sent = try #require(await again.lease(at: noon.adding(seconds: 61)))
        #expect(sent.content.bytes == waiting.content.bytes)
        try await again.settle(sent, [.settled])
        let parked = try await again.kept(4)
        #expect(try #require(await again.lease(at: noon.adding(seconds: 90_000))).lines == [parked])
        // Nothing is known of what is due: every payload is looked at once.
        #expect(try await again.eraseAll(on: RetentionConformance.lastDay) == 0)
        #expect(try await again.eraseAll(on: RetentionConformance.dayAfter) == 6)
    }

    private static func takeBack(_ path: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { database in
            for table in ["segment_body", "received_body", "quarantine", "batch_body", "exception"] {
                let empty = table == "batch_body" ? "BLOB NOT NULL DEFAULT x'00'" : "BLOB"
                try database.execute(
                    sql: """
                        ALTER TABLE \(table) ADD COLUMN wrapped_key \(empty);
                        UPDATE \(table) SET wrapped_key = (SELECT wrapped FROM data_key WHERE id = data_key)
                        WHERE data_key IS NOT NULL;
                        DROP TRIGGER \(table)_key_replaced;
                        DROP TRIGGER \(table)_key_deleted;
                        ALTER TABLE \(table) DROP COLUMN data_key;
                        """)
            }
            try database.execute(
                sql: """
                    ALTER TABLE received_body DROP COLUMN sender;
                    ALTER TABLE received_body DROP COLUMN batch;
                    ALTER TABLE received_body ADD COLUMN identity TEXT;
                    DROP INDEX batch_part_segment;
                    DROP INDEX exception_expired;
                    DROP TABLE data_key;
                    DROP TABLE due;
                    DROP TABLE former_place;
                    DELETE FROM grdb_migrations WHERE identifier = '10 at rest';
                    """)
        }
        try queue.close()
    }
}
