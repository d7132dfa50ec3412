import AuditLog
import Foundation
import Gateway
import Interchange
import Mapping
import Store
import Testing

/// `yizhan queue repair` as the daemon or the command does it.
@Suite struct RepairDeliveryTests {
    private static let noon = Instant(seconds: 1_782_806_400)
    private let folder: String
    private let desk: OperatorDesk
    private let clerk = AuditActor(organisation: "urn:yizhan:operator:44:op1")
    private let peer: Province

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("repair-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: "\(folder)/mappings", withIntermediateDirectories: true)
        let key = [UInt8](repeating: 1, count: 32)
        let own = try #require(Province("44"))
        peer = try #require(Province("41"))
        let clock: WallClock = { Self.noon }
        desk = OperatorDesk(
            store: try SQLiteStore(
                path: "\(folder)/store.sqlite", keys: StoreKeys(wrapping: key, lookup: key, log: key)),
            mappings: try MappingLibrary(folder: "\(folder)/mappings"),
            context: TransformContext(gateway: own, recordKey: key, clock: clock), clock: clock)
    }

    /// An arrival that the peer refused, and its line.
    private func refused() async throws -> (id: MessageID, line: String) {
        let record = RecordID(home: peer, register: try #require(Province("44")), high: 0, low: 1)
        let draft = Draft(
            kind: .arrival, from: record.register, to: record.home, record: record, purpose: .residenceRegistration,
            issuedAt: Self.noon, retainUntil: CivilDate(daysSince1970: 21_000), flags: [], subject: nil, reference: nil,
            fixed: Array(
                (#""purpose":"residenceRegistration","legalBasis":"居住证暂行条例 第7条","person":{"idType":"residentId","#
                    + #""idNumber":"411303197406109810","name":"熊长凯","sex":"1","birthDate":"1974-06-10","#
                    + #""hukouDivision":"411303"},"content":{"residenceDivision":"440111","arrivalDate":"2026-04-01","#
                    + #""registeredOn":"2026-04-02","reason":"01"}"#).utf8))
        let run = try await desk.store.openRun(RunDescription(mapping: "m", actor: clerk, startedAt: Self.noon))
        _ = try await desk.store.accept(
            IntakeChunk(run: run, actor: clerk, drafts: [draft], refused: [], at: Self.noon))
        let batch = try #require(await lease())
        try await desk.store.settle(
            Settlement(
                batch: batch.id, peer: peer,
                verdicts: [.rejected([PeerFinding(code: "DATE_ORDER", pointer: "/content/arrivalDate")])], receipt: [1],
                signature: "s", at: Self.noon))
        return (batch.envelopes[0].id, String(decoding: batch.content.bytes, as: UTF8.self))
    }

    private func lease() async throws -> LeasedBatch? {
        try await desk.store.leaseBatch(
            for: peer, limits: BatchLimits(), at: Self.noon, until: Self.noon.adding(seconds: 60)
        ) { EncodedContent(bytes: $0, encoding: nil, digest: Digest256(hashing: $0)) }
    }

    private func repair(_ id: MessageID, _ values: [String: String]) async throws -> RepairDelivery.Answer {
        try await RepairDelivery(id: id.description, values: values).perform(at: desk, by: clerk)
    }

    @Test func changedValuesGoOutUnderANewIdAndTheNextVersion() async throws {
        let (id, line) = try await refused()
        let answer = try await repair(
            id, ["/content/arrivalDate": "2026-03-30", "/content/reason": "", "/content/expectedStay": "over6Months"])
        #expect(answer.superseded == id.description)
        let batch = try #require(await lease())
        #expect(batch.envelopes.map(\.id.description) == [answer.envelope])
        let repaired = String(decoding: batch.content.bytes, as: UTF8.self)
        #expect(repaired.contains(#""version":2,"#))
        let content =
            #""content":{"residenceDivision":"440111","arrivalDate":"2026-03-30","registeredOn":"2026-04-02","#
            + #""expectedStay":"over6Months"}}"#
        #expect(repaired.hasSuffix(content + "\n"))
        // Everything before what was changed is as it was, but for id, version and salt.
        let person = #""purpose":"residenceRegistration""#
        #expect(line.range(of: person) != nil)
        #expect(try personMember(of: repaired) == personMember(of: line))
        await desk.store.close()
    }

    private func personMember(of line: String) throws -> Substring {
        let start = try #require(line.range(of: #""person":{"#)).lowerBound
        let end = try #require(line[start...].firstIndex(of: "}"))
        return line[start...end]
    }

    @Test(arguments: [
        (["/content/arrivalDate": "2026-04-09"], "DATE_ORDER at /content/registeredOn"),
        (["/content/arrivalDate": "yesterday"], "DATE_INVALID at /content/arrivalDate"),
        (["/content/residenceDivision": ""], "REQUIRED at /content/residenceDivision"),
        (["/content/note": "x"], "UNKNOWN_FIELD at /content/note"),
    ])
    func whatBreaksARuleIsNotIssued(values: [String: String], expected: String) async throws {
        let (id, _) = try await refused()
        let error = try #require(await #expect(throws: GatewayError.self) { _ = try await repair(id, values) })
        #expect(error.description.contains(expected))
        for value in values.values where !value.isEmpty && value != "x" {
            #expect(!error.description.contains(value))
        }
        #expect(try await lease() == nil)
        await desk.store.close()
    }

    @Test(arguments: [
        "/record", "/version", "/id", "/from", "/issuedAt", "/retainUntil", "person/name", "/", "/person/x/y",
    ])
    func onlyWhatTheMappingFillsIsChanged(pointer: String) async throws {
        let (id, _) = try await refused()
        await #expect(throws: GatewayError.self) { _ = try await repair(id, [pointer: "x"]) }
        await desk.store.close()
    }

    @Test func aFlagThatComesWithTheRepairStandsInItsPlace() async throws {
        let (id, _) = try await refused()
        _ = try await repair(id, ["/person/idNumber": "411303197406109811"])
        let repaired = String(decoding: try #require(await lease()).content.bytes, as: UTF8.self)
        #expect(repaired.contains(#"第7条","flags":["ID_CHECKSUM"],"person":{"#))
        await desk.store.close()
    }

    @Test func aListedDeliverySaysWhatItWaitsFor() async throws {
        let (id, _) = try await refused()
        let summary = try #require(await desk.store.deliveries(peer: nil, limit: 9).first)
        let yaml = "\(folder)/gateway.yaml"
        try Data("province: \"44\"\n".utf8).write(to: URL(fileURLWithPath: yaml))
        let view = QueueView(try GatewayConfiguration(file: yaml), lanes: [], at: Self.noon)
        let entry = view.entry(summary)
        #expect(entry.id == id.description)
        #expect(entry.unit == "envelope")
        #expect(entry.blockedOn == "operator")
        #expect(entry.reason == "rejected")
        #expect(entry.detail == "DATE_ORDER")
        #expect(entry.advice?.contains("yizhan queue show") == true)
        await desk.store.close()
    }
}
