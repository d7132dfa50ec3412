import Interchange
import JSONTape

/// An object for each row, with a string for each column: one to a line, or all in an array. In UTF-8, as RFC 8259 asks.
public struct JSONRowWriter: RowWriter {
    private let tree: CellTree
    /// The names that lead to the array; nil for an object on each line.
    private let pointer: [String]?

    /// - Parameters:
    ///   - columns: names of members, or JSON Pointers from the row: `/person/name`.
    ///   - arrayAt: the tokens of the JSON Pointer at which the rows' array is, none when it is the whole text; nil
    ///     for an object on each line.
    public init(columns: [String], arrayAt pointer: [String]?) {
        tree = CellTree(columns.map { ColumnPath.json($0) ?? [$0] })
        self.pointer = pointer
    }

    private var isArray: Bool { pointer != nil }

    public func head(rows: Int, today: CivilDate) -> [UInt8] {
        guard let pointer else { return [] }
        var out: [UInt8] = []
        for name in pointer {
            out.append(0x7B)
            out.append(jsonString: name)
            out.append(0x3A)
        }
        return out + [0x5B, 0x0A]
    }

    public func row(_ cells: [[UInt8]], isFirst: Bool) throws(OutwardError) -> [UInt8] {
        var out: [UInt8] = isArray && !isFirst ? [0x2C, 0x0A] : []
        Self.append(tree.nodes, cells, to: &out)
        if !isArray { out.append(0x0A) }
        return out
    }

    public func tail() -> [UInt8] {
        guard let pointer else { return [] }
        return [0x0A, 0x5D] + [UInt8](repeating: 0x7D, count: pointer.count) + [0x0A]
    }

    private static func append(_ nodes: [CellTree.Node], _ cells: [[UInt8]], to out: inout [UInt8]) {
        out.append(0x7B)
        for (place, node) in nodes.enumerated() {
            if place > 0 { out.append(0x2C) }
            out.append(jsonString: node.name)
            out.append(0x3A)
            if let cell = node.cell {
                cells[cell].withUnsafeBytes { out.append(jsonString: $0) }
            } else {
                append(node.children, cells, to: &out)
            }
        }
        out.append(0x7D)
    }
}
