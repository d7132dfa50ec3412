import AuditLog
import Foundation
import GRDB
import Interchange
import Store
import Testing

/// What can only be seen, or be damaged, in the tables themselves.
@Suite struct SQLiteQueueTests {
    private static let engine = Engine(name: "SQLite") { try SQLiteStore(path: "\($0)/store.sqlite", keys: testKeys()) }

    private func bench() throws -> (Bench, SQLiteStore) {
        let bench = try Bench(Self.engine)
        return (bench, try #require(bench.store as? SQLiteStore))
    }

    /// Ids of the envelopes of every segment, in order.
    private func waiting(_ store: SQLiteStore) async throws -> [MessageID] {
        try await store.read { database in
            try Data.fetchAll(database, sql: "SELECT listing FROM segment_body ORDER BY id").flatMap { listing in
                stride(from: 0, to: listing.count, by: 48).compactMap { MessageID(bytes: listing[$0..<$0 + 16]) }
            }
        }
    }

    private func damage(_ bench: Bench, _ sql: String) throws {
        let queue = try DatabaseQueue(path: bench.folder.database)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
    }

    @Test func whatIsInNoBatchIsCancelled() async throws {
        let (bench, store) = try bench()
        try await bench.accept((1...4).map { bench.draft($0) })
        let first = try #require(await bench.lease(limits: BatchLimits(envelopes: 1)))
        let ids = try await waiting(store)
        #expect(try await store.delivery(ids[2])?.summary.state == "available")
        #expect(try await store.cancel(ids[2], by: bench.clerk, at: noon) == 1)
        #expect(try await bench.counts() == [3, 1, 0, 0, 0])
        let rest = try #require(await bench.lease())
        #expect(Set(rest.envelopes.map(\.id)) == [ids[1], ids[3]])
        try await bench.settle(first, [.settled])
        try await bench.settle(rest, [.settled, .settled])
        #expect(try await bench.counts() == [0, 0, 3, 0, 0])
        #expect(try await store.delivery(ids[2])?.summary.state == "cancelled")
        try await bench.expectSoundLog()
    }

    @Test func aSegmentThatDoesNotOpenKeepsNobodyBackAndLosesNothing() async throws {
        let (bench, store) = try bench()
        try await bench.accept([bench.draft(1)])
        try await bench.accept([bench.draft(2)])
        let ids = try await waiting(store)
        try damage(
            bench, "UPDATE segment_body SET body = CAST(substr(body, 2) || substr(body, 1, 1) AS BLOB) WHERE id = 1")
        #expect(try #require(await bench.lease()).envelopes.map(\.id) == [ids[1]])
        #expect(try await bench.lease() == nil)
        #expect(try await store.nextDue(for: bench.provinces.peer) == noon.adding(seconds: 60))
        let listed = try #require(await store.deliveries(peer: nil, limit: 9).first { $0.unit == .segment })
        #expect(listed.blockedOn == "unreadable")
        #expect(try await bench.counts() == [2, 1, 0, 0, 0])
        // The right key file is back, say.
        try damage(
            bench,
            """
            UPDATE segment_body SET body = CAST(substr(body, -1) || substr(body, 1, length(body) - 1) AS BLOB) WHERE id = 1
            """)
        _ = try await store.retry(.peer(bench.provinces.peer), by: bench.clerk, at: noon)
        #expect(try #require(await bench.lease()).envelopes.map(\.id) == [ids[0]])
    }

    @Test func aSegmentThatDoesNotOpenKeepsNothingElseFromBeingErased() async throws {
        let (bench, _) = try bench()
        try await bench.accept([bench.draft(1)])
        try await bench.accept([bench.draft(2)])
        try damage(
            bench, "UPDATE segment_body SET body = CAST(substr(body, 2) || substr(body, 1, 1) AS BLOB) WHERE id = 1")
        #expect(try await bench.eraseAll(on: RetentionConformance.dayAfter) == 1)
        #expect(try await bench.kept(2) == nil)
        try damage(
            bench,
            """
            UPDATE segment_body SET body = CAST(substr(body, -1) || substr(body, 1, length(body) - 1) AS BLOB) WHERE id = 1
            """)
        #expect(try await bench.kept(1) != nil)
        #expect(try await bench.eraseAll(on: CivilDate(daysSince1970: 21_002)) == 1)
        #expect(try await bench.kept(1) == nil)
    }

    @Test func aBatchThatDoesNotOpenIsADeadLetter() async throws {
        let (bench, store) = try bench()
        try await bench.accept([bench.draft(1)])
        let batch = try #require(await bench.lease())
        try await bench.postpone(batch, until: noon)
        try await bench.accept([bench.draft(2)])
        try damage(bench, "UPDATE batch_body SET body = zeroblob(40)")
        let next = try #require(await bench.lease())
        #expect(next.id != batch.id)
        #expect(try await store.delivery(batch.id)?.summary.state == "deadLettered")
        #expect(try await bench.counts() == [1, 1, 0, 0, 1])
        try await bench.expectSoundLog()
    }

    @Test func aRetractionPutsAnotherKeyInPlaceOfTheOldOne() async throws {
        let (bench, store) = try bench()
        _ = try await bench.outcomes(1, [bench.arriving(1, record: 1), bench.arriving(2, record: 2)])
        func keys() async throws -> [Int64?] {
            try await store.read { database in
                try Optional<Int64>.fetchAll(database, sql: "SELECT data_key FROM received_body ORDER BY id")
            }
        }
        let before = try await keys()
        _ = try await bench.outcomes(2, [bench.retracting(3, record: 3, of: bench.theirs(1))])
        let between = try await keys()
        #expect(between[0] != nil)
        #expect(between[0] != before[0])
        // The last record of a body takes the key with it.
        _ = try await bench.outcomes(3, [bench.retracting(4, record: 4, of: bench.theirs(2))])
        let after = try await keys()
        #expect(after[0] == nil)
        #expect(after[1] != nil)
    }

    @Test func aRelocationMovesTheRegistration() async throws {
        let (bench, store) = try bench()
        _ = try await bench.outcomes(1, [bench.arriving(1, record: 1)])
        var relocation = bench.departing(2, record: 2, ending: 1)
        relocation.record?.kind = .relocation
        relocation.record?.division = DivisionCode(number: 510_107)
        _ = try await bench.outcomes(2, [relocation])
        let written = try await store.read { database in
            try Data.fetchOne(database, sql: "SELECT body FROM index_log WHERE number = 13 ORDER BY id DESC LIMIT 1")
        }
        // Of the entry's 31 bytes after the mark of a registration: 51, and 510107 with the least byte first.
        #expect(Array(try #require(written).suffix(30).prefix(5)) == [51, 0x9B, 0xC8, 0x07, 0x00])
        #expect(try await bench.answer(bench.subject(1), in: bench.provinces.peer) == .yes)
    }

    @Test func nothingStaysParkedOfWhatWasAppliedOrRefused() async throws {
        let (bench, store) = try bench()
        let departures = (2...3).map { bench.departing($0, record: $0, ending: 1) }
        _ = try await bench.outcomes(1, departures)
        func parked() async throws -> Int {
            try await store.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM parked") ?? -1 }
        }
        #expect(try await parked() == 2)
        _ = try await bench.outcomes(2, [bench.arriving(1, record: 1), departures[0]])
        #expect(try await parked() == 1)
        var bad = departures[1]
        bad.record = nil
        bad.violations = [.init(code: .length, pointer: "/x", column: nil)]
        _ = try await bench.outcomes(3, [bad])
        #expect(try await parked() == 0)
    }
}
