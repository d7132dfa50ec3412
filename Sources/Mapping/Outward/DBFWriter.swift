import Intake
import Interchange

/// A dBASE III table of character fields. Its head tells the number of records, so it is written again at the end.
public struct DBFWriter: RowWriter {
    private let columns: [String]
    private let widths: [Int]
    private let text: OutwardText

    /// - Parameters:
    ///   - columns: names of at most 10 bytes in the encoding.
    ///   - widths: of each field, in bytes of the encoding, 1 to 254.
    public init(columns: [String], widths: [Int], encoding: SourceEncoding) {
        self.columns = columns
        self.widths = widths
        text = OutwardText(encoding)
    }

    public var headTellsRows: Bool { true }

    public func head(rows: Int, today: CivilDate) -> [UInt8] {
        let (year, month, day) = today.components
        var out: [UInt8] = [0x03, UInt8(clamping: year - 1900), UInt8(month), UInt8(day)]
        out.append(little: rows, bytes: 4)
        out.append(little: 32 + 32 * columns.count + 1, bytes: 2)
        out.append(little: 1 + widths.reduce(0, +), bytes: 2)
        out += [UInt8](repeating: 0, count: 17)
        // Language driver: 0x4D is code page 936.
        out += [text.isGB18030 ? 0x4D : 0, 0, 0]
        for (column, width) in zip(columns, widths) {
            let name = text.bytes(column.utf8).prefix(10)
            out += name + [UInt8](repeating: 0, count: 11 - name.count)
            out += [0x43, 0, 0, 0, 0, UInt8(width)] + [UInt8](repeating: 0, count: 15)
        }
        return out + [0x0D]
    }

    public func row(_ cells: [[UInt8]], isFirst: Bool) throws(OutwardError) -> [UInt8] {
        var out: [UInt8] = [0x20]
        try out.append(cells, columns, widths, text)
        return out
    }

    public func tail() -> [UInt8] { [0x1A] }
}

extension [UInt8] {
    fileprivate mutating func append(little number: Int, bytes: Int) {
        for place in 0..<bytes { append(UInt8(truncatingIfNeeded: number >> (8 * place))) }
    }
}
