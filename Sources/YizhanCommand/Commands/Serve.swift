import ArgumentParser
import Foundation
import Gateway
import HeapLayout
import Interchange
import Logging

/// `--config FILE`, of every command that concerns a gateway.
struct ConfigurationOption: ParsableArguments {
    @Option(name: .customLong("config"), help: "The gateway's configuration.") var file = "gateway.yaml"

    func load() throws -> GatewayConfiguration { try GatewayConfiguration(file: file) }
}

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs the gateway until SIGTERM or SIGINT; SIGHUP takes renewed certificates into use.",
        discussion: "Example: yizhan serve --config /var/lib/yizhan/gateway.yaml")

    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
        signal(SIGPIPE, SIG_IGN)
        HeapLayout.set()
        let configuration = try configuration.load()
        LoggingSystem.bootstrap { JSONLog(label: $0) }
        var logger = Logger(label: "yizhan")
        logger.logLevel = Logger.Level(rawValue: configuration.logLevel) ?? .info
        logger[metadataKey: "province"] = "\(configuration.province)"
        let daemon = try Daemon(configuration, clock: { Instant.now() }, logger: logger)
        do {
            try await daemon.run()
        } catch let error as GatewayError {
            throw error
        } catch {
            throw GatewayError(
                .inUse, "the gateway ended: \(error)", remedy: "see the lines above; check ports and disk")
        }
    }
}
