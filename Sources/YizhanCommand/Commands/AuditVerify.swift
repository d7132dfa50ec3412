import ArgumentParser
import AuditLog
import Foundation
import Gateway
import Store

struct AuditVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verifies the whole log, an evidence file, or two checkpoints that may contradict each other.",
        discussion: """
            Without an argument every entry is held against the tree, the store's newest checkpoint, and checkpoints kept
            elsewhere. While the gateway runs, the result is entered in the log, in the name of --identity; of a log at rest it is not,
            so that a copy can be verified without being written to, and standard error says so. With a file, or with --fork, it needs neither configuration nor store nor network.
            Exit status 0 when all is sound, 1 when it is not. Of --fork: 1 when the log shows two histories, 0 when it does not or
            what is given leaves it undecided, which is said, 2 when the checkpoints are of different logs.
            Example: yizhan audit verify --config gateway.yaml --checkpoint kept-by-henan.txt
            Example: yizhan audit verify evidence-0198.json
            Example: yizhan audit verify --fork held.txt shown.txt --key 'yizhan.example/41+…'
            """)

    @OptionGroup var configuration: ConfigurationOption
    @Argument(help: "An evidence file that `yizhan audit evidence` wrote.") var file: String?
    @Option(help: "A checkpoint of this log that someone else kept; may be given again.") var checkpoint: [String] = []
    @Option(help: "The log's verifier key, name+hash+base64. Default: from the gateway's own key file.") var key:
        String?
    @Option(help: "Verify the log that was closed as the first, second, … when entries were lost.") var closed: Int?
    @Flag(help: "Compare two statements of one log: signed checkpoints, or requests to witness one.") var fork = false
    @Argument(help: "With --fork, the second statement.") var other: String?
    @Option(
        help:
            "The certificate and key of an operator or auditor, without .pem and .key. Default: tls/operator-op1 beside the configuration."
    )
    var identity: String?
    @Flag(help: "Print a JSON object.") var json = false

    func validate() throws {
        guard fork == (other != nil), !fork || file != nil else {
            throw ValidationError("Give --fork two files, and no --fork one at most.")
        }
        guard closed == nil || file == nil else { throw ValidationError("--closed is of the store's logs.") }
    }

    func run() async throws {
        switch (file, other) {
        case (let first?, let second?): try compare(first, second)
        case (let file?, nil): try check(file)
        default: if let closed { try await verifyClosed(closed) } else { try await verifyLog() }
        }
    }

    private static func read(_ path: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw GatewayError(.file, "\(path) cannot be read", remedy: "check the path")
        }
        return [UInt8](data)
    }

    // MARK: The log

    private var kept: [KeptCheckpoint] {
        get throws { try checkpoint.map { KeptCheckpoint(holder: $0, note: try Self.read($0)) } }
    }

    private func verifyLog() async throws {
        let configuration = try configuration.load()
        let verifier =
            try key.map { try NoteVerifierKey(parsing: $0) } ?? KeyMaterial(configuration).audit.verifierKey
        let report = try await SQLiteReader(path: configuration.storePath).verifyAudit(
            checkpoints: kept, keys: [verifier], origin: configuration.origin)
        if json {
            try Terminal.say(json: VerifyReport(report))
        } else {
            say(report)
        }
        await enter(report, configuration)
        if !report.isSound { throw ExitCode(1) }
    }

    /// What it came to stands in the log of a gateway that runs. That it could not be entered changes nothing of the result.
    private func enter(_ report: AuditReport, _ configuration: GatewayConfiguration) async {
        do {
            let entered = try await OperatorChannel(configuration, identity: identity).performIfServed(
                EnterVerification(report))
            if entered == nil { Terminal.complain("note: not entered in the log, since the gateway does not run") }
        } catch {
            Terminal.complain("note: not entered in the log: \(error)")
        }
    }

    /// A closed log is verified up to where it was closed; the gap behind that is stated, not a finding.
    private func verifyClosed(_ number: Int) async throws {
        let configuration = try configuration.load()
        let closed = try await SQLiteReader(path: configuration.storePath).closedLogs()
        guard let log = closed.first(where: { $0.number == number }) else {
            throw ValidationError("\(closed.count) logs of this store were closed; there is no \(number).")
        }
        let verifier = try NoteVerifierKey(parsing: key ?? log.reopening.closed)
        let report = try await ClosedLogReader(path: configuration.storePath, log: number).verifyAudit(
            checkpoints: kept, keys: [verifier], origin: log.origin)
        let isAsClosed = report.size == log.reopening.size && report.root == log.reopening.root
        if json {
            try Terminal.say(json: VerifyReport(report, closed: log))
        } else {
            say(report)
            Terminal.say(
                "\(log.origin) was closed at \(log.reopening.size) entries on \(log.at); "
                    + "\(log.reopening.held.holder) holds a checkpoint of \(log.reopening.held.size): "
                    + "\(log.missing) entries are lost; it goes on as \(log.reopening.openedOrigin)")
        }
        if !isAsClosed { Terminal.complain("it is not as it was closed") }
        if !report.isSound || !isAsClosed { throw ExitCode(1) }
    }

    private func say(_ report: AuditReport) {
        for finding in report.findings { Terminal.say(Terminal.red(finding.description)) }
        if report.omitted > 0 { Terminal.say("and \(report.omitted) more") }
        let entries = "\(Terminal.grouped(Int(report.size))) entries"
        Terminal.say(
            report.isSound
                ? Terminal.green("sound: \(entries), root \(report.root.base64)")
                : "damaged: \(entries), \(report.findings.count + report.omitted) findings")
        Terminal.say(Terminal.dim("verified up to a checkpoint of \(Terminal.grouped(Int(report.covered))) entries"))
    }

    // MARK: An evidence file

    private func check(_ path: String) throws {
        let file = try EvidenceFile(parsing: try Self.read(path))
        let check = EvidenceCheck(file)
        if json {
            try Terminal.say(
                json: EvidenceLines(
                    sound: check.isSound, witnessed: check.isWitnessed, statements: check.lines,
                    remarks: check.remarks))
        } else {
            for line in check.lines {
                Terminal.say((line.holds ? Terminal.green("holds  ") : Terminal.red("fails  ")) + line.statement)
            }
            for remark in check.remarks { Terminal.say("       " + remark) }
            for log in file.logs { Terminal.say(Terminal.dim("trusting log key \(log.key) of \(log.owner)")) }
            Terminal.say(check.isSound ? "sound" : "not sound")
        }
        if !check.isSound { throw ExitCode(1) }
    }

    // MARK: Two checkpoints

    private func compare(_ first: String, _ second: String) throws {
        let statements = [try Self.read(first), try Self.read(second)]
        let keys = try trusted(statements)
        let left = try ShownCheckpoint(statements[0], keys: keys)
        let right = try ShownCheckpoint(statements[1], keys: keys)
        let comparison = CheckpointComparison(left, right)
        let text = Self.text(of: comparison, left.checkpoint, right.checkpoint)
        if json {
            try Terminal.say(
                json: ForkReport(
                    result: String(text.prefix { $0 != ":" }), origin: left.checkpoint.origin,
                    sizes: [left.checkpoint.size, right.checkpoint.size]))
        } else {
            Terminal.say(text)
        }
        switch comparison {
        case .consistent, .undecided: return
        case .forked: throw ExitCode(1)
        case .unrelated: throw ExitCode(2)
        }
    }

    private static func text(of comparison: CheckpointComparison, _ left: Checkpoint, _ right: Checkpoint) -> String {
        switch comparison {
        case .forked(let size):
            "forked: \(left.origin) signed two histories: one of \(left.size) entries and one of \(right.size) that differ "
                + "within the first \(size)"
        case .consistent: "consistent: both state the same root"
        case .undecided:
            "undecided: \(left.size) and \(right.size) entries, and no proof that leads from one to the other; the smaller may "
                + "simply be older. It is decided by the request to witness the one of \(max(left.size, right.size)) entries "
                + "with `old \(min(left.size, right.size))`, whose proof leads there, or by a second checkpoint of either size"
        case .unrelated: "unrelated: the checkpoints are of different logs"
        }
    }

    /// `--key`, or the keys that the configuration knows.
    private func trusted(_ statements: [[UInt8]]) throws -> [NoteVerifierKey] {
        if let key { return [try NoteVerifierKey(parsing: key)] }
        let configuration = try configuration.load()
        return configuration.peers.compactMap(\.audit) + [try KeyMaterial(configuration).audit.verifierKey]
    }
}

private struct EvidenceLines: Encodable {
    var sound, witnessed: Bool
    var statements: [EvidenceCheck.Line]
    var remarks: [String]
}

private struct ForkReport: Encodable {
    var result, origin: String
    var sizes: [UInt64]
}

/// The verification's result as JSON.
struct VerifyReport: Encodable {
    struct Finding: Encodable { var kind, message: String }

    var sound: Bool
    var size, covered: UInt64
    var root: String
    var findings: [Finding]
    var omitted: Int
    /// Of a closed log: how many entries are known to be lost behind its end.
    var missing: UInt64?

    init(_ report: AuditReport, closed: ClosedLog? = nil) {
        missing = closed?.missing
        (sound, size, covered, root) = (report.isSound, report.size, report.covered, report.root.base64)
        findings = report.findings.map { Finding(kind: $0.kind.rawValue, message: $0.message) }
        omitted = report.omitted
    }
}
