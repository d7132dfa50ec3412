import ArgumentParser
import Exchange
import Foundation
import Gateway
import Interchange

struct Submit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Hands a local export to the running gateway, which maps, validates and sends it.",
        discussion: """
            Done (exit status 0) means that every row is durably accepted or in quarantine; 1 that some are in quarantine,
            or that the file was refused whole.
            Example: yizhan submit --config gateway.yaml --mapping guangdong-arrivals arrivals.csv
            """)

    @OptionGroup var configuration: ConfigurationOption
    @Option(help: "The mapping's name.") var mapping: String
    @Option(
        help:
            "The source's certificate and key, without .pem and .key. Default: tls/source-register beside the configuration."
    )
    var identity: String?
    @Flag(help: "Print the answer's JSON.") var json = false
    @Argument(help: "The export.") var file: String

    func run() async throws {
        let configuration = try configuration.load()
        guard let content = FileManager.default.contents(atPath: file) else {
            throw GatewayError(.file, "\(file) cannot be read", remedy: "check the path")
        }
        let client = try LocalClient(
            listener: configuration.local, identity: identity ?? "\(configuration.folder)/tls/source-register")
        let answer = try await client.post(
            "/v1/records?mapping=\(mapping)", [UInt8](content), contentType: "application/octet-stream",
            timeout: .seconds(3_600))
        guard answer.status == 200 else { throw answer.failure }
        let account = try JSONDecoder().decode(SubmissionAccount.self, from: Data(answer.content))
        if json {
            Terminal.say(String(decoding: answer.content, as: UTF8.self))
        } else {
            account.print()
        }
        if account.quarantined > 0 { throw ExitCode(1) }
    }
}

/// The answer to a submission.
struct SubmissionAccount: Decodable {
    var mapping: String
    var read, accepted, flagged, quarantined, skipped, unchanged, new: Int
    var codes: [String: Int]

    func print() {
        let counts = [
            ("rows read", read), ("accepted", accepted), ("flagged", flagged), ("quarantined", quarantined),
            ("skipped", skipped), ("unchanged", unchanged), ("envelopes made", new),
        ]
        for (name, count) in counts {
            Terminal.say("  \(name.padding(toLength: 16, withPad: " ", startingAt: 0))\(Terminal.grouped(count))")
        }
        for (code, rows) in codes.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            Terminal.say("    \(code.padding(toLength: 24, withPad: " ", startingAt: 0))\(Terminal.grouped(rows))")
        }
    }
}
