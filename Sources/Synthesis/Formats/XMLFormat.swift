/// An element a row, an element a cell. Nothing in a cell needs escaping but what ``ExportText`` writes as references.
struct XMLFormat: ExportFormat {
    private let head: [UInt8]
    private let opening: [UInt8]
    private let closing: [UInt8]
    private let tail: [UInt8]
    private let starts: [[UInt8]]
    private let ends: [[UInt8]]

    static let element = "人员"
    private static let root = "流动人口登记"

    init(names: [String], province: String, declares encoding: String, text: ExportText) {
        func bytes(_ string: String) -> [UInt8] {
            var out: [UInt8] = []
            text.append(string, to: &out)
            return out
        }
        head = bytes(
            "<?xml version=\"1.0\" encoding=\"\(encoding)\"?>\n"
                + "<\(Self.root) 省=\"\(province)\" 版本=\"2.0\" 说明=\"\(ExportLayout.remark)\">\n")
        opening = bytes("<\(Self.element)>")
        closing = bytes("</\(Self.element)>\n")
        tail = bytes("</\(Self.root)>\n")
        starts = names.map { bytes("<\($0)>") }
        ends = names.map { bytes("</\($0)>") }
    }

    func begin(rows: Int, to out: inout [UInt8]) { out.append(contentsOf: head) }

    func row(_ cells: Cells, isFirst: Bool, to out: inout [UInt8]) {
        out.append(contentsOf: opening)
        for index in 0..<cells.count {
            out.append(contentsOf: starts[index])
            out.append(contentsOf: cells[index])
            out.append(contentsOf: ends[index])
        }
        out.append(contentsOf: closing)
    }

    func end(rows: Int, remark: Cells, to out: inout [UInt8]) { out.append(contentsOf: tail) }
}
