import Foundation
import Gateway
import Interchange

/// Guangdong and Henan on this machine, each naming the other, with a proxy on the way in front of each.
struct Stage: Sendable {
    let folder: String
    let guangdong: Station
    let henan: Station
    /// In front of Henan: what Guangdong sends goes through it.
    let towardsHenan: Proxy
    private let towardsGuangdong: Proxy

    /// - Parameter limits: lines of configuration below `limits`, in braces.
    init(folder: String, executable: Executable, limits: String = "batchEnvelopes: 20") throws {
        self.folder = folder
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let port = try FreePorts.find(10)
        guangdong = try Station("44", in: folder, port: port, executable: executable)
        henan = try Station("41", in: folder, port: port + 4, executable: executable)
        towardsHenan = try Proxy(listening: port + 8, to: henan.firstPort)
        towardsGuangdong = try Proxy(listening: port + 9, to: guangdong.firstPort)
        try Self.introduce(henan, at: port + 8, to: guangdong, limits)
        try Self.introduce(guangdong, at: port + 9, to: henan, limits)
    }

    var stations: [Station] { [guangdong, henan] }

    func start() async throws { for station in stations { try await station.heal() } }

    /// SIGTERM for both.
    func stop() { for station in stations { station.stop() } }

    /// SIGKILL for both, and the end of both proxies.
    func end() {
        for station in stations { station.kill() }
        towardsHenan.end()
        towardsGuangdong.end()
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    /// Names the peer to the gateway, and to the peer the name by which it is called through the proxy.
    private static func introduce(_ peer: Station, at port: Int, to own: Station, _ limits: String) throws {
        let entry = try String(contentsOfFile: "\(peer.folder)/peer-\(peer.province).yaml", encoding: .utf8)
            .replacingOccurrences(of: "https://localhost:\(peer.firstPort)", with: "https://localhost:\(port)")
        // Short waits, so that the time to drain is the gateway's and not the backoff's.
        let pace = "limits: { \(limits) }\nretry: { initialMillis: 10, maximumMillis: 200 }\nlog: { level: notice }\n"
        try edit(own.file) { $0.replacingOccurrences(of: "peers: []", with: entry) + pace }
        try edit(peer.file) { text in
            text.replacingOccurrences(
                of: "exchange: { address: 127.0.0.1, port: \(peer.firstPort) }",
                with: "exchange: { address: 127.0.0.1, port: \(peer.firstPort), names: [\"localhost:\(port)\"] }")
        }
        let mappings = "\(own.folder)/mappings"
        for file in try FileManager.default.contentsOfDirectory(atPath: mappings) {
            try FileManager.default.removeItem(atPath: "\(mappings)/\(file)")
        }
        try Persons.mapping.write(toFile: "\(mappings)/\(Persons.mappingName).yaml", atomically: true, encoding: .utf8)
    }

    static func edit(_ file: String, _ change: (String) -> String) throws {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try change(text).write(toFile: file, atomically: true, encoding: .utf8)
    }
}
