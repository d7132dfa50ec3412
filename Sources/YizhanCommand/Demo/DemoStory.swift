import AuditLog
import Exchange
import Foundation
import Gateway
import Interchange
import Store

/// The demonstration, act by act. What it owes is known: the sample's truth is published with it.
struct DemoStory {
    /// Outcomes owed for the sample's 5,000 rows.
    private static let owed = (accepted: 4_585, flagged: 44, quarantined: 371)

    let stage: DemoStage

    func tell(_ account: inout DemoAccount) async throws {
        Terminal.say(Terminal.bold("驿站 Yizhan: two provinces exchange records"))
        try await stage.guangdong.start()
        try await stage.henan.start()
        Terminal.say("\nTwo gateways run, each a process of its own, TLS 1.3 with certificates on both sides.")
        let sample = "\(stage.folder)/guangdong-arrivals.csv"
        try Files.write(Files.embedded("samples/guangdong-arrivals.csv") ?? Data(), to: sample)
        let routes = try SampleRoutes(
            file: sample, mapping: "\(stage.guangdong.folder)/mappings/guangdong-arrivals.yaml")
        try await takeIn(sample, routes, &account)
        try await carry(routes, &account)
        try await depart(routes, &account)
        try await ask(routes, &account)
        try await verify(&account)
    }

    private func takeIn(_ sample: String, _ routes: SampleRoutes, _ account: inout DemoAccount) async throws {
        Terminal.say(
            "\n" + Terminal.bold("1  Guangdong takes its register's export in") + " (CSV, GB18030, 5,000 rows, dirty)")
        // Henan is away while the export is taken in, so that its arrivals wait and the transfer can be interrupted.
        stage.henan.stop()
        let started = ContinuousClock.now
        let outcome = try await submit("guangdong-arrivals", sample)
        let seconds = (ContinuousClock.now - started).seconds
        account.expect("accepted", outcome.accepted, Self.owed.accepted)
        account.expect("flagged: passed, and marked", outcome.flagged, Self.owed.flagged)
        account.expect("quarantined: not passed, each with its reason", outcome.quarantined, Self.owed.quarantined)
        account.expect("skipped (the total row)", outcome.skipped, 1)
        account.tell("mapped, validated, encrypted, durable: rows a second", rate(outcome.read, seconds))
        let again = try await submit("guangdong-arrivals", sample)
        account.expect("the same file again: unchanged, nothing sent twice", again.unchanged, 4_629)
        let lanes = try await stage.guangdong.reader().backlog()
        let others = lanes.filter { $0.peer != stage.henan.province }
        account.expect("envelopes that wait for Henan", waiting(lanes), routes.toHenan.count)
        account.expect(
            "and for \(others.count) provinces without a gateway here (noPeer)", others.reduce(0) { $0 + $1.waiting },
            4_629 - routes.toHenan.count)
    }

    private func carry(_ routes: SampleRoutes, _ account: inout DemoAccount) async throws {
        Terminal.say("\n" + Terminal.bold("2  What concerns Henan is pushed") + " (signed batches, signed receipts)")
        try await stage.henan.start()
        let guangdong = try stage.guangdong.reader()
        try await Poll.until("a first batch is delivered", seconds: 30) { try await delivered(guangdong) > 0 }
        stage.henan.kill()
        let before = try await delivered(guangdong)
        account.tell("kill -9 of Henan's gateway, in mid-transfer, after", "\(before) of \(routes.toHenan.count)")
        let started = ContinuousClock.now
        try await stage.henan.start()
        try await drain(guangdong)
        account.tell("restarted; the rest delivered after, seconds", decimal((ContinuousClock.now - started).seconds))
        account.expect("delivered, by Henan's signed receipts", try await delivered(guangdong), routes.toHenan.count)
        let held = try await stage.henan.reader().recordsHeld(from: stage.guangdong.province)
        account.expect("records that Henan holds: none lost, none twice", held, routes.toHenan.count)
    }

    private func depart(_ routes: SampleRoutes, _ account: inout DemoAccount) async throws {
        Terminal.say(
            "\n" + Terminal.bold("3  Some of them leave again") + " (a second export, each naming its arrival)")
        let file = "\(stage.folder)/guangdong-departures.csv"
        try Files.write(routes.departures(), to: file)
        let outcome = try await submit("guangdong-departures", file)
        account.expect("departures accepted", outcome.accepted + outcome.flagged, routes.leaving.count)
        let guangdong = try stage.guangdong.reader()
        try await drain(guangdong)
        let held = try await stage.henan.reader().recordsHeld(from: stage.guangdong.province)
        account.expect("records that Henan holds now", held, routes.toHenan.count + routes.leaving.count)
    }

