import AuditLog
import Foundation
import Gateway
import Interchange
import Mapping
import Store
import Testing

/// Looks at what the audit log and the questions say, as the daemon answers them.
@Suite struct LookTests {
    private static let noon = Instant(seconds: 1_782_806_400)
    private static let number = "411303197406109810"
    private let desk: OperatorDesk

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("look-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: "\(folder)/mappings", withIntermediateDirectories: true)
        let key = [UInt8](repeating: 1, count: 32)
        let own = try #require(Province("41"))
        let clock: WallClock = { Self.noon }
        desk = OperatorDesk(
            store: try SQLiteStore(
                path: "\(folder)/store.sqlite", keys: StoreKeys(wrapping: key, lookup: key, log: key)),
            mappings: try MappingLibrary(folder: "\(folder)/mappings"),
            context: TransformContext(gateway: own, recordKey: key, clock: clock), clock: clock)
    }

    @Test func anInquiryElsewhereIsToldAsItsNoticeStatesIt() async throws {
        let asked = Self.noon.adding(seconds: -3_600)
        try await desk.store.record([
            Act(
                .questionReported, actor: AuditActor(organisation: "urn:yizhan:province:44"), at: Self.noon,
                purpose: .caseInquiry, subject: Array(Self.number.utf8), object: Digest256(hashing: [1]),
                batch: MessageID(at: Self.noon, random: (1, 2)),
                details: [.askedBy: "广州市公安局", .askedAt: asked.description, .question: "currentRegistration"])
        ])
        let answer = try await ReadAccessLog(subject: "residentId \(Self.number)").perform(
            at: desk, by: AuditActor(organisation: "urn:yizhan:operator:41:op1"))
        let inquiry = try #require(answer.inquiries.first)
        #expect(inquiry.at == asked.description)
        #expect(inquiry.organisation == "广州市公安局")
        #expect(inquiry.question == "currentRegistration" && inquiry.purpose == "caseInquiry")
    }

    @Test func aSupervisorsLookAtDrawnQuestionsIsAnEntry() async throws {
        let supervisor = AuditActor(organisation: "urn:yizhan:supervisor:41:sv1")
        #expect(try await ListSamples(all: false).perform(at: desk, by: supervisor).samples.isEmpty)
        let entries = try await desk.store.auditEntries(from: 0, limit: 10).map { try AuditEntry(decoding: $0.bytes) }
        #expect(entries.map(\.event) == [.auditViewed])
        #expect(entries.map(\.actor) == [supervisor])
        #expect(entries.first?.details[.entries] == "0")
    }
}
