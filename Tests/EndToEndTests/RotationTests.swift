import AuditLog
import Exchange
import Foundation
import Gateway
import Interchange
import Store
import Testing

/// Signing keys and certificates of both sides are replaced while records flow in both directions.
@Suite(.serialized) struct RotationTests {
    private let scratch: Scratch
    private let guangdong, henan: TestGateway

    init() throws {
        scratch = try Scratch()
        guangdong = try TestGateway("44", in: scratch)
        henan = try TestGateway("41", in: scratch)
    }

    @Test func nothingFailsAndNothingIsDoubledByPush() async throws {
        try introduce(guangdong, to: henan, [])
        try introduce(henan, to: guangdong, [])
        try await replaceEverything(henanCallsGuangdong: true)
    }

    /// Henan cannot reach Guangdong, which brings what it has and fetches what waits for it.
    @Test func nothingFailsAndNothingIsDoubledByPull() async throws {
        try introduce(guangdong, to: henan, ["mode: pull"])
        try introduce(henan, to: guangdong, ["fetch: true"])
        try await replaceEverything(henanCallsGuangdong: false)
    }

    // MARK: The story

    private func replaceEverything(henanCallsGuangdong isCalled: Bool) async throws {
        for gateway in [henan, guangdong] { try await gateway.start() }
        let old = (try guangdong.key.keyID, try henan.key.keyID)
        let registers = [
            try register(of: guangdong, home: "411303", residence: "440111"),
            try register(of: henan, home: "440111", residence: "411303"),
        ]
        let flows = registers.map { register in Task { try await register.run(rows: 2) } }
        try await flowsOn()
        let first = try await replaceKey(of: guangdong, at: henan, isAnnounced: isCalled)
        try await replaceCertificate(of: guangdong)
        try await flowsOn()
        let second = try await replaceKey(of: henan, at: guangdong, isAnnounced: true)
        try await replaceCertificate(of: henan)
        try await flowsOn()
        for register in registers { await register.stop() }
        for flow in flows { try await flow.value }

        let (sent, received) = (await registers[0].accepted, await registers[1].accepted)
        try await check(from: guangdong, to: henan, count: sent, keys: [old.0, first], answers: [old.1, second])
        try await check(from: henan, to: guangdong, count: received, keys: [old.1, second], answers: [old.0, first])
        for gateway in [guangdong, henan] {
            #expect(!gateway.log.contains("in trouble"), "\(gateway.log)")
            let verified = try run(gateway, ["audit", "verify"])
            #expect(verified.status == 0, "\(verified.output)")
        }
    }

    /// Some records more arrive in each direction.
    private func flowsOn() async throws {
        for (own, peer) in [(guangdong, "41"), (henan, "44")] {
            let before = try own.backlog("delivered", of: peer) ?? 0
            let isFlowing = try await eventually { (try own.backlog("delivered", of: peer) ?? 0) >= before + 20 }
            #expect(isFlowing, "\(own.log)")
        }
    }

