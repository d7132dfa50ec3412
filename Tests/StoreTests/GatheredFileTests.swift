import Foundation
import GRDBSQLite
import Seeding
import Testing

/// What SQLite hands over in pieces reaches the disk whole, in few calls, or not at all.
@Suite(.serialized) struct GatheredFileTests {
    private func withPath(_ body: (String) throws -> Void) throws {
        #expect(FaultyLayer.isInstalled)
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body("\(folder)/gathered.sqlite")
    }

    /// A database whose writer's log is gathered, with a table.
    private func open(_ path: String, layer: String = FaultyLayer.logs) throws -> BareConnection {
        let writer = try #require(BareConnection(path, layer: layer))
        writer.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0")
        writer.run("CREATE TABLE IF NOT EXISTS t(id INTEGER PRIMARY KEY, body BLOB)")
        return writer
    }

    private func checkpointer(_ path: String) throws -> BareConnection {
        let checkpointer = try #require(BareConnection(path, layer: FaultyLayer.databases))
        // Only a connection that has read something knows of the log.
        _ = checkpointer.run("PRAGMA synchronous = FULL; SELECT count(*) FROM t")
        return checkpointer
    }

    private func rows(_ connection: BareConnection) -> String? { connection.text("SELECT count(*) FROM t") }

    /// Inserts so many rows of a page each.
    private static func insert(_ rows: Int) -> String {
        "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(rows)) INSERT INTO t(body) SELECT randomblob(3000) FROM n"
    }

    @Test func aCommitIsWrittenInFewCallsAndSeenByOthers() throws {
        try withPath { path in
            let writer = try open(path)
            let before = FaultyLayer.writes
            #expect(writer.run(Self.insert(500)) == SQLITE_OK)
            // Some 500 pages, which without gathering are two writes each, in pieces of 127 KiB.
            let writes = FaultyLayer.writes - before
            #expect((16...24).contains(writes), "\(writes) writes")
            let reader = try #require(BareConnection(path, layer: FaultyLayer.plain))
            #expect(rows(reader) == "500")
            #expect(reader.text("PRAGMA integrity_check") == "ok")
        }
    }

    @Test func aSmallCommitIsWrittenAtOnce() throws {
        try withPath { path in
            let writer = try open(path)
            let reader = try #require(BareConnection(path, layer: FaultyLayer.plain))
            for number in 1...20 {
                let before = FaultyLayer.writes
                #expect(writer.run("INSERT INTO t(body) VALUES ('x')") == SQLITE_OK)
                #expect(FaultyLayer.writes == before + 1)
                #expect(rows(reader) == "\(number)")
            }
        }
    }

    @Test(arguments: 0..<6) func aCommitOfWhichAWriteFailsIsRefused(write: Int) throws {
        try withPath { path in
            let writer = try open(path)
            #expect(writer.run("INSERT INTO t(body) VALUES ('held')") == SQLITE_OK)
            FaultyLayer.fail(after: write)
            #expect(writer.run(Self.insert(200)) == SQLITE_FULL)
            #expect(FaultyLayer.hasFailed)
            #expect(rows(writer) == "1")
            #expect(writer.run(Self.insert(30)) == SQLITE_OK)
            let reader = try #require(BareConnection(path, layer: FaultyLayer.plain))
            #expect(rows(reader) == "31")
            #expect(reader.text("PRAGMA integrity_check") == "ok")
        }
    }

    @Test func whatACheckpointCouldNotWriteItWritesWhenThereIsRoom() throws {
        try withPath { path in
            let writer = try open(path)
            #expect(writer.run(Self.insert(20)) == SQLITE_OK)
            let checkpointer = try checkpointer(path)
            // Its pages follow each other: one write, which is due when it has them all.
            FaultyLayer.fail(after: 0)
            let before = FaultyLayer.writes
            #expect(checkpointer.checkpoint() == SQLITE_OK)
            #expect(FaultyLayer.hasFailed)
            #expect(FaultyLayer.writes == before + 2)
            // Without the log: what the checkpoint wrote, and nothing else.
            let copy = path + "-copy"
            try FileManager.default.copyItem(atPath: path, toPath: copy)
            let alone = try #require(BareConnection(copy, layer: FaultyLayer.plain))
            #expect(rows(alone) == "20")
            #expect(alone.text("PRAGMA integrity_check") == "ok")
        }
    }

