import Exchange
import Foundation
import Interchange
import Testing

/// A gateway that is put back to an earlier copy, beside a peer that knows of more.
@Suite(.serialized) struct RestoreTests {
    private let both: TwoGateways
    private let earlier = Instant.now().adding(seconds: -3 * 3_600)

    init() throws {
        both = try TwoGateways()
        let file = "\(both.folder("44"))/mappings/\(Register.mappingName).yaml"
        try Register.mapping.write(toFile: file, atomically: true, encoding: .utf8)
    }

    @Test func aCopyIsHeldAgainstWhatAPeerHoldsAndWhatItLacksIsHealed() async throws {
        try await both.accept(3, at: earlier)
        try await both.start("41")
        try await both.start("44")
        try await delivered(3)
        try await both.until("the day's retention is done") { both.log("44").contains("retention done") }
        let old = try backUp("old")
        both.kill("44")
        // One of them may not be kept any longer; the day's retention was before it.
        try await both.accept(5, at: earlier)
        try await both.accept(1, at: earlier.adding(seconds: -5 * 86_400), home: "51", keptDays: 2)
        // The start tells Henan of what the log has by now.
        try await both.start("44")
        try await delivered(5)
        let late = try backUp("late")
        // Nothing of this is in any copy, and nobody holds a checkpoint of it: what is sent, and what comes.
        let submitted = try await submit()
        try await delivered(5 + submitted)
        both.stop("41")
        try await both.accept(4, at: earlier, register: "41", home: "44")
        try await both.start("41")
        try await both.until("Henan's are delivered") { try await both.delivered("41", to: "44") == [4, 0] }
        both.kill("44")

        let refused = try restore(old)
        #expect(refused.status == 1)
        #expect(refused.errors.contains("41 holds a checkpoint of"), "\(refused.errors)")
        #expect(refused.errors.contains("are lost"))

        both.stop("41")
        let unasked = try restore(late)
        #expect(unasked.status == 1)
        #expect(unasked.errors.contains("could not be asked"), "\(unasked.errors)")
        #expect(unasked.errors.contains("--accept-loss"))

        try await both.start("41")
        let restored = try restore(late)
        try #require(restored.status == 0, "\(restored.errors)")
        let report = try JSONDecoder().decode(Report.self, from: Data(restored.output.utf8))
        #expect(report.erased == 1)
        #expect(report.covered > 0 && report.covered <= report.auditSize)
        #expect(report.awaiting == ["41"])

        try await both.start("44")
        // By itself at the start: what came after the copy was made is sent again.
        try await both.until("reconciliation found what was lost") {
            try Executable.run(["reconcile", "--list", "--config", both.file("44")]).output.contains("4  resent: ")
        }
        try await both.until("Henan's are delivered again") { try await both.delivered("41", to: "44") == [4, 0] }
        let whole = try Executable.run(["reconcile", "41", "--config", both.file("44")])
        #expect(whole.status == 0, "\(whole.output)\(whole.errors)\(both.log("44"))")
        // The register hands over what it has: the same again, under versions that Henan holds by now.
        #expect(try await submit() == submitted)
        try await delivered(5 + submitted)
        let dead = try Executable.run([
            "queue", "list", "--state", "deadLettered", "--json", "--config", both.file("44"),
        ])
        #expect(dead.output.filter { !$0.isWhitespace } == "[]")
        #expect(try verify("44") == 0)
        #expect(try verify("41") == 0)
    }

