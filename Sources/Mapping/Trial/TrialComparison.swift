import Intake
import Interchange

/// What two mappings make of one file, and where they differ: row numbers, codes and names of members, never a value.
public struct TrialComparison: Sendable {
    /// Rows for which one thing differs.
    public struct Difference: Sendable, Hashable {
        public var count = 0
        /// The first of them, at most ``Trial/mostRows``.
        public var rows: [Int] = []

        mutating func add(_ row: Int) {
            count += 1
            if rows.count < Trial.mostRows { rows.append(row) }
        }
    }

    /// From what to what an outcome goes, as `quarantine DATE_INVALID`.
    public struct Change: Sendable, Hashable, Comparable {
        public var before: String
        public var after: String

        public init(before: String, after: String) {
            self.before = before
            self.after = after
        }

        public static func < (left: Change, right: Change) -> Bool {
            (left.before, left.after) < (right.before, right.after)
        }
    }

    public private(set) var first = Trial()
    public private(set) var second = Trial()
    /// Rows whose outcome or codes differ; `skipped` where one mapping skips the row.
    public private(set) var outcomes: [Change: Difference] = [:]
    /// Rows that pass both, by the member that differs: `/person/name`.
    public private(set) var members: [String: Difference] = [:]
    /// Rows that pass both and become another record.
    public private(set) var records = Difference()
    /// Rows for which anything differs.
    public private(set) var differing = Difference()

    /// Reads both inputs side by side; they are one file, opened twice. Rows are numbered as the first mapping numbers them.
    ///
    /// - Throws: ``IntakeError`` when either refuses the input whole.
    public init(_ first: RowStream, against second: RowStream) throws(IntakeError) {
        var left = try Place(first)
        var right = try Place(second)
        while left.row != nil || right.row != nil {
            if left.ordinal <= right.ordinal, let row = left.row { self.first.add(row) }
            if right.ordinal <= left.ordinal, let row = right.row { self.second.add(row) }
            compare(left.ordinal <= right.ordinal ? left.row : nil, right.ordinal <= left.ordinal ? right.row : nil)
            let (movesLeft, movesRight) = (left.ordinal <= right.ordinal, right.ordinal <= left.ordinal)
            if movesLeft { left = try Place(first) }
            if movesRight { right = try Place(second) }
        }
        self.first.close(with: first.counts)
        self.second.close(with: second.counts)
    }

    /// A row and where it stands in the file: skipped rows have no number, so that two numbers may mean one row.
    private struct Place {
        let row: TransformedRow?
        let ordinal: Int

        init(_ stream: RowStream) throws(IntakeError) {
            row = try stream.next()
            ordinal = row.map { $0.row + stream.counts.skipped } ?? .max
        }
    }

    private mutating func compare(_ left: TransformedRow?, _ right: TransformedRow?) {
        guard let number = left?.row ?? right?.row else { return }
        let change = Change(before: Self.outcome(left), after: Self.outcome(right))
        var differs = change.before != change.after
        if differs { outcomes[change, default: Difference()].add(number) }
        if let left = left?.draft, let right = right?.draft {
            if left.record != right.record { records.add(number) }
            let names = DraftMembers.differing(left, right)
            for name in names { members[name, default: Difference()].add(number) }
            differs = differs || left.record != right.record || !names.isEmpty
        }
        if differs { differing.add(number) }
    }

    private static func outcome(_ row: TransformedRow?) -> String {
        guard let row else { return "skipped" }
        return ([row.outcome.rawValue] + row.codes.map(\.rawValue).sorted()).joined(separator: " ")
    }
}
