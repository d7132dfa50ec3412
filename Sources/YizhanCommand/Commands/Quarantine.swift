import ArgumentParser
import Foundation
import Gateway
import Interchange
import Store

struct Quarantine: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Rows that intake must not pass: what is wrong with them, and how to mend it.",
        subcommands: [List.self, Show.self, Repair.self, Replay.self, Discard.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Open rows, grouped by reason with the remedy, or one by one; never their values.",
            discussion: """
                Without a filter it prints the groups and the account of the newest runs: rows read are those accepted, flagged
                and quarantined, with the skipped beside them; of the quarantined each is open, passed later, or discarded.
                Example: yizhan quarantine list --config gateway.yaml --code ID_FORMAT
                """)

        @OptionGroup var configuration: ConfigurationOption
        @Flag(help: "Print groups only.") var byReason = false
        @Option(help: "Rows with this code.") var code: ViolationCode?
        @Option(help: "Rows that came by this mapping.") var mapping: String?
        @Option(help: "Rows of this run.") var run: Int64?
        @Option(help: "Rows after this one.") var after: Int64 = 0
        @Option(help: "The most rows.") var limit = 100
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            let store = try SQLiteReader(path: try configuration.load().storePath)
            guard code == nil, mapping == nil, run == nil, after == 0, !byReason else {
                return byReason ? try await groups(store) : try await rows(store)
            }
            try await groups(store)
            if !json { try await accounts(store) }
        }

        private func groups(_ store: SQLiteReader) async throws {
            let groups = try await store.quarantineGroups().filter {
                (code?.rawValue ?? $0.code) == $0.code && (mapping ?? $0.mapping) == $0.mapping
            }
            if json { return try Terminal.say(json: groups.map(GroupRow.init)) }
            if groups.isEmpty { return Terminal.say("Nothing is in quarantine.") }
            for group in groups {
                let row = GroupRow(group)
                Terminal.say("\(Terminal.bold(Terminal.grouped(group.rows)))  \(group.code)  \(group.mapping)")
                Terminal.say("    \(row.remedy)")
                Terminal.say("    \(row.remedyChinese)")
                Terminal.say(Terminal.dim("    since \(group.oldest), newest \(group.newest)"))
            }
        }

        private func accounts(_ store: SQLiteReader) async throws {
            Terminal.say()
            for account in try await store.runAccounts(limit: 10) {
                let kept = "\(account.open) open, \(account.passed) passed later, \(account.discarded) discarded"
                guard let outcome = account.outcome else {
                    Terminal.say("run \(account.run.number)  \(account.mapping)  cut off; quarantined: \(kept)")
                    continue
                }
                Terminal.say(
                    "run \(account.run.number)  \(account.mapping)  \(outcome.rows) rows = \(outcome.accepted) accepted + "
                        + "\(outcome.flagged) flagged + \(outcome.quarantined) quarantined (\(kept)); "
                        + "\(outcome.skipped) skipped")
            }
        }

        private func rows(_ store: SQLiteReader) async throws {
            let filter = QuarantineFilter(
                code: code, mapping: mapping, run: run.map { RunID(number: $0) }, after: after)
            let rows = try await store.quarantined(filter, limit: limit)
            if json { return try Terminal.say(json: rows.map(RowLine.init)) }
            for row in rows {
                Terminal.say(
                    "\(row.id)  run \(row.run.number) row \(row.row)  \(row.mapping)  \(row.codes.joined(separator: " "))"
                )
            }
            if rows.isEmpty { Terminal.say("No such row is in quarantine.") }
            if rows.count == limit, let last = rows.last {
                Terminal.say(Terminal.dim("more: --after \(last.id)"))
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One row with its values and what is wrong with each. The look is entered in the audit log.",
            discussion: "Example: yizhan quarantine show 17 --config gateway.yaml")

        @OptionGroup var operating: OperatorOptions
        @Argument(help: "The row's number in `quarantine list`.") var id: Int64

        func run() async throws {
            let row = try await operating.perform(ViewQuarantined(id: id))
            if operating.json { return try Terminal.say(json: row) }
            Terminal.say("row \(row.row) of run \(row.run), \(row.mapping), \(row.at)")
            for cell in row.cells { Terminal.say("  \(cell.column): \(cell.value)") }
            for reason in row.reasons {
                let text = ViolationCode(rawValue: reason.code)?.text
                Terminal.say("\(Terminal.bold(reason.code))  \(reason.column ?? reason.pointer)")
                if let text {
                    Terminal.say("    \(text.remedy.english)")
                    Terminal.say("    \(text.remedy.chinese)")
                }
            }
            if row.cells.isEmpty {
                Terminal.say("The row is too malformed to be taken apart: export it again, then discard it here.")
            }
        }
    }

    struct Repair: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Judges one row again with values that you change, or by another mapping.",
            discussion: """
                When the row passes it becomes a record and leaves the quarantine; when it does not, nothing is changed and the
                reasons are printed (exit status 1). A value after = may be empty.
                Example: yizhan quarantine repair 17 --set 性别=女 --config gateway.yaml
                """)

        @OptionGroup var operating: OperatorOptions
        @Argument(help: "The row's number in `quarantine list`.") var id: Int64
        @Option(name: .customLong("set"), help: "COLUMN=VALUE; may be given several times.") var changes: [String] = []
        @Option(help: "A mapping in force, in place of the one that the row came by.") var mapping: String?

        func run() async throws {
            var values: [String: String] = [:]
            for change in changes {
                let parts = change.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2, !parts[0].isEmpty else {
                    throw ValidationError("--set takes COLUMN=VALUE.")
                }
                values[String(parts[0])] = String(parts[1])
            }
            guard !values.isEmpty || mapping != nil else {
                throw ValidationError("Say what to change: --set COLUMN=VALUE, or --mapping NAME.")
            }
            let answer = try await operating.perform(RepairQuarantined(id: id, values: values, mapping: mapping))
            try operating.report(answer)
        }
    }

    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Judges rows again by the mappings in force.",
            discussion: """
                For when a mapping or a code list was mended. Rows that pass become records, each once; the others stay, with
                the reasons that hold now. Exit status 1 when some stay.
                Example: yizhan quarantine replay --code CODE_UNKNOWN --config gateway.yaml
                """)

        @OptionGroup var operating: OperatorOptions
        @Argument(help: "Numbers of rows.") var ids: [Int64] = []
        @Option(help: "Rows with this code.") var code: ViolationCode?
        @Option(help: "Rows that came by this mapping.") var mapping: String?
        @Option(help: "Rows of this run.") var run: Int64?
        @Flag(help: "Every open row.") var all = false

        func run() async throws {
            let isFiltered = code != nil || mapping != nil || run != nil
            guard [!ids.isEmpty, isFiltered, all].filter({ $0 }).count == 1 else {
                throw ValidationError("Say which rows: their numbers, or --code, --mapping or --run, or --all.")
            }
            let answer = try await operating.perform(
                ReplayQuarantined(ids: ids, code: code?.rawValue, mapping: mapping, run: run))
            try operating.report(answer)
        }
    }

    struct Discard: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Gives rows up: their content is erased, the audit log keeps the reason.",
            discussion: "Example: yizhan quarantine discard 17 18 --reason exportedAgain --config gateway.yaml")

        @OptionGroup var operating: OperatorOptions
        @Argument(help: "Numbers of rows.") var ids: [Int64]
        @Option(help: "Why, in one word without personal data.") var reason: String

        func run() async throws {
            guard !ids.isEmpty else { throw ValidationError("Give the numbers of the rows.") }
            let answer = try await operating.perform(DiscardQuarantined(ids: ids, reason: reason))
            if operating.json {
                try Terminal.say(json: answer)
            } else {
                Terminal.say("\(answer.discarded) discarded\(answer.gone > 0 ? ", \(answer.gone) were not open" : "").")
            }
            if answer.gone > 0 { throw ExitCode(1) }
        }
    }
}