    /// Any copy is behind what peers hold, since they hear of every hour: without this no lost disk could be replaced.
    @Test func aCopyThatIsBehindGoesOnInALogThatTwoPersonsOpen() async throws {
        try await both.accept(3, at: earlier)
        try await both.start("41")
        try await both.start("44")
        try await delivered(3)
        try await ask()
        let old = try backUp("old")
        both.kill("44")
        try await both.accept(5, at: earlier)
        try await both.start("44")
        try await delivered(5)
        both.kill("44")

        let restored = try restore(old, ["--accept-loss", "--approve", "wang", "--approve", "li"])
        try #require(restored.status == 0, "\(restored.errors)")
        #expect(try JSONDecoder().decode(Report.self, from: Data(restored.output.utf8)).lost > 0)
        let refused = try Executable.run(["serve", "--config", both.file("44")])
        #expect(refused.status == 1 && refused.errors.contains("yizhan audit reopen"), "\(refused.errors)")

        let plan = try Executable.run(["audit", "reopen", "--config", both.file("44"), "--json"])
        let digest = try JSONDecoder().decode(Plan.self, from: Data(plan.output.utf8)).digest
        for person in ["op1", "op2"] {
            let approved = try Executable.run([
                "audit", "reopen", "--config", both.file("44"), "--approve", digest, "--identity",
                "\(both.folder("44"))/tls/operator-\(person)",
            ])
            #expect(approved.status == 0, "\(approved.errors)")
        }
        let text = try String(contentsOfFile: both.file("44"), encoding: .utf8)
        try (text + "\naudit: { origin: yizhan.example/44/2 }\nkeys: { audit: keys/audit-2.key }\n")
            .write(toFile: both.file("44"), atomically: true, encoding: .utf8)
        try await both.start("44")
        // Henan still has all five; what the copy does not know of is found by reconciling.
        try await both.until("reconciliation ended the wait") {
            try Executable.run(["reconcile", "--list", "--config", both.file("44")]).output.contains("41")
        }
        let events = try Executable.run(["audit", "list", "--config", both.file("44"), "--event", "backup.restored"])
        #expect(events.output.contains("backup.restored"), "\(events.output)")
        // What was asked before is in the closed log.
        let replayed = try Executable.run([
            "policy", "replay", "\(both.folder("44"))/policies/default.yaml", "--config", both.file("44"),
        ])
        #expect(replayed.output == "1 requests, 0 would have been decided otherwise\n", "\(replayed.errors)")
        #expect(try verify("44") == 0)
        #expect(try Executable.run(["audit", "verify", "--closed", "1", "--config", both.file("44")]).status == 0)
        #expect(try verify("41") == 0)
    }

    /// The police of Guangdong ask about somebody whom nobody knows.
    private func ask() async throws {
        let body =
            #"{"question":"currentRegistration","subject":{"idType":"residentId","idNumber":"410102199003070019"},"#
            + #""province":"44","purpose":"caseInquiry","case":"粤公2026-18","legalBasis":"居民身份证法 第15条","officer":"o-1"}"#
        let answer = try await both.client("44", "bureau-police-1").send(
            TransportRequest(
                method: "POST", url: "https://localhost:\(both.port("44") + 1)/v1/status-queries",
                fields: ["content-type": "application/json"], content: Array(body.utf8)))
        #expect(answer.status == 200)
    }

    private struct Plan: Decodable { var digest: String }

    private struct Report: Decodable {
        var lost: Int
        var auditSize, covered: Int
        var erased: Int
        var awaiting: [String]
    }

    // MARK: Parts

    private func delivered(_ count: Int) async throws {
        try await both.until("\(count) are delivered") { try await both.delivered("44", to: "41") == [count, 0] }
    }

    private func backUp(_ name: String) throws -> String {
        let made = try Executable.run(["backup", "--config", both.file("44"), "--to", "\(both.scratch.path)/\(name)"])
        try #require(made.status == 0, "\(made.errors)")
        let folders = try FileManager.default.contentsOfDirectory(atPath: "\(both.scratch.path)/\(name)")
        return "\(both.scratch.path)/\(name)/\(try #require(folders.first))"
    }

    private func restore(_ backup: String, _ more: [String] = []) throws -> Executable.Result {
        try Executable.run(["restore", "--config", both.file("44"), "--from", backup, "--json"] + more)
    }

    private func verify(_ province: String) throws -> Int32 {
        try Executable.run(["audit", "verify", "--config", both.file(province)]).status
    }

    /// Three arrivals from Henan.
    /// - Returns: how many were taken.
    private func submit() async throws -> Int {
        let register = try Register(
            both.client("44", "source-register"), url: "https://localhost:\(both.port("44") + 2)", home: "411303",
            residence: "440111")
        return try await register.handOver(rows: 3)
    }
}
