/// CSV as registers export it: CR LF, a byte order mark before UTF-8, a total at the end. No cell needs quotes.
struct CSVFormat: ExportFormat {
    let names: [String]
    let hasMark: Bool
    let text: ExportText

    func begin(rows: Int, to out: inout [UInt8]) {
        if hasMark { out.append(contentsOf: [0xEF, 0xBB, 0xBF]) }
        text.append(names.joined(separator: ","), to: &out)
        out.append(contentsOf: [0x0D, 0x0A])
    }

    func row(_ cells: Cells, isFirst: Bool, to out: inout [UInt8]) {
        for index in 0..<cells.count {
            if index > 0 { out.append(0x2C) }
            out.append(contentsOf: cells[index])
        }
        out.append(contentsOf: [0x0D, 0x0A])
    }

    func end(rows: Int, remark: Cells, to out: inout [UInt8]) {
        text.append("合计,\(rows),\(ExportLayout.remark)", to: &out)
        out.append(contentsOf: repeatElement(0x2C, count: max(0, names.count - 3)))
        out.append(contentsOf: [0x0D, 0x0A])
    }
}
