import Children
import Exchange
import Foundation
import Gateway
import Interchange
import Store
import Synchronization

/// One province's gateway: its folder, and its process while it runs. The process may end at any moment.
final class Station: Sendable {
    /// How long a start may take, in seconds.
    static let startSeconds = 30

    let province: Province
    let folder: String
    let firstPort: Int
    private let executable: Executable
    private let process = Mutex<Child?>(nil)

    var file: String { "\(folder)/gateway.yaml" }
    var log: String { "\(folder)/gateway.log" }
    var state: String { "\(folder)/state" }

    /// Makes the folder with `yizhan init`.
    init(_ digits: String, in folder: String, port: Int, executable: Executable) throws {
        guard let province = Province(digits) else {
            throw FaultsError(.missing, "no province is \(digits)", remedy: "report this as a defect")
        }
        self.province = province
        self.executable = executable
        firstPort = port
        self.folder = "\(folder)/\(digits)"
        try executable.run(
            ["init", "--province", digits, "--dir", self.folder, "--ca", "\(folder)/ca", "--port", "\(port)"],
            log: "\(folder)/init.log")
    }

    var configuration: GatewayConfiguration { get throws { try GatewayConfiguration(file: file) } }

    /// What the store's file says now, whether a gateway runs on it or not.
    func reader() throws -> SQLiteReader { try SQLiteReader(path: "\(state)/yizhan.sqlite") }

    var isRunning: Bool { process.withLock { $0?.isRunning ?? false } }

    /// Starts `yizhan serve` and waits for nothing.
    @discardableResult
    func launch(_ environment: [String: String] = [:]) throws -> Child {
        let started = try executable.start(["serve", "--config", file], environment: environment, log: log)
        process.withLock { $0 = started }
        return started
    }

    /// Starts `yizhan serve` and waits until it is ready.
    /// - Returns: false when it ended before it was.
    @discardableResult
    func start(_ environment: [String: String] = [:]) async throws -> Bool {
        let started = try launch(environment)
        let client = try client("gateway")
        defer { client.shutDown() }
        let question = TransportRequest(
            method: "GET", url: "https://localhost:\(firstPort + 3)/health/ready",
            limits: TransportLimits(connect: .seconds(2), total: .seconds(2)))
        let deadline = ContinuousClock.now + .seconds(Self.startSeconds)
        while isRunning {
            if (try? await client.send(question))?.status == 200 { return true }
            guard ContinuousClock.now < deadline else {
                throw FaultsError(
                    .notReady, "the gateway of \(province) was not ready in \(Self.startSeconds) s",
                    remedy: "see \(log)")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        Leftovers.forget(process: started.processIdentifier)
        return false
    }

    /// Starts without a fault: it must become ready.
    func heal() async throws {
        guard try await start() else {
            throw FaultsError(.notReady, "the gateway of \(province) did not start again", remedy: "see \(log)")
        }
    }

    /// SIGKILL.
    func kill() { process.withLock { $0?.end() } }

    /// SIGTERM, and SIGKILL when it has not ended after 20 s.
    func stop() {
        process.withLock { $0?.stop(seconds: 20) }
    }

    /// Takes renewed certificates into use.
    func hangUp() {
        process.withLock { $0?.hangUp() }
    }

    /// - Parameter identity: a certificate of the folder, such as `gateway` or `source-register`.
    func client(_ identity: String) throws -> CurlClient {
        func read(_ name: String) throws -> [UInt8] {
            [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/tls/\(name)")))
        }
        return try CurlClient(
            TransportCredentials(
                authorities: try read("ca.pem"), certificate: try read("\(identity).pem"),
                privateKey: try read("\(identity).key")))
    }
}
