import ArgumentParser
import AuditLog
import Foundation
import Gateway
import Interchange

struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Puts a backup in the place of the store, after verifying it against what peers hold.",
        discussion: """
            No gateway may run on the store. Every peer is asked, over mutual TLS and under our signature, for the newest checkpoint
            of our audit log that it holds; a copy that is older is refused, unless two persons accept it: then they open a new log
            with `yizhan audit reopen`, and no gateway starts before. What may no longer be kept is erased before anything listens,
            and nothing is sent to a peer before the two have been reconciled. Exit status 1 when the backup is damaged, or entries
            of the audit log are or may be lost; what is lost is said. The store that was there is kept under another name: remove
            it once the gateway runs.
            Example: yizhan restore --config gateway.yaml --from /srv/backup/yizhan-44-20260630T190000Z
            """)

    @OptionGroup var configuration: ConfigurationOption
    @Option(help: "The folder of one backup.") var from: String
    @Option(help: "A checkpoint of this gateway's audit log that someone else kept; may be given again.")
    var checkpoint: [String] = []
    @Flag(
        help:
            "Go on although entries of the audit log are lost, or a peer could not be asked what it holds. Needs two --approve."
    )
    var acceptLoss = false
    @Option(help: "A person who accepts it; two different ones are needed.") var approve: [String] = []
    @Flag(help: "Print a JSON object.") var json = false

    func validate() throws {
        guard acceptLoss ? approve.count == 2 && approve[0] != approve[1] : approve.isEmpty else {
            throw ValidationError("--accept-loss takes two different persons: --approve NAME --approve NAME.")
        }
    }

    func run() async throws {
        let configuration = try configuration.load()
        let kept = try checkpoint.map { path in
            guard let note = FileManager.default.contents(atPath: path) else {
                throw GatewayError(.file, "the checkpoint \(path) cannot be read", remedy: "check the path")
            }
            return KeptCheckpoint(holder: path, note: [UInt8](note))
        }
        let inquiry = try await CheckpointInquiry(configuration, clock: { Instant.now() })
        let restore = try StoreRestore(
            configuration, clock: { Instant.now() }, kept: kept, acceptedBy: approve,
            ask: { await inquiry.word(of: $0) })
        let report = try await restore.run(
            from: from, by: AuditActor(organisation: "urn:yizhan:operator:\(configuration.province):local"))
        if json { return try Terminal.say(json: report) }
        Terminal.say(
            Terminal.green(
                "restored the store of \(report.madeAt): \(Terminal.grouped(Int(report.auditSize))) entries of the audit log"
            ))
        if report.lost > 0 {
            return Terminal.say(
                "\(report.lost) entries of the audit log are lost. Now two persons open a new one with `yizhan audit reopen`; no gateway "
                    + "starts before")
        }
        Terminal.say("\(report.erased) records and \(report.expired) rows that were due have been erased")
        if !report.awaiting.isEmpty {
            Terminal.say("nothing is sent before reconciliation with \(report.awaiting.joined(separator: ", "))")
        }
        if let former = report.former { Terminal.say(Terminal.dim("the store that was there: \(former)")) }
    }
}
