import Intake
import Interchange

/// Writes rows in a local format. Each format is one conforming type.
public protocol RowWriter: Sendable {
    /// What stands before the first row.
    ///
    /// - Parameters:
    ///   - rows: how many follow, for formats whose head tells; see ``headTellsRows``.
    ///   - today: for formats that hold the day of their making.
    func head(rows: Int, today: CivilDate) -> [UInt8]
    /// Whether the head has to be written again, over the first, when the number of rows is known.
    var headTellsRows: Bool { get }
    /// - Parameters:
    ///   - cells: UTF-8, in the order of the columns.
    ///   - isFirst: no row was written before.
    /// - Throws: ``OutwardError`` when a cell cannot be written; then nothing of the row is.
    func row(_ cells: [[UInt8]], isFirst: Bool) throws(OutwardError) -> [UInt8]
    /// What stands after the last row.
    func tail() -> [UInt8]
}

extension RowWriter {
    public var headTellsRows: Bool { false }
}

extension OutwardMapping {
    /// The writer of the mapping's own format.
    public func writer() -> any RowWriter {
        let encoding = mapping.source.encoding
        switch mapping.source.layout {
        case .csv(let header, let headerLines, let separator):
            return CSVWriter(
                columns: columns, header: header + headerLines - 1, separator: separator, encoding: encoding)
        case .fixedWidth:
            return FixedWidthWriter(columns: columns, widths: columns.map { width(of: $0) ?? 0 }, encoding: encoding)
        case .xml(let row):
            return XMLWriter(columns: columns, root: mapping.outward.root, element: row, encoding: encoding)
        case .json(.array(let pointer)): return JSONRowWriter(columns: columns, arrayAt: pointer)
        case .json(.lines): return JSONRowWriter(columns: columns, arrayAt: nil)
        case .dbf: return DBFWriter(columns: columns, widths: columns.map(fieldLength), encoding: encoding)
        }
    }

    /// Bytes of a DBF field, where the mapping tells none.
    private func fieldLength(of column: String) -> Int {
        if let width = width(of: column) { return width }
        switch mapping.rules.first(where: { $0.columns.contains(column) })?.target.form {
        case .date: return 20
        case .division, .province: return 6
        case .idNumber, .code, .word, .record, .instant: return 40
        case .personName, .text, .list: return 200
        case .integer, nil: return 16
        }
    }
}

/// Text in a local file's encoding. What the mapping leaves to the file is written in UTF-8.
struct OutwardText: Sendable {
    let isGB18030: Bool

    init(_ encoding: SourceEncoding) { isGB18030 = encoding == .gb18030 }

    var name: String { isGB18030 ? "GB18030" : "UTF-8" }

    func append(_ utf8: some Sequence<UInt8>, to out: inout [UInt8]) {
        if isGB18030 { GB18030Encoding.standard.append(utf8, to: &out) } else { out += utf8 }
    }

    func bytes(_ utf8: some Sequence<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        append(utf8, to: &out)
        return out
    }
}
