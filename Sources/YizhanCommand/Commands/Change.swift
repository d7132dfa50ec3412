import ArgumentParser
import AuditLog
import Foundation
import Gateway
import Store

struct Change: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Changes of peers, keys and policies: they come into force when two persons have approved them.",
        discussion: """
            What is configured beyond what was approved, and keys that peers announced, wait here under the digest of their
            normal form. A key revoked or given an earlier end, and a peer closed, need nobody else's approval.
            """,
        subcommands: [List.self, Show.self, Approve.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What waits for approval.", discussion: "Example: yizhan change list --config gateway.yaml --json"
        )

        @OptionGroup var configuration: ConfigurationOption
        @Flag(help: "Print a JSON array.") var json = false

        func run() async throws {
            let view = try await configuration.changes()
            let rows = view.pending.map(ChangeRow.init)
            if json { return try Terminal.say(json: rows) }
            for row in rows {
                Terminal.say("\(row.digest)  \(row.subject)  \(row.change)  \(row.waitsFor)")
            }
            if rows.isEmpty { Terminal.say("Nothing waits: what is configured is in force.") }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One change: the lines of its normal form that come and go.",
            discussion: "Example: yizhan change show DIGEST --config gateway.yaml")

        @OptionGroup var configuration: ConfigurationOption
        @Argument(help: "The change's digest, as `yizhan change list` prints it.") var digest: String
        @Flag(help: "Print a JSON object.") var json = false

        func run() async throws {
            let view = try await configuration.changes()
            guard let digest = Digest256(base64: digest), let change = view.change(digest) else {
                throw GatewayError(
                    .mistakes, "no change with this digest waits", remedy: "see `yizhan change list` for what waits")
            }
            let row = ChangeRow(change)
            if json { return try Terminal.say(json: row) }
            Terminal.say("\(row.subject)  \(row.change)  \(row.waitsFor)")
            for line in row.difference {
                Terminal.say("  " + (line.hasPrefix("+") ? Terminal.green(line) : Terminal.red(line)))
            }
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Approves a change, as the operator whose certificate is given; two different persons are needed.",
            discussion: """
                Look at the change with `yizhan change show` first, and compare keys with the peer's operator by another way.
                Example: yizhan change approve DIGEST --config gateway.yaml --identity tls/operator-op2
                """)

        @OptionGroup var configuration: ConfigurationOption
        @Option(help: "The operator's certificate and key, without .pem and .key. Default: tls/operator-op1.")
        var identity: String?
        @Argument(help: "The change's digest, as `yizhan change list` prints it.") var digest: String
        @Flag(help: "Print a JSON object.") var json = false

        func run() async throws {
            let answer = try await OperatorChannel(try configuration.load(), identity: identity)
                .perform(ApproveChange(digest: digest))
            if json { return try Terminal.say(json: answer) }
            Terminal.say(
                answer.isInForce
                    ? "\(answer.subject) is in force."
                    : "\(answer.subject) is approved by one person; another one's approval brings it into force.")
        }
    }
}

extension ConfigurationOption {
    /// What is in force and what waits, read beside a running gateway.
    func changes() async throws -> ChangeView {
        let configuration = try load()
        return try await ChangeView(configuration, reader: try SQLiteReader(path: configuration.storePath))
    }
}

/// A change, as printed.
private struct ChangeRow: Encodable {
    var digest, subject, change, waitsFor: String
    var proposer: String?
    var difference: [String]

    init(_ change: PendingChange) {
        digest = change.digest.base64
        subject = change.entry.subject.description
        self.change = change.entry.change
        proposer = change.proposer
        waitsFor = change.proposer.map { "approved by \($0), waits for another person" } ?? "waits for two persons"
        difference = change.difference
    }
}
