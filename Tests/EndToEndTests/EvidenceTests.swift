import AuditLog
import Exchange
import Foundation
import GRDB
import Gateway
import Interchange
import Store
import Testing

/// What two gateways can show of a delivery between them, and of their logs.
@Suite(.serialized) struct EvidenceTests {
    private let both: TwoGateways

    init() throws { both = try TwoGateways() }

    private func run(_ province: String, _ arguments: [String]) throws -> Executable.Result {
        try Executable.run(arguments + ["--config", both.file(province)])
    }

    /// Guangdong's three arrivals, delivered to Henan.
    /// - Returns: the batch's id.
    private func deliver() async throws -> String {
        try await both.accept(3, at: Instant.now())
        try await both.start("41")
        try await both.start("44")
        try await both.until("all is delivered") { try await both.counts("44") == [3, 0] }
        let received = try run("41", ["audit", "list", "--event", "batch.received", "--json"]).output
        let line = try #require(received.split(separator: "\n").first)
        let entry = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        return try #require(entry?["batch"] as? String)
    }

    /// - Returns: the file's path.
    private func evidence(_ batch: String, _ name: String) throws -> String {
        let path = "\(both.scratch.path)/\(name).json"
        let made = try run("44", ["audit", "evidence", batch, "--out", path])
        #expect(made.status == 0, "\(made.errors)")
        return path
    }

    private func check(_ path: String) throws -> Executable.Result {
        try Executable.run(["audit", "verify", path])
    }

    @Test func theSendersFileHasTheReceiversOwnProofs() async throws {
        let batch = try await deliver()
        let path = try evidence(batch, "evidence")
        let sound = try check(path)
        #expect(sound.status == 0, "\(sound.output)")
        #expect(sound.output.contains("that the receipt names are in that log"), "\(sound.output)")
        #expect(sound.output.contains("continues that of the receipt"))

        let text = try String(contentsOfFile: path, encoding: .utf8)
        let file = try EvidenceFile(parsing: Array(text.utf8))
        let theirs = try #require(file.theirs)
        #expect(theirs.entries.count >= 4)
        for leaf in [theirs.entries[0].leaf, theirs.entries.last?.leaf ?? ""] {
            let other = otherDigest(than: leaf)
            let forged = try both.scratch.write(text.replacing(leaf, with: other), to: "forged.json")
            #expect(try check(forged).status == 1)
        }

        both.stop("41")
        let without = try evidence(batch, "without")
        let checked = try check(without)
        #expect(checked.status == 0, "\(checked.output)")
        #expect(checked.output.contains("The receiver's own proofs are not in the file: 41 did not show a checkpoint"))
    }

    /// Another digest's base64.
    private func otherDigest(than text: String) -> String { String(text.reversed().drop { $0 == "=" }) + "=" }

    @Test func whatAKeySignedThatWasRotatedOutIsEvidenceStill() async throws {
        let batch = try await deliver()
        let old = try key("44")
        let made = try run("44", ["keys", "rotate", "--json"])
        let digest = try member("digest", of: made.output)
        _ = try run("44", ["change", "approve", digest, "--identity", "\(both.folder("44"))/tls/operator-op2"])
        #expect(try run("44", ["keys", "end", old]).status == 0)
        try await both.until("the old key has ended") {
            try run("44", ["keys", "list"]).output.contains("\(old)  ended")
        }
        both.stop("44")
        try await both.start("44")
        let path = try evidence(batch, "rotated")
        let checked = try check(path)
        #expect(checked.status == 0, "\(checked.output)")
        #expect(checked.output.contains("brought key \(old) of 44 into force"), "\(checked.output)")
        #expect(checked.output.contains("The batch was signed by 44 with key \(old)."))
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let forged = try both.scratch.write(
            text.replacing("\"from\" : \"1970-01-01T00:00:00Z\"", with: "\"from\" : \"2099-01-01T00:00:00Z\""),
            to: "forged.json")
        #expect(try check(forged).status == 1)
    }

    private func key(_ province: String) throws -> String {
        let pem = try String(contentsOfFile: "\(both.folder(province))/keys/signing.pem", encoding: .utf8)
        return try SigningKey(pem).keyID
    }

    private func member(_ name: String, of text: String) throws -> String {
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        return try #require(object?[name] as? String)
    }

    // MARK: Witnesses

    /// The size of the checkpoint that Guangdong holds of Henan's log.
    private func held() throws -> Int? {
        let path = try GatewayConfiguration(file: both.file("44")).storePath
        let queue = try DatabaseQueue(path: path)
        return try queue.read {
            try Int.fetchOne($0, sql: "SELECT size FROM witnessed WHERE origin = 'yizhan.example/41'")
        }
    }

    private func size(_ province: String) async throws -> Int {
        let path = try GatewayConfiguration(file: both.file(province)).storePath
        return Int(try await SQLiteReader(path: path).auditSize())
    }

    @Test func anOrderlyStopTellsTheWitnessesOfEveryEntry() async throws {
        try await both.start("44")
        try await both.start("41")
        _ = try run("41", ["audit", "list"])
        let before = try #require(try held())
        both.stop("41")
        let after = try #require(try held())
        #expect(after > before)
        #expect(try await after == size("41"))
    }

