/// Writes cells as a file's bytes.
protocol ExportFormat: Sendable {
    /// What stands before the first row.
    func begin(rows: Int, to out: inout [UInt8])
    /// - Parameter isFirst: whether no row stands before it.
    func row(_ cells: Cells, isFirst: Bool, to out: inout [UInt8])
    /// What stands after the last row.
    ///
    /// - Parameter remark: cells that say that the file is synthetic, for formats in which a reader passes over them.
    func end(rows: Int, remark: Cells, to out: inout [UInt8])
}

extension ExportFormat {
    func begin(rows: Int, to out: inout [UInt8]) {}
    func end(rows: Int, remark: Cells, to out: inout [UInt8]) {}
}

extension ExportLayout {
    /// What a reader of the file is told, where its format has a place for it.
    static let remark = "合成数据，所涉人员均为虚构"

    func writer(_ columns: [Column], lastDay: (year: Int, month: Int, day: Int)) -> any ExportFormat {
        let names = columns.map { name(of: $0) }
        switch format {
        case .csv: return CSVFormat(names: names, hasMark: encoding == .utf8, text: text)
        case .fixedWidth: return FixedWidthFormat(widths: columns.map { width(of: $0) })
        case .dbf: return DBFFormat(names: names, widths: columns.map { width(of: $0) }, lastDay: lastDay)
        case .xml: return XMLFormat(names: names, province: "\(province)", declares: declaredEncoding, text: text)
        case .json: return JSONFormat(names: names, isArray: true)
        case .ndjson: return JSONFormat(names: names, isArray: false)
        }
    }

    /// Registers declare what their tools were made for and write more.
    private var declaredEncoding: String { encoding == .utf8 ? "UTF-8" : "GB2312" }
}
