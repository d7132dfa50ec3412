import Intake
import Interchange

/// XML with one element for each row and in it one for each column.
public struct XMLWriter: RowWriter {
    private let columns: [String]
    private let root: String
    private let element: String
    private let text: OutwardText

    /// - Parameters:
    ///   - columns: names of elements, as are the two others.
    ///   - root: the element that holds all others.
    ///   - element: the one for each row.
    public init(columns: [String], root: String, element: String, encoding: SourceEncoding) {
        self.columns = columns
        self.root = root
        self.element = element
        text = OutwardText(encoding)
    }

    public func head(rows: Int, today: CivilDate) -> [UInt8] {
        text.bytes("<?xml version=\"1.0\" encoding=\"\(text.name)\"?>\n<\(root)>\n".utf8)
    }

    public func row(_ cells: [[UInt8]], isFirst: Bool) throws(OutwardError) -> [UInt8] {
        var out = Array("<\(element)>".utf8)
        for (cell, column) in zip(cells, columns) {
            out += "<\(column)>".utf8
            for byte in cell { Self.append(byte, to: &out) }
            out += "</\(column)>".utf8
        }
        out += "</\(element)>\n".utf8
        return text.bytes(out)
    }

    public func tail() -> [UInt8] { text.bytes("</\(root)>\n".utf8) }

    private static func append(_ byte: UInt8, to out: inout [UInt8]) {
        switch byte {
        case 0x26: out += "&amp;".utf8
        case 0x3C: out += "&lt;".utf8
        case 0x3E: out += "&gt;".utf8
        default: out.append(byte)
        }
    }
}