    @Test func aWitnessThatTwoPersonsAddIsPushedToWithoutARestart() async throws {
        let file = both.file("41")
        let whole = try String(contentsOfFile: file, encoding: .utf8)
        let without = whole.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.contains("audit:") }.joined(separator: "\n")
        try without.write(toFile: file, atomically: true, encoding: .utf8)
        try await both.start("44")
        try await both.start("41")
        #expect(try held() == nil)
        try whole.write(toFile: file, atomically: true, encoding: .utf8)
        let listed = try run("41", ["change", "show", try pending("41"), "--json"])
        #expect(listed.output.contains("+ audit yizhan.example"), "\(listed.output)")
        for person in ["op1", "op2"] {
            #expect(try held() == nil, "\(person)")
            let approved = try run(
                "41",
                ["change", "approve", try pending("41"), "--identity", "\(both.folder("41"))/tls/operator-\(person)"])
            #expect(approved.status == 0, "\(approved.errors)")
        }
        try await both.until("the new witness holds a checkpoint") { try held() != nil }
    }

    /// The digest of the one change that waits.
    private func pending(_ province: String) throws -> String {
        let output = try run(province, ["change", "list"]).output
        return String(try #require(output.split(separator: " ").first))
    }

    // MARK: After entries were lost

    @Test func twoPersonsOpenANewLogAndPeersTakeItByTheirOwnApproval() async throws {
        let batch = try await deliver()
        both.stop("41")
        let store = try GatewayConfiguration(file: both.file("41")).storePath
        let old = try Data(contentsOf: URL(fileURLWithPath: store))
        try await both.start("41")
        both.stop("41")
        try old.write(to: URL(fileURLWithPath: store))
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: store + suffix) }
        let refused = try run("41", ["serve"])
        #expect(refused.status == 1 && refused.errors.contains("yizhan audit reopen"), "\(refused.errors)")

        try reopen()
        let still = try run("41", ["serve"])
        #expect(still.status == 2 && still.errors.contains("yizhan.example/41/2"), "\(still.errors)")
        let file = both.file("41")
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try (text + "\naudit: { origin: yizhan.example/41/2 }\nkeys: { audit: keys/audit-2.key }\n")
            .write(toFile: file, atomically: true, encoding: .utf8)
        try await both.start("41")
        try await both.until("the witness has refused") { both.log("41").contains("it does not know this log") }
        let closed = try run("41", ["audit", "verify", "--closed", "1"])
        #expect(closed.status == 0, "\(closed.output)")
        #expect(closed.output.contains("entries are lost; it goes on as yizhan.example/41/2"), "\(closed.output)")
        #expect(try run("41", ["audit", "verify"]).status == 0)
        let opened = try run("41", ["audit", "list", "--event", "log.opened"]).output
        #expect(opened.contains("origin=yizhan.example/41 ") && opened.contains("peer=44"), "\(opened)")
        let path = "\(both.scratch.path)/received.json"
        #expect(try run("41", ["audit", "evidence", batch, "--out", path]).status == 0)
        #expect(try check(path).output.contains("of yizhan.example/41, batch.received"))

        try await takeNewLog()
        #expect(try check(try evidence(batch, "sent")).output.contains("the log yizhan.example/41 of 41 was closed"))
    }

    /// Henan's two operators.
    private func reopen() throws {
        let plan = try run("41", ["audit", "reopen", "--json"])
        #expect(plan.status == 0, "\(plan.errors)")
        #expect(plan.output.contains(#""holder":"44""#), "\(plan.output)")
        let digest = try member("digest", of: plan.output)
        func approve(_ name: String, in folder: String? = nil) throws -> Executable.Result {
            let folder = folder ?? both.folder("41")
            return try run("41", ["audit", "reopen", "--approve", digest, "--identity", "\(folder)/tls/\(name)"])
        }
        #expect(try approve("bureau-police-1").status == 2)
        #expect(try approve("operator-op1", in: both.folder("44")).status == 2)
        let stranger = "\(both.scratch.path)/stranger"
        let made = try Executable.run([
            "init", "--province", "41", "--dir", stranger, "--ca", "\(both.scratch.path)/other-ca",
        ])
        #expect(made.status == 0, "\(made.errors)")
        let foreign = try approve("operator-op1", in: stranger)
        #expect(foreign.status == 2 && foreign.errors.contains("another authority"), "\(foreign.errors)")
        #expect(try run("41", ["audit", "reopen", "--approve", String(digest.reversed())]).status != 0)
        #expect(try run("41", ["audit", "reopen", "--approve", digest]).status == 0)
        let same = try approve("operator-op1")
        #expect(same.status != 0 && same.errors.contains("the same person"), "\(same.errors)")
        let done = try approve("operator-op2")
        #expect(done.status == 0 && done.output.contains("yizhan.example/41/2 is open"), "\(done.output)\(done.errors)")
        let again = try run("41", ["audit", "reopen"])
        #expect(again.status == 2, "\(again.output)")
    }

    /// Guangdong's two operators.
    private func takeNewLog() async throws {
        let seed = try Data(contentsOf: URL(fileURLWithPath: "\(both.folder("41"))/keys/audit-2.key"))
        let key = try NoteSigner(name: "yizhan.example/41/2", seed: seed).verifierKey
        let file = both.file("44")
        let lines = try String(contentsOfFile: file, encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.contains("audit:") ? "    audit: { key: '\(key)' }" : String($0) }
        try lines.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
        for person in ["op1", "op2"] {
            let approved = try run(
                "44",
                ["change", "approve", try pending("44"), "--identity", "\(both.folder("44"))/tls/operator-\(person)"])
            #expect(approved.status == 0, "\(approved.errors)")
        }
        both.stop("41")
        try await both.start("41")
        try await both.until("the new log is witnessed") { both.log("41").contains("checkpoint cosigned") }
        #expect(try run("41", ["audit", "verify"]).status == 0)
    }
}
