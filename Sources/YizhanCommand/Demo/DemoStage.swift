import Children
import Exchange
import Foundation
import Gateway
import Interchange
import Store

/// One gateway of the demonstration: its folder, and its process while it runs.
final class DemoGateway {
    let province: Province
    let folder: String
    let firstPort: Int
    private var process: Child?

    var configuration: String { "\(folder)/gateway.yaml" }

    init(province: Province, folder: String, firstPort: Int) {
        self.province = province
        self.folder = folder
        self.firstPort = firstPort
    }

    /// Starts `yizhan serve` as a process of its own and waits until it is ready.
    /// - Throws: ``GatewayError`` when it is not ready within 30 s.
    func start() async throws {
        process = try Program.own.start(["serve", "--config", configuration], log: "\(folder)/gateway.log")
        try await Poll.until("the gateway of \(province) is ready", seconds: 30) { await self.isReady() }
    }

    /// SIGKILL: no warning, nothing is flushed.
    func kill() { process?.end() }

    /// SIGTERM, and SIGKILL when it has not ended after 20 s.
    func stop() { process?.stop(seconds: 20) }

    func load() throws -> GatewayConfiguration { try GatewayConfiguration(file: configuration) }
    func reader() throws -> SQLiteReader { try SQLiteReader(path: try load().storePath) }

    private func isReady() async -> Bool {
        guard let process, process.isRunning, let configuration = try? load(),
            let client = try? CurlClient(
                TransportCredentials(
                    authorities: [UInt8](FileManager.default.contents(atPath: "\(folder)/tls/ca.pem") ?? Data()),
                    certificate: [UInt8](
                        FileManager.default.contents(atPath: configuration.exchange.certificate) ?? Data()),
                    privateKey: [UInt8](FileManager.default.contents(atPath: configuration.exchange.key) ?? Data())))
        else { return false }
        let request = TransportRequest(
            method: "GET", url: "https://localhost:\(configuration.operations.port)/health/ready")
        return (try? await client.send(request))?.status == 200
    }
}

/// Guangdong and Henan on this machine, under one development CA.
struct DemoStage {
    let guangdong: DemoGateway
    let henan: DemoGateway
    let folder: String

    init(folder: String) throws {
        self.folder = folder
        guard let first = Province("44"), let second = Province("41") else {
            throw GatewayError(
                .mistakes, "the demonstration's provinces are unknown", remedy: "report this as a defect")
        }
        let port = try FreePorts.find(8)
        guangdong = DemoGateway(province: first, folder: "\(folder)/44", firstPort: port)
        henan = DemoGateway(province: second, folder: "\(folder)/41", firstPort: port + 4)
        try Self.write(guangdong, henan, folder: folder)
    }

    func stop() {
        guangdong.stop()
        henan.stop()
    }

    /// Writes both folders, then names each gateway to the other.
    private static func write(_ left: DemoGateway, _ right: DemoGateway, folder: String) throws {
        var entries: [Province: String] = [:]
        for gateway in [left, right] {
            let province = ProvinceFolder(province: gateway.province, folder: gateway.folder)
            let key = try province.write(ca: "\(folder)/ca", firstPort: gateway.firstPort, peers: "")
            entries[gateway.province] = province.peerEntry(port: gateway.firstPort, ca: "tls/ca.pem", key: key)
        }
        // Small batches and short waits, so that the receiver can be killed in mid-transfer.
        let pace = "limits: { batchEnvelopes: 25 }\nretry: { initialMillis: 100, maximumMillis: 1000 }\n"
        for (own, other) in [(left, right), (right, left)] {
            let handle = FileHandle(forWritingAtPath: own.configuration)
            handle?.seekToEndOfFile()
            handle?.write(Data("\npeers:\n\(entries[other.province] ?? "")\(pace)".utf8))
            try handle?.close()
        }
    }
}

/// Waits for what another process does.
enum Poll {
    /// - Throws: ``GatewayError`` `unreachable` when it does not come true in time.
    static func until(_ what: String, seconds: Int, _ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < deadline {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw GatewayError(.unreachable, "waited \(seconds) s in vain until \(what)", remedy: "see the gateways' logs")
    }
}
