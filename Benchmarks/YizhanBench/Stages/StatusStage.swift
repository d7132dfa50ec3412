import Foundation
import Gateway
import Interchange
import Store

/// Stage 6: status questions by 64 clients over mutual TLS, each answered when its audit entry is durable, beside nginx that
/// serves a static answer of the same length with the same certificates.
struct StatusStage {
    /// No answer leaves sooner, in milliseconds: the configuration's default. 64 clients that wait for it get at most 12,800 answers
    /// a second.
    private static let floor = 5
    /// A floor under which the work is the bound and not the wait, in milliseconds.
    private static let lowFloor = 1
    /// Persons that are held, one of whom is asked about.
    private static let held = 1_000
    private static let bureau = "police-1"
    private static let answer = """
        {"id":"01993a00-0000-7000-8000-000000000000","answer":"yes","asOf":"2026-11-26T00:00:00.000Z",\
        "validUntil":"2026-11-27T00:00:00.000Z"}
        """

    let sample: Sample
    let requests: Int

    func run() async throws -> [Figure] {
        let pair = try GatewayPair()
        defer { pair.end() }
        let gateway = pair.guangdong
        try Self.policy.write(toFile: "\(gateway.folder)/policies/default.yaml", atomically: true, encoding: .utf8)
        let transfer = Transfer(pair: pair, mapping: sample.mapping.name)
        let export = try sample.distinct(0..<Self.held)
        try await transfer.prepare(export)
        // Until nothing waits: a sender that calls in vain would take of the measured time.
        _ = try await transfer.deliver(Self.held)
        let asking = try question(of: export, gateway, in: pair.scratch)
        let nginx = try await Nginx(gateway, answer: Array(Self.answer.utf8), in: pair.scratch)
        defer { nginx.stop() }
        let fetching = LoadTest(
            identity: asking.identity, url: "https://localhost:\(nginx.port)/answer.json", requests: requests)
        var outcomes = Outcomes()
        for _ in 0..<Figure.runCount {
            outcomes.nginx.append(try fetching.run(in: pair.scratch))
            outcomes.floor.append(try await ask(asking, gateway, floor: Self.floor, in: pair.scratch))
            outcomes.lowFloor.append(try await ask(asking, gateway, floor: Self.lowFloor, in: pair.scratch))
        }
        return outcomes.figures
    }

    /// Of nginx, and of the gateway with each floor.
    private struct Outcomes {
        var nginx: [LoadTest.Outcome] = []
        var floor: [LoadTest.Outcome] = []
        var lowFloor: [LoadTest.Outcome] = []

        var figures: [Figure] {
            let (clients, floor, low) = (LoadTest.clients, StatusStage.floor, StatusStage.lowFloor)
            return [
                Figure(6, "requests a second, nginx and a static answer", .perSecond, nginx.map(\.perSecond)),
                Figure(
                    6, "questions a second, \(clients) clients, floor of \(floor) ms", .perSecond,
                    self.floor.map(\.perSecond)),
                Figure(
                    6, "questions to static answers, floor of \(floor) ms", self.floor.map(\.perSecond),
                    to: nginx.map(\.perSecond), owed: .atLeast(1.0 / 3)),
                Figure(
                    6, "question, 50th percentile, floor of \(floor) ms", .milliseconds, self.floor.map(\.median)),
                Figure(
                    6, "question, 99th percentile, floor of \(floor) ms", .milliseconds, self.floor.map(\.slowest),
                    owed: .atMost(Double(floor) + 10)),
                Figure(
                    6, "questions a second, \(clients) clients, floor of \(low) ms", .perSecond,
                    lowFloor.map(\.perSecond)),
                Figure(
                    6, "questions to static answers, floor of \(low) ms", lowFloor.map(\.perSecond),
                    to: nginx.map(\.perSecond), owed: .atLeast(1.0 / 3)),
                Figure(
                    6, "question, 99th percentile, floor of \(low) ms", .milliseconds, lowFloor.map(\.slowest),
                    owed: .atMost(Double(low) + 10)),
                Figure(6, "static answer, 99th percentile", .milliseconds, nginx.map(\.slowest)),
            ]
        }
    }

    /// Starts the gateway with this floor and asks. Every question must have its entry.
    private func ask(
        _ asking: LoadTest, _ gateway: GatewayProcess, floor: Int, in scratch: Scratch
    ) async throws -> LoadTest.Outcome {
        gateway.stop()
        try await gateway.start(["YIZHAN_LIMITS_ANSWERFLOORMILLIS": "\(floor)"])
        let reader = try SQLiteReader(path: try gateway.configuration.storePath)
        let before = try await reader.auditSize()
        let outcome = try asking.run(in: scratch)
        let entries = Int(try await reader.auditSize() - before)
        guard entries >= requests else {
            throw GatewayError(
                .mistakes, "\(entries) entries for \(requests) questions", remedy: "report this as a defect")
        }
        return outcome
    }

    /// A question about somebody who is held, as a bureau asks it.
    private func question(of export: [UInt8], _ gateway: GatewayProcess, in scratch: Scratch) throws -> LoadTest {
        guard let subject = try sample.drafts(of: export).first?.subject else {
            throw GatewayError(.mistakes, "the export has no person", remedy: "report this as a defect")
        }
        let body = """
            {"question":"currentRegistration","subject":{"idType":"residentId",\
            "idNumber":"\(String(decoding: subject, as: UTF8.self))"},"province":"\(gateway.province)",\
            "purpose":"caseInquiry","legalBasis":"居民身份证法第15条","case":"bench-1","officer":"p-0001"}
            """
        let (question, identity) = ("\(scratch.path)/question.json", "\(scratch.path)/bureau.pem")
        try Data(body.utf8).write(to: URL(fileURLWithPath: question))
        let parts = try ["pem", "key"].map {
            try Data(contentsOf: URL(fileURLWithPath: "\(gateway.folder)/tls/bureau-\(Self.bureau).\($0)"))
        }
        try (parts[0] + [0x0A] + parts[1]).write(to: URL(fileURLWithPath: identity))
        return LoadTest(
            identity: identity, url: "https://localhost:\(gateway.statusPort)/v1/status-queries", body: question,
            requests: requests)
    }

    /// The default policy's rule with limits that a load test does not reach; the default's share is drawn for a supervisor.
    private static let policy = """
        version: 1
        sample: 0.02
        rules:
          - name: police-registration
            who: police
            ask: currentRegistration
            for: caseInquiry
            limits:
              perOfficerPerDay: 1000000
              perBureauPerDay: 1000000
              missesPerDay: 1000000
              bureauMissesPerDay: 1000000
              similarPerDay: 1000000
        """
}
