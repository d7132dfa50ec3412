import Exchange
import Foundation
import Interchange
import Testing

/// Peers, keys and policies change while a gateway runs: by two persons, or not at all.
@Suite(.serialized) struct ChangeTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func aPeersNewKeyVerifiesOnceTwoPersonsHaveApprovedIt() async throws {
        let gateway = try await RunningGateway(scratch)
        let fresh = SigningKey.generate()
        #expect(try await push(gateway, fresh) == 401)
        let file = "\(gateway.folder)/gateway.yaml"
        let before = try String(contentsOfFile: file, encoding: .utf8)
        let key = "      - publicKey: '\(gateway.peerKey.verificationKey.jwk)'"
        let both = before.replacingOccurrences(
            of: key, with: "\(key)\n      - publicKey: '\(fresh.verificationKey.jwk)'")
        try both.write(toFile: file, atomically: true, encoding: .utf8)
        let digest = try #require(try changes(gateway).first?.digest)
        // The first approval makes the gateway read its files: nobody had to wait for it or to send a signal.
        #expect(try run(gateway, ["change", "approve", digest]).output.contains("another one's approval"))
        #expect(try await push(gateway, fresh) == 401)
        let again = try run(gateway, ["change", "approve", digest])
        #expect(again.status == 1)
        #expect(again.errors.contains("the same person"))
        #expect(try changes(gateway).first?.proposer == "urn:yizhan:operator:41:op1")
        #expect(try run(gateway, ["doctor", "--offline"]).output.contains("waits for another person"))
        let second = try run(
            gateway, ["change", "approve", digest, "--identity", "\(gateway.folder)/tls/operator-op2"])
        #expect(second.output.contains("peer:44 is in force"), "\(second.errors)")
        #expect(try await push(gateway, fresh) == 200)
        #expect(try await push(gateway, gateway.peerKey) == 200)
        #expect(try changes(gateway).isEmpty)

        // One person revokes: the old key is taken out, and a mistake beside it would have refused the whole.
        let broken = both.replacingOccurrences(of: key, with: "") + "\nlimts: {}\n"
        try broken.write(toFile: file, atomically: true, encoding: .utf8)
        gateway.hangUp()
        try await until("the mistake is in the log") { gateway.log.contains("gateway.yaml:") }
        #expect(try await push(gateway, gateway.peerKey) == 200)
        try both.replacingOccurrences(of: key + "\n", with: "").write(toFile: file, atomically: true, encoding: .utf8)
        gateway.hangUp()
        try await until("the old key is refused") { try await push(gateway, gateway.peerKey) == 401 }
        #expect(try await push(gateway, fresh) == 200)

