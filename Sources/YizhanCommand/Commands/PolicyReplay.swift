import ArgumentParser
import AuditLog
import Foundation
import Gateway
import Interchange
import Policy
import Store

struct PolicyReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Says which past requests in the audit log a changed policy would have decided otherwise.",
        discussion: """
            It reads the log in its order, after those that were closed before it, with counts of its own for quotas and budgets
            of misses. Runs of similar numbers cannot be found again: the log has no numbers. The look is itself entered in the log.
            Example: yizhan policy replay policies/new.yaml --config gateway.yaml
            """)

    @Argument(help: "The changed policy's file.") var policy: String
    @OptionGroup var operating: OperatorOptions

    /// Entries that are read at once.
    private static let page = 10_000

    func run() async throws {
        let configuration = try operating.configuration.load()
        let kinds = Dictionary(configuration.bureaus.map { ($0.id, $0.kind) }, uniquingKeysWith: { first, _ in first })
        let reader = try SQLiteReader(path: configuration.storePath)
        var run = Run(try StatusPolicy(contentsOf: policy), kinds: kinds, file: policy)
        for log in try await reader.closedLogs() {
            try await run.read(try ClosedLogReader(path: configuration.storePath, log: log.number), closed: log.number)
        }
        let size = try await reader.auditSize()
        try await run.read(reader, closed: nil)
        _ = try await operating.perform(
            EnterReplay(entries: UInt64(run.report.requests), size: size, policy: run.digest))
        try say(run.report)
    }

    /// The replay of one log after another.
    private struct Run {
        private var replay: PolicyReplay
        private let kinds: [String: BureauKind]
        /// The policy's.
        let digest: [UInt8]
        private(set) var report: ReplayReport

        init(_ policy: StatusPolicy, kinds: [String: BureauKind], file: String) {
            replay = PolicyReplay(policy)
            digest = policy.digest
            self.kinds = kinds
            report = ReplayReport(policy: file)
        }

        /// - Parameter closed: the log's number if it was closed.
        mutating func read(_ log: some SQLiteReading, closed: Int?) async throws {
            let size = try await log.auditSize()
            var next: UInt64 = 0
            while next < size {
                let entries = try await log.auditEntries(from: next, limit: PolicyReplayCommand.page)
                guard let last = entries.last else { break }
                for entry in entries.lazy.compactMap({ try? AuditEntry(decoding: $0.bytes) }) {
                    guard let past = PastQuestion(entry, kinds: kinds) else { continue }
                    report.requests += 1
                    if let difference = replay.replay(past) {
                        report.differences.append(.init(difference, closed: closed))
                    }
                }
                next = last.sequence + 1
            }
        }
    }

    private func say(_ report: ReplayReport) throws {
        if operating.json { return try Terminal.say(json: report) }
        for one in report.differences {
            Terminal.say(
                (one.closed.map { "closed log \($0), " } ?? "")
                    + "entry \(one.entry)  \(one.at)  \(one.bureau)  \(one.question), \(one.purpose): was \(one.then), "
                    + "would be \(one.now)" + (one.line.map { " by \(policy):\($0)" } ?? ""))
        }
        Terminal.say(
            "\(Terminal.grouped(report.requests)) requests, "
                + "\(Terminal.grouped(report.differences.count)) would have been decided otherwise")
    }
}

/// The replay's result.
struct ReplayReport: Encodable {
    struct Difference: Encodable {
        /// The log's number if it was closed; nil for the one that grows.
        var closed: Int?
        var entry: UInt64
        var at, bureau, question, purpose, then, now: String
        var officer: String?
        var rule: String?
        var line: Int?

        init(_ difference: PolicyDifference, closed: Int?) {
            self.closed = closed
            let past = difference.question
            (entry, at, bureau) = (past.sequence, past.at.description, past.asker)
            (question, purpose) = (past.request.question.rawValue, past.request.purpose.rawValue)
            (then, now) = (past.outcome.text, difference.now)
            officer = past.officer
            (rule, line) = (difference.rule?.name, difference.rule?.line)
        }
    }

    var policy: String
    var requests = 0
    var differences: [Difference] = []

    init(policy: String) { self.policy = policy }
}

extension PastQuestion {
    /// Nil for an entry of another event, and for one that does not say what is needed.
    /// - Parameter kinds: the bureaus of the configuration, for entries that do not name the kind.
    init?(_ entry: AuditEntry, kinds: [String: BureauKind]) {
        guard [.questionAnswered, .questionRefused].contains(entry.event),
            let question = entry.details[.question].flatMap({ Question(rawValue: $0) }),
            let purpose = entry.purpose.flatMap({ Purpose(rawValue: $0) }),
            let id = entry.actor.organisation.split(separator: ":").last.map(String.init)
        else { return nil }
        let facts = entry.details[.facts] ?? ""
        let stated = facts.split(separator: ";").first { $0.hasPrefix("kind=") }?.dropFirst(5)
        guard let kind = stated.flatMap({ BureauKind(rawValue: String($0)) }) ?? kinds[id] else { return nil }
        let outcome: Outcome =
            entry.event == .questionRefused
            ? .refused(reason: entry.details[.reason] ?? "") : .answered(entry.outcome ?? "")
        self.init(
            sequence: entry.sequence, at: Instant(milliseconds: entry.time),
            request: PolicyRequest(question: question, purpose: purpose, hasCase: entry.caseReference != nil),
            bureau: Bureau(id: id, kind: kind), asker: entry.actor.organisation, officer: entry.actor.person ?? "",
            outcome: outcome, facts: Facts(detail: facts))
    }
}