    private func ask(_ routes: SampleRoutes, _ account: inout DemoAccount) async throws {
        Terminal.say(
            "\n" + Terminal.bold("4  Bureaus of Henan ask") + " “is this person registered as living in Guangdong now?”"
        )
        guard let left = routes.leaving.first,
            let stayed = routes.toHenan.first(where: { !routes.leaving.contains($0) })
        else { return }
        let police = ("police-1", "caseInquiry", "豫公2026-18" as String?)
        account.expect(
            "police, case inquiry, someone who lives there", try await question(stayed.number, police), "yes")
        account.expect("police, case inquiry, someone who left", try await question(left.number, police), "no")
        account.expect(
            "police, case inquiry, someone unknown", try await question("11010519491231002X", police), "unknown")
        account.expect(
            "police, without a case", try await question(stayed.number, ("police-1", "caseInquiry", nil)), "refused")
        account.expect(
            "commerce bureau", try await question(stayed.number, ("commerce-1", "employmentVerification", nil)),
            "refused")
        let entries = try await stage.henan.reader().auditEntries(from: 0, limit: 1 << 20).compactMap {
            try? AuditEntry(decoding: $0.bytes)
        }
        account.expect("questions in Henan's audit log, answered", entries.count { $0.event == .questionAnswered }, 3)
        account.expect("and refused", entries.count { $0.event == .questionRefused }, 2)
    }

    private func verify(_ account: inout DemoAccount) async throws {
        Terminal.say(
            "\n" + Terminal.bold("5  Both audit logs are verified")
                + " (every entry, its leaf, the tree, the checkpoints)")
        for (name, gateway) in [("Guangdong", stage.guangdong), ("Henan", stage.henan)] {
            let configuration = try gateway.load()
            let key = try KeyMaterial(configuration).audit.verifierKey
            let started = ContinuousClock.now
            let report = try await gateway.reader().verifyAudit(
                checkpoints: [], keys: [key], origin: configuration.origin)
            account.expect("\(name): \(Terminal.grouped(Int(report.size))) entries are sound", report.isSound, true)
            account.tell("entries verified a second", rate(Int(report.size), (ContinuousClock.now - started).seconds))
        }
    }

    // MARK: Parts

    private func submit(_ mapping: String, _ file: String) async throws -> SubmissionAccount {
        let configuration = try stage.guangdong.load()
        let client = try LocalClient(
            listener: configuration.local, identity: "\(stage.guangdong.folder)/tls/source-register")
        let content = [UInt8](FileManager.default.contents(atPath: file) ?? Data())
        let answer = try await client.post(
            "/v1/records?mapping=\(mapping)", content, contentType: "text/csv", timeout: .seconds(60))
        guard answer.status == 200 else { throw answer.failure }
        return try JSONDecoder().decode(SubmissionAccount.self, from: Data(answer.content))
    }

    private func question(_ number: String, _ asker: (bureau: String, purpose: String, caseReference: String?))
        async throws
        -> String
    {
        let configuration = try stage.henan.load()
        let client = try LocalClient(
            listener: configuration.status, identity: "\(stage.henan.folder)/tls/bureau-\(asker.bureau)")
        let reference = asker.caseReference.map { ",\"case\":\"\($0)\"" } ?? ""
        let body =
            "{\"question\":\"currentRegistration\",\"subject\":{\"idType\":\"residentId\",\"idNumber\":\"\(number)\"}"
            + ",\"province\":\"44\",\"purpose\":\"\(asker.purpose)\",\"legalBasis\":\"居民身份证法 第15条\",\"officer\":\"o-1\""
            + reference + "}"
        let answer = try await client.post("/v1/status-queries", Array(body.utf8), contentType: "application/json")
        guard answer.status == 200 else { throw answer.failure }
        return try JSONDecoder().decode(StatusReply.self, from: Data(answer.content)).answer
    }

    private func drain(_ reader: SQLiteReader) async throws {
        try await Poll.until("nothing waits for Henan", seconds: 60) { waiting(try await reader.backlog()) == 0 }
    }

    private func waiting(_ lanes: [LaneBacklog]) -> Int {
        lanes.first { $0.peer == stage.henan.province }.map { $0.waiting + $0.parked } ?? 0
    }

    private func delivered(_ reader: SQLiteReader) async throws -> Int {
        try await reader.backlog().first { $0.peer == stage.henan.province }?.delivered ?? 0
    }

    private func rate(_ count: Int, _ seconds: Double) -> String {
        Terminal.grouped(Int(Double(count) / max(seconds, 0.001)))
    }
    private func decimal(_ seconds: Double) -> String { String(Double(Int(seconds * 10)) / 10) }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
