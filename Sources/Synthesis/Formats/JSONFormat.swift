/// An object a row, all values strings: in one array, or a line each. Nothing in a cell needs escaping but the tab, which
/// ``CellWriter`` writes as an escape.
struct JSONFormat: ExportFormat {
    private let starts: [[UInt8]]
    private let isArray: Bool

    init(names: [String], isArray: Bool) {
        starts = names.enumerated().map { Array("\($0.offset == 0 ? "{" : "\",")\"\($0.element)\":\"".utf8) }
        self.isArray = isArray
    }

    func begin(rows: Int, to out: inout [UInt8]) { if isArray { out.append(0x5B) } }

    func row(_ cells: Cells, isFirst: Bool, to out: inout [UInt8]) {
        if isArray { out.append(contentsOf: isFirst ? [0x0A] : [0x2C, 0x0A]) }
        for index in 0..<cells.count {
            out.append(contentsOf: starts[index])
            out.append(contentsOf: cells[index])
        }
        out.append(contentsOf: [0x22, 0x7D])
        if !isArray { out.append(0x0A) }
    }

    func end(rows: Int, remark: Cells, to out: inout [UInt8]) {
        if isArray { out.append(contentsOf: [0x0A, 0x5D, 0x0A]) }
    }
}
