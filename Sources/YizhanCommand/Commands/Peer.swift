import ArgumentParser
import Conformance
import Exchange
import Foundation
import Gateway
import Interchange

struct Peer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Other provinces' gateways.", subcommands: [PeerList.self, PeerCheck.self, PeerPing.self])
}

struct PeerCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Plays a peer against a gateway and prints a line for each rule that it keeps or breaks.",
        discussion: """
            It takes the part of the configuration's province, with its certificate and its signing key, so the other gateway
            must have that province among its peers. It sends records about persons who do not exist and withdraws them all
            before it ends; the other gateway's audit log keeps that they came. Use it before two provinces connect, and on a
            gateway of your own making.
            Exit status 0: every rule that could be tried is kept; 1: a rule is broken; 3: nothing answers there.
            Example: yizhan peer check https://localhost:8443 --config gateway.yaml
            """)

    @Argument(help: "Where the gateway answers: https://host:port.") var url: String
    @OptionGroup var configuration: ConfigurationOption
    @Option(help: "Whose gateway it is, when the configuration's peers do not name the address.") var province:
        Province?
    @Flag(help: "Print JSON, a line for each rule.") var json = false

    func run() async throws {
        let configuration = try configuration.load()
        guard let address = PeerAddress(url) else {
            throw ValidationError("'\(url)' is no address of a gateway: give https://host:port.")
        }
        let named = configuration.peers.first { $0.province == province }
        guard let entry = named ?? configuration.peers.first(where: { $0.address == address })
        else {
            throw GatewayError(
                .mistakes, "the configuration has no peer at \(address)",
                remedy: "add it under `peers` with its ca and keys, or name it with --province")
        }
        let keys = try KeyMaterial(configuration)
        let peer = try ConformancePeer(
            province: configuration.province, key: keys.signing,
            transport: try CurlClient(TransportCredentials(listener: configuration.exchange, peer: entry)),
            address: address, other: entry.province, keys: entry.keys, clock: { Instant.now() })
        do { try await peer.connect() } catch let error as TransportError {
            throw GatewayError(
                .unreachable, "nothing answers at \(address): \(error.message)",
                remedy: "check the address, that the gateway runs, and that each side trusts the other's authority")
        }
        try await report(on: peer)
    }

    private func report(on peer: ConformancePeer) async throws {
        var (kept, broken, untested) = (0, 0, 0)
        for rule in ConformanceSuite.rules {
            let finding = await ConformanceSuite.finding(on: rule, peer)
            switch finding.verdict {
            case .kept: kept += 1
            case .broken: broken += 1
            case .untested: untested += 1
            }
            if json { try Terminal.say(json: FindingLine(finding)) } else { Terminal.say(finding.text) }
        }
        if !json {
            Terminal.say("\(kept) kept, \(broken) broken, \(untested) not tried.")
        }
        if broken > 0 { throw ExitCode(1) }
    }
}

/// A finding as a line of JSON.
private struct FindingLine: Encodable {
    var rule, statement, verdict: String
    var expected, found, reason: String?

    init(_ finding: ConformanceFinding) {
        (rule, statement) = (finding.rule, finding.statement)
        switch finding.verdict {
        case .kept: verdict = "kept"
        case .broken(let expected, let found): (verdict, self.expected, self.found) = ("broken", expected, found)
        case .untested(let reason): (verdict, self.reason) = ("untested", reason)
        }
    }
}

extension ConformanceFinding {
    /// For a person: what is broken says what was expected and what came.
    fileprivate var text: String {
        let name = rule.padding(toLength: max(rule.count, 35), withPad: " ", startingAt: 0)
        switch verdict {
        case .kept: return "\(Terminal.green("kept  "))  \(name)  \(Terminal.dim(statement))"
        case .untested(let reason): return "\(Terminal.dim("-     "))  \(name)  \(Terminal.dim("not tried: \(reason)"))"
        case .broken(let expected, let found):
            return
                "\(Terminal.red("broken"))  \(name)  \(statement)\n        expected \(expected)\n        found    \(found)"
        }
    }
}
