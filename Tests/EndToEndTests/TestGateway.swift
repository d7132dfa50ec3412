import Children
import Exchange
import Foundation
import Gateway
import Interchange
import Testing

/// Looks again and again until it is so, for some 30 s.
func eventually(_ isSo: () throws -> Bool) async throws -> Bool {
    for _ in 0..<300 {
        if try isSo() { return true }
        try await Task.sleep(for: .milliseconds(100))
    }
    return false
}

/// A gateway made by `yizhan init` whose configuration a test writes, and which may run.
final class TestGateway {
    let province: String
    let folder: String
    let port: Int
    private let scratch: Scratch
    private var process: Child?

    init(_ province: String, in scratch: Scratch, ca: String = "ca") throws {
        self.province = province
        self.scratch = scratch
        folder = "\(scratch.path)/\(province)"
        port = try FreePorts.find(4)
        let made = try Executable.run([
            "init", "--province", province, "--dir", folder, "--ca", "\(scratch.path)/\(ca)", "--port", "\(port)",
        ])
        try #require(made.status == 0, "\(made.errors)")
    }

    var key: SigningKey {
        get throws { try SigningKey(try String(contentsOfFile: "\(folder)/keys/signing.pem", encoding: .utf8)) }
    }

    var ring: KeyRing {
        get throws {
            KeyRing(
                owner: try #require(Province(province)),
                [.init(try key.verificationKey, KeyValidity(from: Instant(milliseconds: 0)))])
        }
    }

    var address: PeerAddress {
        get throws { try #require(PeerAddress("https://localhost:\(port)")) }
    }

    /// Names the other gateway as a peer.
    /// - Parameters:
    ///   - lines: more of the peer's keys, such as `mode: pull`.
    ///   - extra: more sections.
    func knows(_ peer: TestGateway, ca: String = "tls/ca.pem", _ lines: [String] = [], extra: [String] = []) throws {
        let file = "\(folder)/gateway.yaml"
        var text = try String(contentsOfFile: file, encoding: .utf8).replacingOccurrences(of: "peers: []", with: "")
        text += """

            peers:
              - province: "\(peer.province)"
                url: https://localhost:\(peer.port)
                ca: \(ca)
                keys:
                  - publicKey: '\(try peer.key.verificationKey.jwk)'

            """
        for line in lines { text += "    \(line)\n" }
        for line in extra { text += "\(line)\n" }
        try text.write(toFile: file, atomically: true, encoding: .utf8)
    }

    /// - Parameter environment: overrides single values of the configuration.
    func start(_ environment: [String: String] = [:]) async throws {
        let process = try Executable.serve(folder, environment: environment)
        self.process = process
        let client = try client()
        for _ in 0..<600 {
            let health = TransportRequest(method: "GET", url: "https://localhost:\(port + 3)/health/ready")
            if let answer = try? await client.send(health), answer.status == 200 { return }
            try #require(process.isRunning, "the gateway ended: \(log)")
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("the gateway was not ready in 30 s: \(log)")
    }

    /// SIGHUP: reads everything again.
    func hangUp() { process?.hangUp() }

    func stop() {
        process?.stop()
    }

    deinit { stop() }

    var log: String { (try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)) ?? "" }

    /// A client with a certificate of this gateway's folder.
    func client(_ identity: String = "gateway", trusting ca: String = "tls/ca.pem") throws -> CurlClient {
        func read(_ path: String) throws -> [UInt8] {
            [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(path)")))
        }
        return try CurlClient(
            TransportCredentials(
                authorities: try read(ca), certificate: try read("tls/\(identity).pem"),
                privateKey: try read("tls/\(identity).key")))
    }

    /// The first rows of the sample export, taken in.
    func submitSample(rows: Int = 300) async throws -> TransportResponse {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
        let sample = try Data(contentsOf: URL(fileURLWithPath: "\(root)/Tests/Fixtures/samples/guangdong-arrivals.csv"))
        let lines = [UInt8](sample).split(separator: 0x0A, omittingEmptySubsequences: false).prefix(rows + 1)
        return try await client("source-register").send(
            TransportRequest(
                method: "POST", url: "https://localhost:\(port + 2)/v1/records?mapping=guangdong-arrivals",
                fields: ["content-type": "text/csv"], content: Array(lines.joined(separator: [0x0A])) + [0x0A]))
    }

    /// One number of a lane's backlog.
    func backlog(_ count: String, of peer: String) throws -> Int? { try lane(peer)?[count] as? Int }

    /// One word of a lane's backlog.
    func text(_ name: String, of peer: String) throws -> String? { try lane(peer)?[name] as? String }

    private func lane(_ peer: String) throws -> [String: Any]? {
        let stats = try Executable.run(["queue", "stats", "--json", "--config", "\(folder)/gateway.yaml"])
        let lanes = try JSONSerialization.jsonObject(with: Data(stats.output.utf8)) as? [[String: Any]]
        return lanes?.first { $0["peer"] as? String == peer }
    }
}
