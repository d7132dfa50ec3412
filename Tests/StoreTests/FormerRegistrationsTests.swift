import Foundation
import GRDB
import Interchange
import Store
import Testing

/// A store that an earlier version wrote, with registrations in their shorter form.
@Suite struct FormerRegistrationsTests {
    private static let engine = Engine(name: "SQLite") {
        try SQLiteStore(path: "\($0)/store.sqlite", keys: testKeys())
    }

    @Test func registrationsOfAnEarlierStoreAnswerAsBefore() async throws {
        let bench = try Bench(Self.engine)
        try await bench.accept([bench.draft(1), bench.draft(2)])
        try await bench.accept([bench.departure(3, ending: 2)])
        await bench.store.close()
        try makeFormer(bench.folder.database)
        let store = try #require(try Self.engine.open(bench.folder.path) as? any Store)
        let own = Inquiry.Question.currentRegistration(bench.provinces.own)
        #expect(try await store.answer(bench.inquiry(1, own)).answer == .yes)
        #expect(try await store.answer(bench.inquiry(2, own)).answer == .no)
        let division = try #require(DivisionCode(number: 410_105))
        #expect(try await store.answer(bench.inquiry(1, .registeredInDivision(division))).answer == .yes)
    }

    /// Takes migration 13 back: 34 bytes of key, a mark, then province, division and two days.
    private func makeFormer(_ path: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.write { database in
            let logs = try Data.fetchAll(database, sql: "SELECT body FROM index_log WHERE number = 13 ORDER BY id")
            for log in logs.map({ [UInt8]($0) }) {
                var former: [UInt8] = []
                for start in stride(from: 0, to: log.count, by: 66) {
                    former += log[start..<start + 35] + log[start + 36..<start + 49]
                }
                try database.execute(
                    sql: "INSERT INTO index_log(number, body) VALUES (3, ?)", arguments: [Data(former)])
            }
            try database.execute(
                sql: """
                    DELETE FROM index_log WHERE number = 13;
                    DROP TABLE question_count; DROP TABLE question_sample; DROP TABLE peer_question;
                    DROP TABLE access_notice;
                    DELETE FROM grdb_migrations WHERE identifier = '13 questions';
                    """)
        }
        try queue.close()
    }
}