/// What every command of an operator takes.
struct OperatorOptions: ParsableArguments {
    @OptionGroup var configuration: ConfigurationOption
    @Option(
        help:
            "The operator's certificate and key, without .pem and .key. Default: tls/operator-op1 beside the configuration."
    )
    var identity: String?
    @Flag(help: "Print JSON.") var json = false

    func perform<Action: OperatorAction>(_ action: Action) async throws -> Action.Answer {
        try await OperatorChannel(try configuration.load(), identity: identity).perform(action)
    }

    /// Prints what became of rows; ends with 1 when some did not pass.
    func report(_ answer: ReplayAnswer) throws {
        if json {
            try Terminal.say(json: answer)
        } else {
            for row in answer.rows where row.outcome == "quarantined" {
                Terminal.say("\(row.id)  stays  \(row.codes.joined(separator: " "))")
            }
            Terminal.say(
                "\(answer.accepted) passed, \(answer.quarantined) stay in quarantine"
                    + (answer.gone > 0 ? ", \(answer.gone) were no longer open." : "."))
        }
        if answer.quarantined + answer.gone > 0 { throw ExitCode(1) }
    }
}

/// A group as printed.
private struct GroupRow: Encodable {
    var code, mapping: String
    var rows: Int
    var oldest, newest: String
    var remedy, remedyChinese: String

    init(_ group: QuarantineGroup) {
        (code, mapping, rows) = (group.code, group.mapping, group.rows)
        (oldest, newest) = (group.oldest.description, group.newest.description)
        let text = ViolationCode(rawValue: group.code)?.text.remedy
        (remedy, remedyChinese) = (text?.english ?? "", text?.chinese ?? "")
    }
}

/// A row as printed: never its values.
private struct RowLine: Encodable {
    var id, run: Int64
    var row: Int
    var mapping, at: String
    var codes: [String]

    init(_ row: QuarantinedRow) {
        (id, run, self.row) = (row.id, row.run.number, row.row)
        (mapping, at, codes) = (row.mapping, row.at.description, row.codes)
    }
}

extension ViolationCode: ExpressibleByArgument {}
