import ArgumentParser
import AuditLog
import Foundation
import Gateway
import Interchange
import Store

struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Reads and verifies the audit log.", subcommands: [List.self, Show.self, Verify.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Entries in order, newest last.",
            discussion: "Example: yizhan audit list --config gateway.yaml --event question.answered --last 20")

        @OptionGroup var configuration: ConfigurationOption
        @Option(help: "How many of the newest entries to look through.") var last = 100
        @Option(help: "One event only, such as record.applied.") var event: String?
        @Flag(help: "Print each entry as it is stored: one JSON object a line.") var json = false

        func run() async throws {
            let wanted = try event.map { name in
                guard let event = AuditEvent(rawValue: name) else {
                    throw ValidationError(
                        "No such event; known: \(AuditEvent.allCases.map(\.rawValue).joined(separator: ", "))")
                }
                return event
            }
            let reader = try SQLiteReader(path: try configuration.load().storePath)
            let size = try await reader.auditSize()
            let first = size > UInt64(max(0, last)) ? size - UInt64(max(0, last)) : 0
            for stored in try await reader.auditEntries(from: first, limit: max(0, last)) {
                guard let entry = try? AuditEntry(decoding: stored.bytes) else {
                    Terminal.say("\(stored.sequence)  damaged: run `yizhan audit verify`")
                    continue
                }
                guard wanted == nil || entry.event == wanted else { continue }
                Terminal.say(json ? String(decoding: stored.bytes, as: UTF8.self) : entry.line)
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One entry, as it is stored.", discussion: "Example: yizhan audit show 123 --config gateway.yaml")

        @OptionGroup var configuration: ConfigurationOption
        @Flag(help: "Accepted for uniformity: an entry is JSON already.") var json = false
        @Argument(help: "The entry's sequence number.") var sequence: UInt64

        func run() async throws {
            let reader = try SQLiteReader(path: try configuration.load().storePath)
            guard let stored = try await reader.auditEntries(from: sequence, limit: 1).first,
                stored.sequence == sequence
            else {
                throw ValidationError(
                    "The log has \(try await reader.auditSize()) entries; there is no entry \(sequence).")
            }
            Terminal.say(String(decoding: stored.bytes, as: UTF8.self))
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Verifies every entry against the tree, the store's newest checkpoint, and checkpoints kept elsewhere.",
            discussion: """
                Exit status 0 when the log is sound, 1 when it is not.
                Example: yizhan audit verify --config gateway.yaml --checkpoint kept-by-henan.txt
                """)

        @OptionGroup var configuration: ConfigurationOption
        @Option(help: "A checkpoint of this log that someone else kept; may be given again.") var checkpoint: [String] =
            []
        @Option(help: "The log's verifier key, name+hash+base64. Default: from the gateway's own key file.") var key:
            String?
        @Flag(help: "Print a JSON object.") var json = false

        func run() async throws {
            let configuration = try configuration.load()
            let verifier =
                try key.map { try NoteVerifierKey(parsing: $0) }
                ?? KeyMaterial(configuration).audit.verifierKey
            let kept = try checkpoint.map { path in
                guard let note = FileManager.default.contents(atPath: path) else {
                    throw GatewayError(.file, "the checkpoint \(path) cannot be read", remedy: "check the path")
                }
                return KeptCheckpoint(holder: path, note: [UInt8](note))
            }
            let report = try await SQLiteReader(path: configuration.storePath).verifyAudit(
                checkpoints: kept, keys: [verifier], origin: configuration.origin)
            if json {
                try Terminal.say(json: VerifyReport(report))
            } else {
                for finding in report.findings { Terminal.say(Terminal.red(finding.description)) }
                if report.omitted > 0 { Terminal.say("and \(report.omitted) more") }
                Terminal.say(
                    report.isSound
                        ? Terminal.green(
                            "sound: \(Terminal.grouped(Int(report.size))) entries, root \(report.root.base64)")
                        : "damaged: \(Terminal.grouped(Int(report.size))) entries, \(report.findings.count + report.omitted) findings"
                )
                Terminal.say(
                    Terminal.dim("verified up to a checkpoint of \(Terminal.grouped(Int(report.covered))) entries"))
            }
            if !report.isSound { throw ExitCode(1) }
        }
    }
}

/// The verification's result as JSON.
struct VerifyReport: Encodable {
    struct Finding: Encodable { var kind, message: String }

    var sound: Bool
    var size, covered: UInt64
    var root: String
    var findings: [Finding]
    var omitted: Int

    init(_ report: AuditReport) {
        (sound, size, covered, root) = (report.isSound, report.size, report.covered, report.root.base64)
        findings = report.findings.map { Finding(kind: $0.kind.rawValue, message: $0.message) }
        omitted = report.omitted
    }
}

extension AuditEntry {
    /// The entry in one line for a person.
    var line: String {
        let facts = [purpose, caseReference, outcome] + details.pairs.map { "\($0.name.rawValue)=\($0.value)" }
        return "\(sequence)  \(Instant(milliseconds: time))  \(event.rawValue)  \(actor.organisation)"
            + (actor.person.map { "/\($0)" } ?? "") + "  " + facts.compactMap { $0 }.joined(separator: " ")
    }
}
