import Intake
import Interchange

/// Lines of columns with fixed widths in bytes, padded with spaces, ended by CRLF.
public struct FixedWidthWriter: RowWriter {
    private let columns: [String]
    private let widths: [Int]
    private let text: OutwardText

    /// - Parameter widths: of each column, in bytes of the encoding.
    public init(columns: [String], widths: [Int], encoding: SourceEncoding) {
        self.columns = columns
        self.widths = widths
        text = OutwardText(encoding)
    }

    public func head(rows: Int, today: CivilDate) -> [UInt8] { [] }

    public func row(_ cells: [[UInt8]], isFirst: Bool) throws(OutwardError) -> [UInt8] {
        var out: [UInt8] = []
        try out.append(cells, columns, widths, text)
        return out + [0x0D, 0x0A]
    }

    public func tail() -> [UInt8] { [] }
}

extension [UInt8] {
    /// Appends cells that have their width each, spaces at their ends.
    mutating func append(_ cells: [[UInt8]], _ columns: [String], _ widths: [Int], _ text: OutwardText)
        throws(OutwardError)
    {
        for (place, cell) in cells.enumerated() {
            let bytes = text.bytes(cell)
            if bytes.count > widths[place] { throw .tooLong(columns[place], widths[place]) }
            self += bytes
            self += [UInt8](repeating: 0x20, count: widths[place] - bytes.count)
        }
    }
}
