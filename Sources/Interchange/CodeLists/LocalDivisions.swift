/// One thing that is wrong with a local list of divisions.
public struct CodeListMistake: Sendable, Hashable, CustomStringConvertible {
    /// From 1.
    public var line: Int
    /// What is wrong, and what to write instead.
    public var message: String
    public var remedy: String

    /// `line: message; remedy`.
    public var description: String { "\(line): \(message); \(remedy)" }
}

/// Everything that is wrong with a local list of divisions, in the order of its lines. Never empty when thrown.
public struct CodeListMistakes: Error, Sendable, Hashable, CustomStringConvertible {
    public var mistakes: [CodeListMistake]

    public var description: String { mistakes.map(\.description).joined(separator: "\n") }
}

/// Reads `divisions.extra.tsv`: the columns of `divisions.tsv`, for changes that are younger than it.
struct LocalDivisions {
    private(set) var rows: [(code: DivisionCode, span: DivisionSpan)] = []
    private(set) var coversUntil: CivilDate?
    private var mistakes: [CodeListMistake] = []

    private static let columns = "code\tname\tfirst\tlast\tsuccessors"
    private static let years = CodeLists.firstYear...2999
    /// Rows of a local list.
    private static let maximumRows = 10_000

    /// - Throws: ``CodeListMistakes``.
    init(_ text: [UInt8], beside lists: CodeLists) throws(CodeListMistakes) {
        guard let text = String(validating: text, as: UTF8.self) else {
            throw CodeListMistakes(mistakes: [
                CodeListMistake(line: 1, message: "the file is not UTF-8", remedy: "save it as UTF-8")
            ])
        }
        read(text)
        checkSuccessors(lists)
        guard mistakes.isEmpty else { throw CodeListMistakes(mistakes: mistakes.sorted { $0.line < $1.line }) }
    }

    private var lines: [Int] = []

    private mutating func read(_ text: String) {
        var hasColumns = false
        let marked = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]
        for (index, raw) in marked.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = index + 1
            if raw.first == "#" {
                readHeader(raw, line)
            } else if raw.allSatisfy(\.isWhitespace) {
                continue
            } else if !hasColumns {
                hasColumns = true
                if raw != Self.columns {
                    tell(line, "the columns are not those of divisions.tsv", "write \(Self.columns)")
                }
            } else if rows.count < Self.maximumRows {
                readRow(raw.split(separator: "\t", omittingEmptySubsequences: false).map(Self.trimmed), line)
            } else {
                return tell(line, "there are more than \(Self.maximumRows) rows", "cut the list")
            }
        }
        if !hasColumns { tell(1, "there is no line of columns", "write \(Self.columns)") }
    }

    private mutating func readHeader(_ line: Substring, _ number: Int) {
        let parts = line.dropFirst().split(separator: ":", maxSplits: 1).map(Self.trimmed)
        guard parts.first == "covers-until" else { return }
        coversUntil = parts.last.flatMap { CivilDate($0) }
        if coversUntil == nil { tell(number, "covers-until is not a date", "write YYYY-MM-DD") }
    }

    private mutating func readRow(_ cells: [String], _ line: Int) {
        guard (3...5).contains(cells.count) else {
            return tell(line, "the row has \(cells.count) cells", "write 5 cells with tabs between them")
        }
        let (last, after) = (cells.count > 3 ? cells[3] : "", cells.count > 4 ? cells[4] : "")
        guard let code = DivisionCode(cells[0]), code.province != nil else {
            return tell(line, "the code is not six digits of a known province", "write a code of GB/T 2260")
        }
        guard (1...50).contains(cells[1].count) else {
            return tell(line, "the name is empty or longer than 50 characters", "write the division's name")
        }
        guard let first = Int(cells[2]), Self.years.contains(first) else {
            return tell(line, "the first year is not from 1980 on", "write the year in which the code came")
        }
        guard last.isEmpty || Int(last).map({ (first...Self.years.upperBound).contains($0) }) == true else {
            return tell(
                line, "the last year is not one from the first on", "write the year, or nothing while it is valid")
        }
        let successors = after.split(separator: " ")
        let codes = successors.compactMap { DivisionCode($0) }
        guard codes.count == successors.count else {
            return tell(line, "a successor is not a code", "write codes of six digits with blanks between them")
        }
        rows.append((code, DivisionSpan(name: cells[1], first: first, last: Int(last), successors: codes)))
        lines.append(line)
    }

    private mutating func checkSuccessors(_ lists: CodeLists) {
        let own = Set(rows.map(\.code))
        for (row, line) in zip(rows, lines) {
            for code in row.span.successors where !own.contains(code) && !lists.contains(code) {
                tell(line, "the successor \(code) is in neither list", "add a row for it")
            }
        }
        for (place, row) in rows.enumerated() {
            let twins = rows[..<place].contains { $0.code == row.code && $0.span.first == row.span.first }
            if twins { tell(lines[place], "\(row.code) has another row of that first year", "keep one of them") }
        }
    }

    private mutating func tell(_ line: Int, _ message: String, _ remedy: String) {
        mistakes.append(CodeListMistake(line: line, message: message, remedy: remedy))
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
