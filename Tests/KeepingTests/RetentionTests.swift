import AuditLog
import Foundation
import Gateway
import Interchange
import Store
import Testing

@Suite struct RetentionTests {
    private let today = noon.dayInShanghai

    private func keeping(_ desk: OperatorDesk) throws -> Keeping { try #require(desk.keeping) }

    @Test func aDayIsDoneOnceFromItsHourOn() async throws {
        let office = try Office()
        let desk = try office.desk()
        let keeping = try self.keeping(desk)
        try await desk.accept(1...2, until: CivilDate(daysSince1970: Int(today.daysSince1970) - 1))
        try await desk.accept(3...3, until: today)
        // The first run makes up for all that was missed.
        #expect(try await keeping.retainIfDue(at: noon)?.erased == 2)
        #expect(try await keeping.retainIfDue(at: noon) == nil)
        // 2:59 of the next day in Shanghai, and a minute later.
        let night = noon.adding(seconds: 11 * 3_600 - 60)
        #expect(try await keeping.retainIfDue(at: night) == nil)
        #expect(try await keeping.retainIfDue(at: night.adding(seconds: 60))?.erased == 1)
        #expect(try await keeping.retainIfDue(at: night.adding(seconds: 60 + day))?.erased == 0)
        await desk.store.close()
    }

    @Test func theWrappingKeyIsReplacedMonthlyAndDestroyedWhenNoBackupNeedsIt() async throws {
        let office = try Office()
        var desk = try office.desk()
        var keeping = try self.keeping(desk)
        let forever = CivilDate(daysSince1970: 30_000)
        try await desk.accept(1...2, until: forever)
        #expect(try await keeping.tendWrappingKeys(at: noon.adding(seconds: 30 * day - 1)).current == 1)
        let replaced = noon.adding(seconds: 30 * day)
        #expect(
            try await keeping.tendWrappingKeys(at: replaced) == WrappingReport(current: 2, former: [1], destroyed: []))
        #expect(try await desk.store.dataKeys(wrappedBy: 1) == 0)
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(office.path)/keys/wrapping.key")
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        // After a start the file alone says what is in force and when what is over.
        await desk.store.close()
        desk = try office.desk()
        keeping = try self.keeping(desk)
        #expect(try await keeping.tendWrappingKeys(at: replaced.adding(seconds: 29 * day)).former == [1])
        let later = try await keeping.tendWrappingKeys(at: replaced.adding(seconds: 35 * day))
        #expect(later == WrappingReport(current: 3, former: [2], destroyed: [1]))
        #expect(try WrappingKeys(file: office.keyFile).keys.map(\.id) == [3, 2])
        #expect(try await desk.store.keptLine(of: OperatorDesk.record(2)) != nil)
        let changes = try await desk.events().filter { $0.event == .keyChanged }
        #expect(changes.map { $0.details[.change] } == ["replaced", "replaced", "destroyed"])
        #expect(changes.map { $0.details[.keyId] } == ["2", "3", "1"])
        await desk.store.close()
    }

    /// The file was replaced, and the process ended before anything else was done.
    @Test func aReplacementThatWasCutOffIsFinished() async throws {
        let office = try Office()
        var desk = try office.desk()
        try await desk.accept(1...2, until: CivilDate(daysSince1970: 30_000))
        let file = WrappingKeyFile("\(office.path)/keys/wrapping.key")
        try file.write(try file.read().replaced(at: noon))
        await desk.store.close()
        desk = try office.desk()
        #expect(try await desk.store.keptLine(of: OperatorDesk.record(1)) != nil)
        let report = try await self.keeping(desk).tendWrappingKeys(at: noon)
        #expect(report == WrappingReport(current: 2, former: [1], destroyed: []))
        #expect(try await desk.store.dataKeys(wrappedBy: 1) == 0)
        await desk.store.close()
    }

    @Test func anOperatorReplacesTheWrappingKeyAtOnce() async throws {
        let office = try Office()
        let desk = try office.desk()
        let report = try await ReplaceWrappingKey().perform(at: desk, by: clerk)
        #expect(report == WrappingReport(current: 2, former: [1], destroyed: []))
        #expect(try await desk.events().map(\.actor) == [clerk])
        await desk.store.close()
    }
}
