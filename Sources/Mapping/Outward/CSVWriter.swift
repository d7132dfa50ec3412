import Intake
import Interchange

/// CSV as RFC 4180 has it, with CRLF.
public struct CSVWriter: RowWriter {
    private let columns: [String]
    private let header: Int
    private let separator: UInt8
    private let text: OutwardText
    private let isMarked: Bool

    /// - Parameters:
    ///   - header: which line names the columns; those before it are left empty.
    ///   - encoding: with `auto`, UTF-8 and the byte order mark that settles it for who reads the file.
    public init(columns: [String], header: Int, separator: CSVSeparator = .comma, encoding: SourceEncoding) {
        self.separator = separator.rawValue
        self.columns = columns
        self.header = header
        text = OutwardText(encoding)
        isMarked = encoding == .auto
    }

    public func head(rows: Int, today: CivilDate) -> [UInt8] {
        var out: [UInt8] = isMarked ? [0xEF, 0xBB, 0xBF] : []
        for _ in 1..<max(1, header) { out += [0x0D, 0x0A] }
        append(columns.map { Array($0.utf8) }, to: &out)
        return out
    }

    public func row(_ cells: [[UInt8]], isFirst: Bool) throws(OutwardError) -> [UInt8] {
        for (cell, column) in zip(cells, columns) where Self.isFormula(cell) { throw .formula(column) }
        var out: [UInt8] = []
        append(cells, to: &out)
        return out
    }

    public func tail() -> [UInt8] { [] }

    /// Spreadsheets compute what begins so, in full width too and after blanks; what it computes is the sender's to choose.
    private static func isFormula(_ cell: [UInt8]) -> Bool {
        var text = Array(cell[Blanks.trimmed(cell)])
        _ = TextSteps.halfWidth(&text)
        return text.first.map { "=+-@".utf8.contains($0) } ?? false
    }

    private func append(_ cells: [[UInt8]], to out: inout [UInt8]) {
        for (place, cell) in cells.enumerated() {
            if place > 0 { out.append(separator) }
            if needsQuotes(cell) {
                let doubled = cell.split(separator: 0x22, omittingEmptySubsequences: false).joined(separator: [
                    0x22, 0x22,
                ])
                text.append([0x22] + Array(doubled) + [0x22], to: &out)
            } else {
                text.append(cell, to: &out)
            }
        }
        out += [0x0D, 0x0A]
    }

    private func needsQuotes(_ cell: [UInt8]) -> Bool {
        cell.contains { $0 == 0x22 || $0 == separator } || cell.first == 0x20 || cell.last == 0x20
    }
}
