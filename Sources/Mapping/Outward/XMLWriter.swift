import Intake
import Interchange

/// XML with one element for each row and in it one for each column.
public struct XMLWriter: RowWriter {
    private let tree: CellTree
    private let root: String
    private let element: String
    private let text: OutwardText

    /// - Parameters:
    ///   - columns: paths of elements from the row's, the last name an attribute's after `@`: `XM`, `证件/号码`, `证件/@类型`.
    ///   - root: the element that holds all others.
    ///   - element: the one for each row.
    public init(columns: [String], root: String, element: String, encoding: SourceEncoding) {
        tree = CellTree(columns.map { ColumnPath.xml($0) ?? [$0] })
        self.root = root
        self.element = element
        text = OutwardText(encoding)
    }

    public func head(rows: Int, today: CivilDate) -> [UInt8] {
        text.bytes("<?xml version=\"1.0\" encoding=\"\(text.name)\"?>\n<\(root)>\n".utf8)
    }

    public func row(_ cells: [[UInt8]], isFirst: Bool) throws(OutwardError) -> [UInt8] {
        var out: [UInt8] = []
        Self.append(element, tree.nodes, nil, cells, to: &out)
        out.append(0x0A)
        return text.bytes(out)
    }

    public func tail() -> [UInt8] { text.bytes("</\(root)>\n".utf8) }

    private static func append(
        _ name: String, _ nodes: [CellTree.Node], _ cell: Int?, _ cells: [[UInt8]], to out: inout [UInt8]
    ) {
        out += "<\(name)".utf8
        for node in nodes where node.name.hasPrefix("@") {
            out += " \(node.name.dropFirst())=\"".utf8
            append(node.cell, cells, to: &out)
            out.append(0x22)
        }
        out.append(0x3E)
        append(cell, cells, to: &out)
        for node in nodes where !node.name.hasPrefix("@") {
            append(node.name, node.children, node.cell, cells, to: &out)
        }
        out += "</\(name)>".utf8
    }

    private static func append(_ cell: Int?, _ cells: [[UInt8]], to out: inout [UInt8]) {
        guard let cell else { return }
        for byte in cells[cell] {
            switch byte {
            case 0x22: out += "&quot;".utf8
            case 0x26: out += "&amp;".utf8
            case 0x3C: out += "&lt;".utf8
            case 0x3E: out += "&gt;".utf8
            default: out.append(byte)
            }
        }
    }
}
