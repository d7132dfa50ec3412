import ArgumentParser
import Foundation
import Gateway
import Interchange
import Store

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Looks at what usually goes wrong, and says what to do.",
        discussion: """
            Clock, certificates and their days left, disk, ports, peers' reachability, file modes, approvals that wait, the
            store, alerts that stand. Run it as the user that the gateway runs as. It changes nothing.
            Exit status 0: nothing failed (there may be warnings); 1: something failed; 2: the configuration has mistakes; 3:
            only that a peer or the gateway does not answer.
            Example: yizhan doctor --config gateway.yaml --json
            """)

    @OptionGroup var configuration: ConfigurationOption
    @Flag(help: "Ask no peer.") var offline = false
    @Flag(help: "Print a JSON object.") var json = false

    func run() async throws {
        let configuration = try configuration.load()
        let loaded = try Loaded(configuration)
        let examination = await Examination(loaded, at: Instant.now())
        var findings = [Finding.ok("configuration", "\(configuration.file) has no mistakes")]
        findings += examination.files() + examination.expiries() + examination.approvals()
        findings += await examination.store()
        findings += await examination.alerts()
        findings += examination.disk()
        findings += await examination.daemon()
        if !offline { findings += await examination.peers() }
        if json {
            try Terminal.say(json: Report(healthy: !findings.contains { $0.state != .ok }, findings: findings))
        } else {
            for finding in findings { Terminal.say(finding.line) }
        }
        if findings.contains(where: { $0.state == .failure }) { throw ExitCode(1) }
        if findings.contains(where: { $0.state == .unreachable }) { throw ExitCode(3) }
    }

    private struct Report: Encodable {
        /// Whether there is nothing to do.
        var healthy: Bool
        var findings: [Finding]
    }
}
