import Exchange
import Foundation
import Interchange
import Logging
import ServiceLifecycle
import UnixSignals

/// Takes what has changed into force on SIGHUP and when files change, and looks now and then at what time alone changes: keys
/// whose day has come, and what is about to expire.
struct ReloadService: Service {
    /// How often the files' dates are looked at.
    static let interval = Duration.seconds(5)

    let enactment: Enactment
    let clock: WallClock
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask {
                    for await _ in await UnixSignalsSequence(trapping: .sighup) { await enactment.reload() }
                }
                group.addTask { await watch() }
            }
        }
    }

    private func watch() async {
        var seen = await dates()
        var expiries = ExpiryWatch()
        repeat {
            for (expiry, days) in expiries.due(await enactment.expiries, at: clock()) { warn(expiry, days) }
            let now = await dates()
            if now != seen { await enactment.reload() } else { await enactment.look() }
            // What is watched may be another set of files by now.
            seen = now == seen ? now : await dates()
        } while (try? await Task.sleep(for: Self.interval)) != nil
    }

    private func dates() async -> [String: Date] {
        let pairs = await enactment.watchedFiles.compactMap { path in
            (try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date).map { (path, $0) }
        }
        return Dictionary(pairs, uniquingKeysWith: { $1 })
    }

    private func warn(_ expiry: Expiry, _ days: Int) {
        let metadata: Logger.Metadata = [
            "alert": "expires", "what": "\(expiry.name)", "days": "\(days)", "ends": "\(expiry.ends)",
        ]
        if days <= 0 {
            logger.error("expired", metadata: metadata)
        } else {
            logger.warning("expires", metadata: metadata)
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
            authorities: try peer.authorities ?? read(peer.ca), certificate: try read(listener.certificate),
            privateKey: try read(listener.key))
    }
}
