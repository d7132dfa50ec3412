/// A dBASE III table of character fields, whose language driver byte is 0, and whose last record is deleted.
struct DBFFormat: ExportFormat {
    let names: [String]
    let widths: [Int]
    let lastDay: (year: Int, month: Int, day: Int)

    func begin(rows: Int, to out: inout [UInt8]) {
        out.append(0x03)
        for part in [lastDay.year - 1900, lastDay.month, lastDay.day] { out.append(UInt8(truncatingIfNeeded: part)) }
        Self.append(rows + 1, bytes: 4, to: &out)
        Self.append(32 + 32 * names.count + 1, bytes: 2, to: &out)
        Self.append(1 + widths.reduce(0, +), bytes: 2, to: &out)
        out.append(contentsOf: repeatElement(0, count: 20))
        for (name, width) in zip(names, widths) {
            out.append(contentsOf: name.utf8.prefix(10))
            out.append(contentsOf: repeatElement(0, count: 11 - min(10, name.utf8.count)))
            out.append(0x43)
            out.append(contentsOf: [0, 0, 0, 0, UInt8(clamping: width)])
            out.append(contentsOf: repeatElement(0, count: 15))
        }
        out.append(0x0D)
    }

    func row(_ cells: Cells, isFirst: Bool, to out: inout [UInt8]) {
        out.append(0x20)
        FixedWidthFormat.pad(cells, widths, to: &out)
    }

    func end(rows: Int, remark: Cells, to out: inout [UInt8]) {
        out.append(0x2A)
        FixedWidthFormat.pad(remark, widths, to: &out)
        out.append(0x1A)
    }

    /// Little-endian.
    private static func append(_ number: Int, bytes: Int, to out: inout [UInt8]) {
        for place in 0..<bytes { out.append(UInt8(truncatingIfNeeded: number >> (8 * place))) }
    }
}
