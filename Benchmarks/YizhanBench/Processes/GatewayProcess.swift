import Children
import Exchange
import Foundation
import Gateway
import Interchange

/// One gateway: its folder, and its process while it runs.
final class GatewayProcess {
    let province: Province
    let folder: String
    private let port: Int
    private var process: Child?
    private var file: String { "\(folder)/gateway.yaml" }
    private var log: String { "\(folder)/log" }

    /// Makes the folder with `yizhan init`.
    init(_ digits: String, in scratch: Scratch, port: Int) throws {
        guard let province = Province(digits) else {
            throw GatewayError(.mistakes, "no province is \(digits)", remedy: "report this as a defect")
        }
        self.province = province
        self.port = port
        folder = "\(scratch.path)/\(digits)"
        try Program.gateway.run(
            ["init", "--province", digits, "--dir", folder, "--ca", "\(scratch.path)/ca", "--port", "\(port)"],
            log: "\(scratch.path)/init.log")
    }

    var configuration: GatewayConfiguration { get throws { try GatewayConfiguration(file: file) } }

    /// Names the peer. The short waits keep a sender that found nobody from sleeping into the measured time.
    func know(_ peer: GatewayProcess) throws {
        let entry = try String(contentsOfFile: "\(peer.folder)/peer-\(peer.province).yaml", encoding: .utf8)
        let text = try String(contentsOfFile: file, encoding: .utf8).replacingOccurrences(of: "peers: []", with: entry)
        try (text + "\nretry: { initialMillis: 10, maximumMillis: 50 }\n").write(
            toFile: file, atomically: true, encoding: .utf8)
    }

    /// Starts `yizhan serve` and waits until it is ready.
    /// - Parameter environment: overrides single values of the configuration.
    func start(_ environment: [String: String] = [:]) async throws {
        var gateway = Program.gateway
        gateway.environment = environment
        let process = try gateway.launch(["serve", "--config", file], log: log)
        self.process = process
        let client = try client()
        defer { client.shutDown() }
        let question = TransportRequest(method: "GET", url: "https://localhost:\(port + 3)/health/ready")
        try await Poll.until("the gateway of \(province) is ready", seconds: 120, every: .milliseconds(5)) {
            guard process.isRunning else { throw Program.failure("the gateway of \(province) ended", log: log) }
            return (try? await client.send(question))?.status == 200
        }
    }

    /// Every row must pass.
    func submit(_ export: String, mapping: String) throws {
        try Program.gateway.run(["submit", "--config", file, "--mapping", mapping, export], log: log)
    }

    /// A client with this gateway's certificate.
    func client() throws -> CurlClient {
        func read(_ name: String) throws -> [UInt8] {
            [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/tls/\(name)")))
        }
        return try CurlClient(
            TransportCredentials(
                authorities: try read("ca.pem"), certificate: try read("gateway.pem"),
                privateKey: try read("gateway.key")))
    }

    /// SIGKILL.
    func stop() {
        process?.end()
        process = nil
    }

    /// Of the process that runs.
    func usage() throws -> ProcessUsage {
        guard let process, let usage = ProcessUsage(of: process.processIdentifier) else {
            throw Program.failure("the gateway of \(province) does not run", log: log)
        }
        return usage
    }

    /// Certificate and private key, without `.pem` and `.key`.
    var identity: String { "\(folder)/tls/gateway" }
    var authorities: String { "\(folder)/tls/ca.pem" }
    var statusPort: Int { port + 1 }
}