    @Test func aCheckpointOfWhichAnEarlierWriteFailsIsRefused() throws {
        try withPath { path in
            let writer = try open(path)
            #expect(writer.run(Self.insert(200)) == SQLITE_OK)
            let checkpointer = try checkpointer(path)
            FaultyLayer.fail(after: 1)
            #expect(checkpointer.checkpoint() == SQLITE_FULL)
            #expect(FaultyLayer.hasFailed)
            let reader = try #require(BareConnection(path, layer: FaultyLayer.plain))
            #expect(rows(reader) == "200")
            #expect(checkpointer.checkpoint() == SQLITE_OK)
            #expect(rows(reader) == "200")
            #expect(reader.text("PRAGMA integrity_check") == "ok")
        }
    }

    /// Transactions of all sizes, with a cache too small for them, so that pages are written before the commit, read again and written over; taken back
    /// in part and whole; with checkpoints between them and failures among them.
    @Test(arguments: 1...12 as ClosedRange<UInt64>) func whateverIsDoneTheFileIsWhatWasCommitted(seed: UInt64) throws {
        try withPath { path in
            var generator = SplitMix64(seed: seed)
            let writer = try open(path)
            writer.run("PRAGMA cache_size = 10; PRAGMA cache_spill = 10")
            let checkpointer = try checkpointer(path)
            let reader = try #require(BareConnection(path, layer: FaultyLayer.plain))
            var held = "0,0"
            let state = "SELECT count(*) || ',' || coalesce(sum(length(body)), 0) FROM t"
            for _ in 0..<40 {
                if Int.random(in: 0..<6, using: &generator) == 0 {
                    FaultyLayer.fail(after: Int.random(in: 0..<12, using: &generator))
                }
                var code = writer.run("BEGIN IMMEDIATE")
                for _ in 0..<Int.random(in: 1...4, using: &generator) where code == SQLITE_OK {
                    code = writer.run(Self.step(&generator))
                }
                let isKept = code == SQLITE_OK && Int.random(in: 0..<5, using: &generator) > 0
                let wanted = isKept ? writer.text(state) : nil
                if isKept, let wanted, writer.run("COMMIT") == SQLITE_OK {
                    held = wanted
                } else {
                    writer.run("ROLLBACK")
                }
                #expect(reader.text(state) == held, "seed \(seed)")
                if Int.random(in: 0..<4, using: &generator) == 0 { _ = checkpointer.checkpoint() }
                #expect(writer.text(state) == held, "seed \(seed)")
            }
            // What was asked for and did not come must not meet what follows.
            FaultyLayer.fail(after: .max)
            #expect(reader.text("PRAGMA integrity_check") == "ok", "seed \(seed)")
        }
    }

    private static func step(_ generator: inout SplitMix64) -> String {
        let some = Int.random(in: 1...9, using: &generator)
        return switch Int.random(in: 0..<5, using: &generator) {
        case 0: insert(Int.random(in: 1...150, using: &generator))
        case 1: "UPDATE t SET body = randomblob(\(some * 400)) WHERE id % \(some) = 0"
        case 2: "DELETE FROM t WHERE id % \(some + 3) = 0"
        case 3: "SAVEPOINT s; \(insert(some * 10)); ROLLBACK TO s; RELEASE s"
        default: "SAVEPOINT s; \(insert(some * 10)); UPDATE t SET body = randomblob(900) WHERE id % 7 = 0; RELEASE s"
        }
    }
}
