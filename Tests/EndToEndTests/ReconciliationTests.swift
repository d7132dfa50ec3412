import Foundation
import Interchange
import Testing

/// Two gateways of which one loses something that nobody told it to lose.
@Suite(.serialized) struct ReconciliationTests {
    private let both: TwoGateways

    init() throws { both = try TwoGateways() }

    private func reconcile(_ province: String, with peer: String) throws -> Executable.Result {
        try Executable.run(["reconcile", peer, "--config", both.file(province)])
    }

    private func delivered(_ count: Int) async throws {
        try await both.until("\(count) are delivered") { try await both.counts("44") == [count, 0] }
    }

    @Test func aHoleInEitherStoreIsFoundAndHealed() async throws {
        try await both.accept(6, at: Instant.now().adding(seconds: -3 * 3_600))
        try await both.start("41")
        try await both.start("44")
        try await delivered(6)
        let whole = try reconcile("44", with: "41")
        #expect(whole.status == 0, "\(whole.output)\(whole.errors)\(both.log("41"))")
        #expect(whole.output.contains("all records to 41 issued up to "))
        #expect(whole.output.contains("accounted for (6 compared)"))
        #expect(whole.output.contains("all records from 41 issued up to "))

        // The receiver forgets two: found, sent again, known again.
        both.stop("41")
        try both.cut(
            "41", "DELETE FROM answered WHERE envelope IN (SELECT envelope FROM answered ORDER BY envelope LIMIT 2)")
        try await both.start("41")
        let hole = try reconcile("44", with: "41")
        #expect(hole.status == 1)
        #expect(hole.output.contains("2  resent: "), "\(hole.output)\(hole.errors)")
        try await delivered(6)
        #expect(try reconcile("44", with: "41").status == 0)

        // The sender forgets that it sent: the receiver tells it.
        both.stop("44")
        try both.cut("44", "DELETE FROM batch; DELETE FROM leaf")
        try await both.start("44")
        let told = try reconcile("41", with: "44")
        #expect(told.status == 1)
        #expect(told.output.contains("6  entered: "), "\(told.output)\(told.errors)")
        let last = try reconcile("44", with: "41")
        #expect(last.status == 0, "\(last.output)\(last.errors)")

        // The side that was asked has the statement too.
        let kept = try Executable.run(["reconcile", "--list", "--json", "--config", both.file("41")])
        #expect(kept.status == 0)
        #expect(kept.output.contains(#""startedBy":"44""#) && kept.output.contains(#""accounted":true"#))
        let entries = try Executable.run(["audit", "list", "--config", both.file("41")])
        #expect(entries.output.split(separator: "\n").count { $0.contains("reconciliation.completed") } == 5)
    }

    @Test func aPeerThatDoesNotAnswerIsSaidNotTo() throws {
        let result = try reconcile("44", with: "41")
        #expect(result.status == 3)
        #expect(result.errors.contains("41 does not answer"))
        #expect(try reconcile("44", with: "33").status == 2)
    }
}