        // And closes the peer.
        let alone = String(both[..<(try #require(both.range(of: "\npeers:"))).lowerBound])
        try alone.write(toFile: file, atomically: true, encoding: .utf8)
        gateway.hangUp()
        try await until("the peer is unknown") { try await push(gateway, fresh) == 403 }
        // Which two persons open again.
        try both.write(toFile: file, atomically: true, encoding: .utf8)
        gateway.hangUp()
        try await until("the peer waits") { try changes(gateway).first?.change == "added" }
        #expect(try await push(gateway, fresh) == 403)
        let events = try run(gateway, ["audit", "list"]).output
        for event in ["change.proposed", "change.approved", "peer.changed", "key.changed", "configuration.changed"] {
            #expect(events.contains(event), "\(event)")
        }
        #expect(try run(gateway, ["audit", "verify"]).status == 0)
    }

    @Test func changesOfPolicyMappingsAndLimitsComeIntoForce() async throws {
        let gateway = try await RunningGateway(scratch)
        let policy = "\(gateway.folder)/policies/default.yaml"
        let text = try String(contentsOfFile: policy, encoding: .utf8)
        // Layout alone is no change; nobody is asked.
        try ("# looked at\n" + text).write(toFile: policy, atomically: true, encoding: .utf8)
        #expect(try changes(gateway).isEmpty)
        let mapping = "\(gateway.folder)/mappings/guangdong-arrivals.yaml"
        let renamed = try String(contentsOfFile: mapping, encoding: .utf8)
            .replacingOccurrences(of: "mapping: guangdong-arrivals", with: "mapping: renamed")
        try renamed.write(toFile: mapping, atomically: true, encoding: .utf8)
        let file = "\(gateway.folder)/gateway.yaml"
        let changed = try String(contentsOfFile: file, encoding: .utf8)
            .replacingOccurrences(of: "port: \(gateway.port + 1) ", with: "port: 1 ")
        try (changed + "\nlimits: { submissionBytes: 10 }\n").write(toFile: file, atomically: true, encoding: .utf8)
        gateway.hangUp()
        let source = try gateway.client("\(gateway.folder)/tls/source-register")
        func submit(_ name: String) async throws -> Int {
            try await source.send(
                TransportRequest(
                    method: "POST", url: "https://localhost:\(gateway.port + 2)/v1/records?mapping=\(name)",
                    content: Array("more than ten bytes".utf8))
            ).status
        }
        try await until("the limit is in force") { try await submit("renamed") == 413 }
        #expect(try await submit("guangdong-arrivals") == 422)
        #expect(gateway.log.contains("takes effect at the next start"))
        #expect(gateway.log.contains("listeners.status.port"))
    }

    @Test func ourKeyIsReplacedWithoutAGap() async throws {
        let gateway = try await RunningGateway(scratch)
        let made = try run(gateway, ["keys", "rotate", "--json"])
        let key = try JSONDecoder().decode(Made.self, from: Data(made.output.utf8))
        #expect(key.isProposed)
        #expect(try state(gateway, key.id) == "pending")
        let old = try #require(try keys(gateway).first { $0.isOwn && $0.id != key.id })
        #expect(old.state == "inUse")
        _ = try run(gateway, ["change", "approve", key.digest, "--identity", "\(gateway.folder)/tls/operator-op2"])
        #expect(try state(gateway, key.id) == "ready")
        #expect(try await signer(gateway) == old.id)
        // The peer never said that it lists the new one, so that the old one signs until it ends.
        let ended = try run(gateway, ["keys", "end", old.id])
        #expect(ended.status == 0, "\(ended.errors)")
        gateway.hangUp()
        try await until("the new key signs") { try await signer(gateway) == key.id }
        #expect(try state(gateway, old.id) == "ended")
        #expect(try run(gateway, ["keys", "end", key.id]).status == 2)
        gateway.stop()
        #expect(try run(gateway, ["change", "approve", key.digest]).status == 3)
    }

    @Test func aPeerIsListedAndPinged() async throws {
        let gateway = try await RunningGateway(scratch)
        let listed = try run(gateway, ["peer", "list", "--json"]).output
        #expect(listed.contains(#""state":"inForce""#) && listed.contains(gateway.peerKey.keyID))
        // Nothing listens where the test says that the peer is.
        #expect(try run(gateway, ["peer", "ping", "44"]).status == 3)
        #expect(try run(gateway, ["peer", "ping", "11"]).status == 2)
        let looked = try run(gateway, ["doctor", "--json"])
        #expect(looked.status == 3, "\(looked.output)")
        #expect(looked.output.contains(#""check":"daemon","message":"the gateway runs and is ready","state":"ok""#))
        #expect(looked.output.contains(#""check":"peer""#))
        #expect(chmod("\(gateway.folder)/tls/gateway.key", 0o644) == 0)
        let open = try run(gateway, ["doctor", "--offline"])
        #expect(open.status == 1)
        #expect(open.output.contains("chmod 0600"))
        #expect(try run(gateway, ["migrate"]).output.contains("up to date"))
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func completionIsPrintedForEachShell(shell: String) throws {
        let result = try Executable.run(["completion", shell])
        #expect(result.status == 0)
        #expect(result.output.contains("yizhan"))
    }

    // MARK: Parts

    private struct Row: Decodable {
        var digest, change: String
        var proposer: String?
    }

    private struct Key: Decodable {
        var id, state: String
        var isOwn: Bool
    }

    private struct Made: Decodable {
        var id, digest: String
        var isProposed: Bool
    }

    private func run(_ gateway: RunningGateway, _ arguments: [String]) throws -> Executable.Result {
        try Executable.run(arguments + ["--config", "\(gateway.folder)/gateway.yaml"])
    }

    private func changes(_ gateway: RunningGateway) throws -> [Row] {
        try JSONDecoder().decode([Row].self, from: Data(try run(gateway, ["change", "list", "--json"]).output.utf8))
    }

    private func keys(_ gateway: RunningGateway) throws -> [Key] {
        try JSONDecoder().decode([Key].self, from: Data(try run(gateway, ["keys", "list", "--json"]).output.utf8))
    }

    private func state(_ gateway: RunningGateway, _ id: String) throws -> String? {
        try keys(gateway).first { $0.id == id }?.state
    }

    /// Pushes a valid batch of Guangdong's, signed with the key.
    /// - Returns: the answer's status.
    private func push(_ gateway: RunningGateway, _ key: SigningKey) async throws -> Int {
        try await answer(gateway, key).status
    }

    private func answer(_ gateway: RunningGateway, _ key: SigningKey) async throws -> TransportResponse {
        let sender = BatchSender(
            province: try #require(Province("44")), signer: MessageSigner(key: key, clock: { Instant.now() }))
        let request = try sender.request(
            for: try Batches.make([try Batches.arrival(version: 1)]),
            to: try #require(PeerAddress("https://localhost:\(gateway.port)")))
        return try await gateway.client("\(scratch.path)/44/tls/gateway").send(request.transportRequest())
    }

    /// The key with which the gateway signs a receipt.
    private func signer(_ gateway: RunningGateway) async throws -> String? {
        let input = try await answer(gateway, gateway.peerKey).fields.single("signature-input") ?? ""
        return input.components(separatedBy: "keyid=\"").last?.components(separatedBy: "\"").first
    }

    private func until(_ what: String, _ condition: () async throws -> Bool) async throws {
        for _ in 0..<200 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(25))
        }
        Issue.record("it did not come true in time: \(what)")
    }
}