    /// - Returns: the new key's thumbprint.
    private func replaceKey(of own: TestGateway, at peer: TestGateway, isAnnounced: Bool) async throws -> String {
        let old = try own.key.keyID
        let made = try JSONDecoder().decode(
            Made.self, from: Data(try run(own, ["keys", "rotate", "--json"]).output.utf8))
        try approve(made.digest, at: own, by: ["op2"])
        // What the operators of the peer see of it: it is announced where the peer reads capabilities, else they are told.
        if !isAnnounced { try tell(peer, of: made.publicKey, beside: old) }
        peer.hangUp()
        var change: Change?
        let isWaiting = try await eventually {
            change = try changes(at: peer).first { isAnnounced ? $0.subject.contains(made.id) : $0.change == "changed" }
            return change != nil
        }
        try #require(isWaiting, "\(peer.log)")
        try approve(try #require(change).digest, at: peer, by: ["op1", "op2"])
        // Reads what the peer lists by now.
        own.hangUp()
        try await flowsOn()
        let ended = try run(own, ["keys", "end", old])
        #expect(ended.status == 0, "\(ended.errors)")
        own.hangUp()
        let isEnded = try await eventually { try keys(of: own).first { $0.id == old }?.state == "ended" }
        #expect(isEnded)
        try await flowsOn()
        return made.id
    }

    /// By another one of the same authority.
    private func replaceCertificate(of own: TestGateway) async throws {
        let folder = "\(scratch.path)/renewed-\(own.province)"
        let made = try Executable.run([
            "init", "--province", own.province, "--dir", folder, "--ca", "\(scratch.path)/ca",
        ])
        try #require(made.status == 0, "\(made.errors)")
        let before = try serial(of: own)
        for name in ["gateway.key", "gateway.pem"] {
            let file = URL(fileURLWithPath: "\(own.folder)/tls/\(name)")
            try Data(contentsOf: URL(fileURLWithPath: "\(folder)/tls/\(name)")).write(to: file, options: .atomic)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        }
        own.hangUp()
        let isNew = try await eventually { try serial(of: own) != before }
        #expect(isNew, "\(own.log)")
        try await flowsOn()
    }

    /// - Parameters:
    ///   - keys: with which the sender signed the first batch and the last.
    ///   - answers: with which the receiver signed the receipts of these.
    private func check(
        from sender: TestGateway, to receiver: TestGateway, count: Int, keys: [String], answers: [String]
    ) async throws {
        let peer = receiver.province
        let isDelivered = try await eventually { try sender.backlog("delivered", of: peer) == count }
        #expect(isDelivered, "\(sender.log) \(receiver.log)")
        #expect(try sender.backlog("waiting", of: peer) == 0)
        let attempts = try await entries(of: sender).filter { $0.event == .deliveryAttempted }
        #expect(Set(attempts.map(\.outcome)) == ["answered"])
        let answered = try await entries(of: receiver).filter {
            $0.actor.organisation == "urn:yizhan:province:\(sender.province)" && $0.object != nil
        }
        #expect(Set(answered.map(\.event)) == [.recordApplied])
        #expect(answered.count == count)
        #expect(Set(answered.map(\.object)).count == count)
        for (place, attempt) in [attempts.first, attempts.last].enumerated() {
            let evidence = try evidence(of: try #require(attempt?.batch), by: sender)
            #expect(evidence.request?.keyId == keys[place])
            #expect(evidence.response?.keyId == answers[place])
        }
    }

    // MARK: Parts

    private struct Made: Decodable { var id, digest, publicKey: String }
    private struct Change: Decodable { var digest, subject, change: String }
    private struct Key: Decodable { var id, state: String }

    private struct Evidence: Decodable {
        struct Signature: Decodable { var keyId: String }
        var request, response: Signature?
    }

    private func run(_ gateway: TestGateway, _ arguments: [String]) throws -> Executable.Result {
        try Executable.run(arguments + ["--config", "\(gateway.folder)/gateway.yaml"])
    }

    private func introduce(_ peer: TestGateway, to own: TestGateway, _ lines: [String]) throws {
        let entry = try String(contentsOfFile: "\(peer.folder)/peer-\(peer.province).yaml", encoding: .utf8)
        let audit = try #require(entry.split(separator: "\n").first { $0.contains("audit:") })
        try own.knows(
            peer, [audit.trimmingCharacters(in: .whitespaces)] + lines, extra: ["limits: { batchEnvelopes: 10 }"])
        let file = "\(own.folder)/mappings/\(Register.mappingName).yaml"
        try Register.mapping.write(toFile: file, atomically: true, encoding: .utf8)
    }

    private func register(of gateway: TestGateway, home: String, residence: String) throws -> Register {
        Register(
            try gateway.client("source-register"), url: "https://localhost:\(gateway.port + 2)", home: home,
            residence: residence)
    }

    /// Adds a key to the peer that the gateway's configuration names.
    private func tell(_ gateway: TestGateway, of key: String, beside old: String) throws {
        let file = "\(gateway.folder)/gateway.yaml"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let line = try #require(text.split(separator: "\n").first { $0.contains("- publicKey:") })
        try text.replacingOccurrences(of: line, with: "\(line)\n      - publicKey: '\(key)'")
            .write(toFile: file, atomically: true, encoding: .utf8)
    }

    private func approve(_ digest: String, at gateway: TestGateway, by persons: [String]) throws {
        for person in persons {
            let approved = try run(
                gateway, ["change", "approve", digest, "--identity", "\(gateway.folder)/tls/operator-\(person)"])
            try #require(approved.status == 0, "\(approved.errors)")
        }
    }

    private func changes(at gateway: TestGateway) throws -> [Change] {
        let listed = try run(gateway, ["change", "list", "--json"]).output
        return try JSONDecoder().decode([Change].self, from: Data(listed.utf8))
    }

    private func keys(of gateway: TestGateway) throws -> [Key] {
        try JSONDecoder().decode([Key].self, from: Data(try run(gateway, ["keys", "list", "--json"]).output.utf8))
    }

    private func entries(of gateway: TestGateway) async throws -> [AuditEntry] {
        let reader = try SQLiteReader(path: try GatewayConfiguration(file: "\(gateway.folder)/gateway.yaml").storePath)
        return try await reader.auditEntries(from: 0, limit: .max).map { try AuditEntry(decoding: $0.bytes) }
    }

    private func evidence(of batch: String, by gateway: TestGateway) throws -> Evidence {
        let out = "\(scratch.path)/evidence-\(batch).json"
        let made = try run(gateway, ["audit", "evidence", batch, "--out", out])
        let verified = try Executable.run(["audit", "verify", out])
        #expect(made.status == 0 && verified.status == 0, "\(verified.output)")
        return try JSONDecoder().decode(Evidence.self, from: try Data(contentsOf: URL(fileURLWithPath: out)))
    }

    /// Of the certificate that a new connection to the exchange listener sees.
    private func serial(of gateway: TestGateway) throws -> String {
        let command =
            "openssl s_client -connect localhost:\(gateway.port) </dev/null 2>/dev/null | openssl x509 -noout -serial"
        let serial = try Executable.run(["-c", command], program: "/bin/sh").output
        try #require(serial.hasPrefix("serial="), "\(serial)")
        return serial
    }
}
