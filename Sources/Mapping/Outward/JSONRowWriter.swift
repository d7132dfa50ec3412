import Interchange
import JSONTape

/// An object for each row, with a string for each column: one to a line, or all in an array. In UTF-8, as RFC 8259 asks.
public struct JSONRowWriter: RowWriter {
    private let columns: [String]
    private let isArray: Bool

    public init(columns: [String], isArray: Bool) {
        self.columns = columns
        self.isArray = isArray
    }

    public func head(rows: Int, today: CivilDate) -> [UInt8] { isArray ? [0x5B, 0x0A] : [] }

    public func row(_ cells: [[UInt8]], isFirst: Bool) throws(OutwardError) -> [UInt8] {
        var out: [UInt8] = isArray && !isFirst ? [0x2C, 0x0A] : []
        out.append(0x7B)
        for (place, cell) in cells.enumerated() {
            if place > 0 { out.append(0x2C) }
            out.append(jsonString: columns[place])
            out.append(0x3A)
            cell.withUnsafeBytes { out.append(jsonString: $0) }
        }
        out.append(0x7D)
        if !isArray { out.append(0x0A) }
        return out
    }

    public func tail() -> [UInt8] { isArray ? [0x0A, 0x5D, 0x0A] : [] }
}
