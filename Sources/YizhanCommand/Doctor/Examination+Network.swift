import Exchange
import Foundation
import Gateway
import Interchange
import Store

extension Examination {
    /// Seconds that clocks may be apart before signatures are refused, and before it is worth a look.
    private static let refusedSeconds = 60
    private static let notableSeconds = 5

    /// The running gateway, or whether one could start.
    func daemon() async -> [Finding] {
        guard isRunning else { return ports() }
        let client = try? CurlClient(
            TransportCredentials(
                authorities: read(configuration.operations.clientCA ?? configuration.exchange.clientCA),
                certificate: read(configuration.exchange.certificate), privateKey: read(configuration.exchange.key)))
        let request = TransportRequest(
            method: "GET", url: "https://localhost:\(configuration.operations.port)/health/ready",
            limits: TransportLimits(total: .seconds(10)))
        guard let answer = try? await client?.send(request) else {
            return [
                .unreachable(
                    "daemon", "a gateway holds the store, and its operations listener does not answer",
                    do: "look at its log; check listeners.operations.port and its certificate")
            ]
        }
        guard answer.status == 200 else {
            return [.failure("daemon", "the gateway says that it is not ready", do: "look at its log")]
        }
        return [.ok("daemon", "the gateway runs and is ready")]
    }

    private func read(_ path: String?) -> [UInt8] {
        path.flatMap { FileManager.default.contents(atPath: $0) }.map { [UInt8]($0) } ?? []
    }

    /// Whether a process holds the store.
    private var isRunning: Bool {
        guard FileManager.default.fileExists(atPath: configuration.storePath) else { return false }
        do {
            _ = try StoreLock(store: configuration.storePath)
            return false
        } catch {
            return (error as? GatewayError)?.code == .inUse
        }
    }

    private func ports() -> [Finding] {
        let taken = configuration.listeners.map(\.port).filter { !LoopbackPort.isFree($0) }
        let found = taken.map {
            Finding.failure("ports", "port \($0) is taken by another program", do: "stop it, or choose another port")
        }
        return [.warning("daemon", "no gateway runs on this store", do: "yizhan serve")]
            + (found.isEmpty ? [.ok("ports", "the four ports are free")] : found)
    }

    /// Asks every peer in force for its capabilities: whether it answers, takes our signature, and has our time.
    func peers() async -> [Finding] {
        var findings: [Finding] = []
        var ahead: [Int] = []
        for peer in inForce.configuration.peers where peer.mode == .push {
            do {
                let listed = view?.known.first { $0.peer == peer.province }?.ids
                let key = inForce.keys.signingKeys.key(knownKeys: listed, at: now)
                let answer = try await PeerCall(configuration, peer, key: key).capabilities()
                findings.append(finding(of: answer, peer.province))
                if let seconds = answer.clockSeconds { ahead.append(seconds) }
            } catch {
                let failure = error as? GatewayError
                findings.append(
                    .unreachable(
                        "peer", failure?.message ?? "the gateway of \(peer.province) does not answer",
                        do: failure?.remedy ?? "check its address, and that each side trusts the other's authority"))
            }
        }
        return findings + clock(ahead)
    }

    private func finding(of answer: PeerCall.Answer, _ peer: Province) -> Finding {
        switch answer.status {
        case 401, 403:
            .failure(
                "peer", "\(peer) refuses our identity or signature (\(answer.status))",
                do: "compare certificates, keys and clocks with its operator")
        case 500...:
            .warning("peer", "\(peer) answers \(answer.status)", do: "if it lasts, tell its operator")
        default: .ok("peer", "\(peer) answers after \(answer.milliseconds) ms")
        }
    }

    /// One peer's clock may be wrong; the middle one of several is ours to mend.
    private func clock(_ ahead: [Int]) -> [Finding] {
        guard !ahead.isEmpty else { return [] }
        let middle = ahead.sorted()[ahead.count / 2]
        let words = "our clock is \(abs(middle)) s \(middle > 0 ? "behind" : "ahead of") that of the peers"
        if abs(middle) > Self.refusedSeconds {
            return [.failure("clock", words, do: "set the clock by NTP: signatures are refused beyond 60 s")]
        }
        if abs(middle) > Self.notableSeconds {
            return [.warning("clock", words, do: "check that NTP runs: signatures are refused beyond 60 s")]
        }
        return [.ok("clock", "within \(Self.notableSeconds) s of the peers' clocks")]
    }
}

/// A port of the loopback interface.
enum LoopbackPort {
    static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var reuse: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
