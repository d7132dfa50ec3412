import AuditLog
import Children
import Exchange
import Foundation
import Gateway
import Interchange
import Testing

/// The built executable, beside the tests' own.
enum Executable {
    static var path: String {
        get throws {
            try #require(Program.gateway.isThere, "yizhan is not built")
            return Program.gateway.path
        }
    }

    struct Result {
        var status: Int32
        var output: String
        var errors: String
    }

    /// Runs a command of the executable to its end, or another program, for at most a minute.
    static func run(
        _ arguments: [String], input: String = "", environment: [String: String] = [:], program: String? = nil
    ) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (given, output, errors) = (
            folder.appendingPathComponent("input"), folder.appendingPathComponent("output"),
            folder.appendingPathComponent("errors")
        )
        try Data(input.utf8).write(to: given)
        let process = try Program(path: try program ?? path, environment: environment)
            .start(arguments, input: given.path, log: output.path, errors: errors.path)
        if !process.waitForEnd(seconds: 60) { process.end() }
        return Result(
            status: process.status ?? 255, output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
    }

    /// Starts a gateway on the folder's configuration, with a log of its own in `log` there. Whoever interrupts the tests ends it.
    static func serve(_ folder: String, environment: [String: String] = [:]) throws -> Child {
        Leftovers.clearWhenInterrupted()
        try Data().write(to: URL(fileURLWithPath: "\(folder)/log"))
        return try Program(path: path, environment: environment)
            .start(["serve", "--config", "\(folder)/gateway.yaml"], log: "\(folder)/log")
    }
}

/// A folder that goes when the test ends.
final class Scratch {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("yizhan-test-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
        return "\(path)/\(name)"
    }
}

/// A gateway made by `yizhan init` and run by `yizhan serve`, with a peer whose part the test plays.
final class RunningGateway {
    let folder: String
    let port: Int
    /// With which the test signs as the peer of province 44.
    let peerKey = SigningKey.generate()
    /// Of the peer's audit log, which the gateway witnesses.
    let peerLog: NoteSigner
    private var process: Child?

    /// - Parameter extra: more lines of configuration.
    init(_ scratch: Scratch, extra: String = "", hasPeer: Bool = true) async throws {
        folder = "\(scratch.path)/41"
        peerLog = try NoteSigner(name: "yizhan.example/44", seed: [UInt8](repeating: 44, count: 32))
        port = try FreePorts.find(4)
        let made = try Executable.run([
            "init", "--province", "41", "--dir", folder, "--ca", "\(scratch.path)/ca", "--port", "\(port)",
        ])
        #expect(made.status == 0, "\(made.errors)")
        let other = try Executable.run([
            "init", "--province", "44", "--dir", "\(scratch.path)/44", "--ca", "\(scratch.path)/ca",
        ])
        #expect(other.status == 0, "\(other.errors)")
        if hasPeer { try configure(extra) }
        try await start()
    }

    private func configure(_ extra: String) throws {
        let file = "\(folder)/gateway.yaml"
        var text = try String(contentsOfFile: file, encoding: .utf8)
        text = text.replacingOccurrences(of: "peers: []", with: "")
        text += """

            peers:
              - province: "44"
                url: https://localhost:1
                ca: tls/ca.pem
                keys:
                  - publicKey: '\(peerKey.verificationKey.jwk)'
                audit: { key: '\(peerLog.verifierKey)' }
            \(extra)
            """
        try text.write(toFile: file, atomically: true, encoding: .utf8)
    }

    private func start() async throws {
        let process = try Executable.serve(folder)
        self.process = process
        let client = try client("\(folder)/tls/gateway")
        for _ in 0..<600 {
            let health = TransportRequest(method: "GET", url: "https://localhost:\(port + 3)/health/ready")
            if let answer = try? await client.send(health), answer.status == 200 { return }
            try #require(process.isRunning, "the gateway ended: \(log)")
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("the gateway was not ready in 30 s: \(log)")
    }

    var log: String { (try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)) ?? "" }

    func client(_ identity: String, ca: String? = nil) throws -> CurlClient {
        func read(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }
        return try CurlClient(
            TransportCredentials(
                authorities: try read(ca ?? "\(folder)/tls/ca.pem"), certificate: try read(identity + ".pem"),
                privateKey: try read(identity + ".key")))
    }

    /// SIGHUP.
    func hangUp() { process?.hangUp() }

    func stop() { process?.stop() }

    deinit { stop() }
}
