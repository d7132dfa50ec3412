import ArgumentParser
import Foundation
import Gateway

struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes a consistent copy of the store, while the gateway runs or not, and verifies it.",
        discussion: """
            Each copy stands in a folder of its own, with a manifest. Key files are never in it: keep them apart. A copy opens
            for as long as its wrapping keys are kept, `backup.keepDays` after they were replaced.
            Example: yizhan backup --config gateway.yaml --to /srv/backup --keep 35
            """)

    /// A copy of a large store takes its time.
    private static let patience = Duration.seconds(6 * 3_600)

    @OptionGroup var operating: OperatorOptions
    @Option(help: "The folder for copies, on the gateway's machine. Default: `backup.folder`.") var to: String?
    @Option(help: "Leave this many of the newest copies, and remove older ones. Default: all stay.") var keep: Int?

    func validate() throws {
        guard (1...MakeBackup.mostKept).contains(keep ?? 1) else {
            throw ValidationError("--keep takes a number from 1 to \(MakeBackup.mostKept).")
        }
    }

    func run() async throws {
        let folder = to.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
        let channel = OperatorChannel(try operating.configuration.load(), identity: operating.identity)
        let answer = try await channel.perform(MakeBackup(folder: folder, keep: keep), timeout: Self.patience)
        if operating.json { return try Terminal.say(json: answer) }
        Terminal.say(answer.path)
        Terminal.say(
            Terminal.green(
                "verified: \(Terminal.grouped(answer.manifest.bytes)) bytes, \(Terminal.grouped(Int(answer.manifest.auditSize))) entries of the audit log"
            ))
        for name in answer.removed { Terminal.say(Terminal.dim("removed \(name)")) }
    }
}
