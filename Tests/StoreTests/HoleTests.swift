import Foundation
import GRDB
import Interchange
import Store
import Testing

/// Holes that are cut by hand, in the tables of the engine on SQLite.
@Suite struct HoleTests {
    private let bench: Bench

    init() throws { bench = try Bench(try #require(Engine.all.first)) }

    /// Runs SQL on the file beside the store, as a person with a shell would: without foreign keys.
    private func cut(_ sql: String) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        try DatabaseQueue(path: bench.folder.database, configuration: configuration).write { try $0.execute(sql: sql) }
    }

    @Test(arguments: ["leaf", "batch"])
    func aHoleInTheSendersBooksShowsInTheRoot(_ table: String) async throws {
        try await bench.deliver(1...4)
        #expect(try await bench.windows(bench.sent).map(\.summary.leaves) == [4])
        try cut("DELETE FROM \(table)")
        #expect(try await bench.windows(bench.sent) == [])
    }

    @Test(arguments: ["leaf", "received"])
    func aHoleInTheReceiversBooksShowsInTheRoot(_ table: String) async throws {
        let envelopes = (1...4).map { bench.arriving($0, record: $0) }
        _ = try await bench.outcomes(1, envelopes)
        let whole = try await bench.windows(bench.received)
        #expect(whole.map(\.summary.leaves) == [4])
        try cut("DELETE FROM \(table)")
        #expect(try await bench.windows(bench.received) == [])
        // What is sent again is known, and stands in the books again.
        let again = try await bench.outcomes(2, envelopes)
        #expect(again.map(\.summary) == Array(repeating: "duplicate accepted", count: 4))
        #expect(try await bench.windows(bench.received) == whole)
    }

    @Test func anAnswerThatWasLostIsMissedAndHealedByTheRecord() async throws {
        let envelopes = (1...4).map { bench.arriving($0, record: $0) }
        _ = try await bench.outcomes(1, envelopes)
        let whole = try await bench.windows(bench.received)
        #expect(try await bench.store.checkBooks(with: bench.provinces.peer) == 0)
        try cut("DELETE FROM answered WHERE envelope IN (SELECT envelope FROM answered ORDER BY envelope LIMIT 3)")
        #expect(try await bench.store.checkBooks(with: bench.provinces.peer) == 3)
        #expect(try await bench.leaves(bench.received) == [Leaf(envelopes[3])])
        #expect(try await bench.store.checkBooks(with: bench.provinces.peer) == 0)
        let again = try await bench.outcomes(2, Array(envelopes[..<3]))
        #expect(again.map(\.summary) == Array(repeating: "duplicate accepted", count: 3))
        #expect(try await bench.windows(bench.received) == whole)
        #expect(try await bench.store.checkBooks(with: bench.provinces.peer) == 0)
    }

    @Test func hoursThatWereNotKeptAreReadFromTheLines() async throws {
        var early = bench.draft(1)
        early.issuedAt = noon.adding(seconds: -5 * 3_600)
        try await bench.accept([early])
        let batch = try #require(await bench.lease())
        try cut("DELETE FROM batch_hours")
        try await bench.settle(batch, [.settled])
        #expect(try await bench.windows(bench.sent).map(\.hour) == [bench.hour.advanced(by: -5)])
    }
}
