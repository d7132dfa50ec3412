import Interchange

/// A dBASE III table of character fields. Its head tells the number of records, so it is written again at the end.
struct DBFWriter: RowWriter {
    let columns: [String]
    /// Bytes of each field, 1 to 254.
    let widths: [Int]
    let text: OutwardText

    var headTellsRows: Bool { true }

    func head(rows: Int, today: CivilDate) -> [UInt8] {
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

    func row(_ cells: [[UInt8]], isFirst: Bool) throws(OutwardError) -> [UInt8] {
        var out: [UInt8] = [0x20]
        try out.append(cells, columns, widths, text)
        return out
    }

    func tail() -> [UInt8] { [0x1A] }
}

extension [UInt8] {
    fileprivate mutating func append(little number: Int, bytes: Int) {
        for place in 0..<bytes { append(UInt8(truncatingIfNeeded: number >> (8 * place))) }
    }
}
