import Exchange
import Foundation
import Interchange
import Logging
import ServiceLifecycle
import UnixSignals

/// Takes renewed certificates into use on SIGHUP and when their files change: new connections get them, open ones live on.
struct ReloadService: Service {
    /// How often the files' dates are looked at.
    static let interval = Duration.seconds(5)

    let contexts: [TLSContexts]
    let clients: [(client: CurlClient, peer: GatewayConfiguration.Peer)]
    let listener: GatewayConfiguration.Listener
    let files: [String]
    let senders: [Province: PeerSender]
    let fetchers: [PeerFetcher]
    let authorities: PeerAuthorities
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { for await _ in await UnixSignalsSequence(trapping: .sighup) { await reload() } }
                group.addTask { await watch() }
            }
        }
    }

    private func watch() async {
        var seen = dates()
        while (try? await Task.sleep(for: Self.interval)) != nil {
            let now = dates()
            if now != seen { await reload() }
            seen = now
        }
    }

    private func dates() -> [Date?] {
        files.map { try? FileManager.default.attributesOfItem(atPath: $0)[.modificationDate] as? Date }
    }

    private func reload() async {
        do {
            for context in contexts { try context.reload() }
            try authorities.reload()
            for (client, peer) in clients {
                client.replaceCredentials(try TransportCredentials(listener: listener, peer: peer))
            }
            for sender in senders.values { await sender.reset() }
            for fetcher in fetchers { await fetcher.reset() }
            logger.notice("certificates reloaded")
        } catch {
            logger.error("certificates not reloaded: the old ones stay in force", metadata: ["error": "\(error)"])
        }
    }
}

extension TransportCredentials {
    /// Our exchange certificate, and the one authority that this peer's certificates come from.
    public init(listener: GatewayConfiguration.Listener, peer: GatewayConfiguration.Peer) throws {
        func read(_ path: String) throws -> [UInt8] {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw GatewayError(.file, "\(path) cannot be read", remedy: "check the path in the configuration")
            }
            return Array(data)
        }
        self.init(
            authorities: try read(peer.ca), certificate: try read(listener.certificate),
            privateKey: try read(listener.key))
    }
}
