import Mapping

/// A trial as JSON.
struct TrialReport: Encodable {
    struct Problem: Encodable {
        var code, severity, pointer: String
        var column: String?
        var count: Int
        var rows: [Int]
        var remedy, remedyZh: String
    }

    var read, accepted, flagged, quarantined, skipped: Int
    /// From 0 to 1; absent when there is no row.
    var share: Double?
    var codes: [String: Int]
    var problems: [Problem]
    var forbiddenColumns: [String]
    var normalised: [String: Int]

    init(_ trial: Trial) {
        let counts = trial.counts
        (read, accepted, flagged) = (counts.read, counts.accepted, counts.flagged)
        (quarantined, skipped, share) = (counts.quarantined, counts.skipped, trial.share)
        codes = Dictionary(counts.byCode.map { ($0.key.rawValue, $0.value) }) { first, _ in first }
        problems = trial.problems.map {
            Problem(
                code: $0.code.rawValue, severity: $0.severity.rawValue, pointer: $0.pointer, column: $0.column,
                count: $0.count, rows: $0.rows, remedy: $0.remedy.english, remedyZh: $0.remedy.chinese)
        }
        (forbiddenColumns, normalised) = (counts.forbiddenColumns, counts.normalised)
    }
}

/// Two mappings on one file, as JSON.
struct ComparisonReport: Encodable {
    struct Rows: Encodable {
        var count: Int
        var rows: [Int]

        init(_ difference: TrialComparison.Difference) { (count, rows) = (difference.count, difference.rows) }
    }
    struct Outcome: Encodable {
        var before, after: String
        var count: Int
        var rows: [Int]
    }

    var first, second: TrialReport
    var differing, records: Rows
    var outcomes: [Outcome]
    var members: [String: Rows]

    init(_ comparison: TrialComparison) {
        (first, second) = (TrialReport(comparison.first), TrialReport(comparison.second))
        (differing, records) = (Rows(comparison.differing), Rows(comparison.records))
        outcomes = comparison.outcomes.sorted { $0.key < $1.key }.map {
            Outcome(before: $0.key.before, after: $0.key.after, count: $0.value.count, rows: $0.value.rows)
        }
        members = comparison.members.mapValues { Rows($0) }
    }
}
