/// Columns of fixed width in bytes, CR LF, and the 0x1A with which DOS ended texts.
struct FixedWidthFormat: ExportFormat {
    let widths: [Int]

    func row(_ cells: Cells, isFirst: Bool, to out: inout [UInt8]) {
        Self.pad(cells, widths, to: &out)
        out.append(contentsOf: [0x0D, 0x0A])
    }

    func end(rows: Int, remark: Cells, to out: inout [UInt8]) { out.append(0x1A) }

    /// Cells of their widths, filled with blanks. A longer one is cut.
    static func pad(_ cells: Cells, _ widths: [Int], to out: inout [UInt8]) {
        for (index, width) in widths.enumerated() {
            let cell = cells[index].prefix(width)
            out.append(contentsOf: cell)
            out.append(contentsOf: repeatElement(0x20, count: width - cell.count))
        }
    }
}
