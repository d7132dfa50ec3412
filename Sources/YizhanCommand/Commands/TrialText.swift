import Mapping

/// A trial for a person to read.
struct TrialText {
    let trial: Trial

    init(_ trial: Trial) { self.trial = trial }

    func say() {
        Terminal.say(summary)
        if !trial.counts.forbiddenColumns.isEmpty {
            Terminal.say("dropped unread: \(trial.counts.forbiddenColumns.joined(separator: ", "))")
        }
        if trial.problems.isEmpty { return }
        Terminal.say("\nwhat is wrong:")
        for problem in trial.problems {
            let place = problem.column.map { "column \($0)" } ?? (problem.pointer.isEmpty ? "the row" : problem.pointer)
            let severity = problem.severity == .flag ? " (passes, flagged)" : ""
            Terminal.say(
                "  \(problem.code.rawValue)\(severity), \(place): \(Self.rows(problem.count, problem.rows))\n"
                    + "    \(problem.remedy.english)")
        }
    }

    /// `4,629 of 5,000 rows pass (92.6 %): 4,585 accepted, 44 flagged; 371 quarantined, 1 skipped`
    var summary: String {
        let counts = trial.counts
        let share = trial.share.map { " (\(Self.percent($0)))" } ?? ""
        return "\(Terminal.grouped(trial.passed)) of \(Terminal.grouped(trial.rows)) rows pass\(share): "
            + "\(Terminal.grouped(counts.accepted)) accepted, \(Terminal.grouped(counts.flagged)) flagged; "
            + "\(Terminal.grouped(counts.quarantined)) quarantined, \(Terminal.grouped(counts.skipped)) skipped"
    }

    /// One decimal, rounded down: 99.96 % is not everything.
    private static func percent(_ share: Double) -> String {
        let tenths = Int(share * 1_000)
        return "\(tenths / 10).\(tenths % 10) %"
    }

    /// `40 rows, the first 3, 17, 112`
    static func rows(_ count: Int, _ rows: [Int]) -> String {
        let names = rows.map { String($0) }.joined(separator: ", ")
        if count == 1 { return "row \(names)" }
        return count > rows.count ? "\(Terminal.grouped(count)) rows, the first \(names)" : "rows \(names)"
    }
}

/// Two mappings on one file, for a person to read.
struct ComparisonText {
    let comparison: TrialComparison
    let names: (first: String, second: String)

    /// Changes of outcome that are printed.
    private static let mostChanges = 20

    init(_ comparison: TrialComparison, names: (String, String)) {
        self.comparison = comparison
        self.names = names
    }

    func say() {
        Terminal.say("\(names.first): \(TrialText(comparison.first).summary)")
        Terminal.say("\(names.second): \(TrialText(comparison.second).summary)")
        if comparison.differing.count == 0 {
            return Terminal.say("\nEvery row comes to the same.")
        }
        Terminal.say(
            "\n\(Terminal.counted(comparison.differing.count, "row")) that differ\(comparison.differing.count == 1 ? "s" : ""):"
        )
        let changes = comparison.outcomes.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
        for (change, difference) in changes.prefix(Self.mostChanges) {
            say("\(change.before) → \(change.after)", difference)
        }
        if changes.count > Self.mostChanges {
            Terminal.say("  and \(changes.count - Self.mostChanges) rarer changes of outcome; --json has all")
        }
        for (name, difference) in comparison.members.sorted(by: { $0.key < $1.key }) {
            say("another value of \(name)", difference)
        }
        if comparison.records.count > 0 {
            say("another record id", comparison.records)
            Terminal.say(
                "    A row that becomes another record is sent as new, and what it was stays as it is.\n"
                    + "    Change record.key only with the peers' knowledge.")
        }
    }

    private func say(_ what: String, _ difference: TrialComparison.Difference) {
        Terminal.say("  \(what): \(TrialText.rows(difference.count, difference.rows))")
    }
}
