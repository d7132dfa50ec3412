import ArgumentParser
import AuditLog
import Exchange
import Foundation
import Gateway
import Interchange
import Store

struct AuditReopen: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reopen",
        abstract: "Goes on after entries of the audit log were lost: two persons open a new log with a new key.",
        discussion: """
            For when no copy of the store reaches as far as what a peer holds. No gateway may run. Without --approve it says
            what would be done, under a digest; two different operators approve that digest, each with a certificate of their
            own. The old log is closed as it is left, and stays verifiable with the gap stated; the first entry of the new one
            names it. Then the configuration names the new origin and key, and peers take them by approval of their own.
            Example: yizhan audit reopen --config gateway.yaml
            Example: yizhan audit reopen --config gateway.yaml --approve DIGEST --identity tls/operator-op1
            """)

    @OptionGroup var configuration: ConfigurationOption
    @Option(help: "A checkpoint of the log that someone else kept; may be given again.") var checkpoint: [String] = []
    @Option(help: "Approve the plan that has this digest.") var approve: String?
    @Option(help: "The operator's certificate and key, without .pem and .key. Default: tls/operator-op1.")
    var identity: String?
    @Flag(help: "Print a JSON object.") var json = false

    func run() async throws {
        let configuration = try configuration.load()
        let kept = try checkpoint.map { path in
            guard let note = FileManager.default.contents(atPath: path) else {
                throw GatewayError(.file, "the checkpoint \(path) cannot be read", remedy: "check the path")
            }
            return KeptCheckpoint(holder: "file", note: [UInt8](note))
        }
        let reopener = try LogReopener(configuration, clock: { Instant.now() }, kept: kept) { peer in
            await peer.newestHeld(of: configuration)
        }
        guard let approve else { return try say(await reopener.plan(), step: nil) }
        guard let digest = Digest256(base64: approve) else {
            throw ValidationError("A plan is named by the base64 of its SHA-256, 44 characters.")
        }
        let person = try await PersonCredential(
            identity ?? "\(configuration.folder)/tls/operator-op1", of: configuration)
        let (plan, step) = try await reopener.approve(digest, by: person)
        try say(plan, step: step)
    }

    private func say(_ plan: LogReopener.Plan, step: ApprovalStep?) throws {
        let report = ReopenReport(plan, step)
        if json { return try Terminal.say(json: report) }
        for line in plan.reopening.approvable.form.split(separator: "\n") { Terminal.say("  \(line)") }
        for peer in plan.unheard {
            Terminal.complain("\(peer) was not heard: it may hold a higher checkpoint than the one stated")
        }
        switch step {
        case nil:
            Terminal.say(plan.proposer.map { "approved by \($0), waits for another person" } ?? "waits for two persons")
            Terminal.say("approve with: yizhan audit reopen --approve \(report.digest) --identity OPERATOR")
        case .proposed?: Terminal.say("approved by one person; another one's approval closes the old log")
        case .inForce?:
            Terminal.say(Terminal.green("\(report.closes) is closed; \(report.opens) is open"))
            Terminal.say("Set in the configuration before the gateway starts:\n\(plan.settings)")
            Terminal.say("Give each peer the new key, for two persons there to approve:\n\(report.key)")
        }
    }
}

/// A plan as printed.
private struct ReopenReport: Encodable {
    var digest, closes, opens, key, keyFile: String
    var size, held, missing: UInt64
    var holder: String
    var unheard: [String]
    var proposer: String?
    var isInForce: Bool

    init(_ plan: LogReopener.Plan, _ step: ApprovalStep?) {
        let reopening = plan.reopening
        digest = plan.digest.base64
        (closes, opens) = (reopening.closedOrigin, reopening.openedOrigin)
        (key, keyFile) = (reopening.opened, plan.keyFile)
        (size, held, holder) = (reopening.size, reopening.held.size, reopening.held.holder)
        missing = held > size ? held - size : 0
        unheard = plan.unheard.map(\.description)
        proposer = plan.proposer
        isInForce = false
        if case .inForce(let first)? = step { (isInForce, proposer) = (true, first) }
    }
}

extension GatewayConfiguration.Peer {
    /// What the peer holds of this gateway's log, asked over a connection of its own.
    func newestHeld(of configuration: GatewayConfiguration) async -> PeerWord {
        let client: any HTTPTransport
        do {
            client = try CurlClient(TransportCredentials(listener: configuration.exchange, peer: self))
        } catch {
            return .unreachable(because: "\(error)")
        }
        guard let witness = WitnessClient(self, transport: client) else {
            return .unreachable(because: "its audit log is not configured (peers[].audit)")
        }
        return await witness.word(of: configuration.origin)
    }
}
