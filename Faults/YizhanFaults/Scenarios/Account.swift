import Foundation

/// What a scenario came to.
struct Account: Sendable {
    let scenario: String
    let seed: UInt64
    var faults = 0
    var counts = Counts()
    /// The longest time to drain after healing.
    var drainSeconds = 0.0
    /// Entries of both audit logs, all verified.
    var entries = 0
    /// Of a simulation.
    var steps = 0
    /// What was found wrong, a sentence each.
    var problems: [String] = []
    /// What is worth knowing and not wrong.
    var notes: [String] = []

    init(scenario: String, seed: UInt64) {
        self.scenario = scenario
        self.seed = seed
    }

    /// Takes up what came of another part of the same scenario.
    mutating func add(_ part: Account) {
        faults += part.faults
        counts = counts + part.counts
        drainSeconds = max(drainSeconds, part.drainSeconds)
        (entries, steps) = (entries + part.entries, steps + part.steps)
        problems += part.problems
        notes += part.notes
    }

    var isSound: Bool { problems.isEmpty && counts.areZero }
}

/// Prints accounts as a table or as JSON.
struct AccountTable {
    private struct Line: Encodable {
        var scenario: String
        var seed: UInt64
        var faults, sent, lost, duplicated, unexpected, reordered, setAside, auditEntries: Int
        var drainSeconds: Double
        var problems, notes: [String]

        init(_ account: Account) {
            scenario = account.scenario
            seed = account.seed
            faults = account.faults
            sent = account.counts.sent
            lost = account.counts.lost
            duplicated = account.counts.duplicated
            unexpected = account.counts.unexpected
            reordered = account.counts.reordered
            setAside = account.counts.setAside
            auditEntries = account.entries
            drainSeconds = (account.drainSeconds * 1_000).rounded() / 1_000
            (problems, notes) = (account.problems, account.notes)
        }
    }

    let accounts: [Account]

    func print(json: Bool) throws {
        let lines = accounts.map(Line.init)
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return Swift.print(String(decoding: try encoder.encode(lines), as: UTF8.self))
        }
        let titles = [
            "scenario", "faults", "sent", "lost", "duplicated", "unexpected", "reordered", "set aside", "drain s",
            "audit",
        ]
        Swift.print(Self.row(titles))
        for line in lines {
            Swift.print(
                Self.row(
                    [line.scenario]
                        + [
                            line.faults, line.sent, line.lost, line.duplicated, line.unexpected, line.reordered,
                            line.setAside,
                        ].map {
                            "\($0)"
                        } + [String(format: "%.2f", line.drainSeconds), "\(line.auditEntries) sound"]))
            for note in line.notes { Swift.print("  note: \(note)") }
            for problem in line.problems { Swift.print("  PROBLEM: \(problem)") }
        }
        let total = accounts.reduce(Counts()) { $0 + $1.counts }
        Swift.print(
            "lost \(total.lost), duplicated \(total.duplicated), unexpected \(total.unexpected), reordered \(total.reordered) "
                + "after \(accounts.reduce(0) { $0 + $1.faults }) faults")
    }

    private static func row(_ cells: [String]) -> String {
        cells.enumerated().map { place, cell in
            let width = place == 0 ? 14 : 12
            let gap = String(repeating: " ", count: max(1, width - cell.count))
            return place == 0 ? cell + gap : gap + cell
        }.joined()
    }
}
