/// Finds the cells of one row's element.
///
/// A column is named by the path of element names from the row: `XM`, `证件/号码`; an attribute by its name after `@`: `@XM`,
/// `证件/@类型`; text beside child elements by `text()`. Prefixes of namespaces are left out, and so are their declarations. A
/// column that the mapping names is taken whole: the text of all elements in it.
struct XMLRowScan {
    struct Cell {
        unowned(unsafe) var node: ColumnTree.Node
        var span: Range<Int>
        /// No reference, no markup.
        var isPlain: Bool
    }

    private(set) var cells: [Cell] = []
    private let tree: ColumnTree
    private let isGB18030: Bool
    private let limits: IntakeLimits

    init(_ tree: ColumnTree, encoding: TextEncoding, limits: IntakeLimits) {
        self.tree = tree
        isGB18030 = encoding == .gb18030
        self.limits = limits
    }

    static func tree(_ named: NamedColumns, encoding: TextEncoding, limits: IntakeLimits) -> ColumnTree {
        ColumnTree(named, limits: limits) { above, key in
            var text: [UInt8] = []
            _ = key.withUnsafeBufferPointer { encoding.decodeReplacing($0, into: &text) }
            let name = String(decoding: text[((text.lastIndex(of: 0x3A) ?? -1) + 1)...], as: UTF8.self)
            return above.isEmpty || above.hasSuffix("@") ? above + name : "\(above)/\(name)"
        }
    }

    /// - Parameter bytes: from the `<` of the row's start tag.
    /// - Returns: the length of the row's element.
    mutating func row(in bytes: UnsafeBufferPointer<UInt8>) throws(XMLStop) -> Int {
        cells.removeAll(keepingCapacity: true)
        var cursor = XMLCursor(bytes, isGB18030: isGB18030)
        cursor.place = 1
        let name = try cursor.name()
        try element(&cursor, name, tree.root, depth: 1)
        return cursor.place
    }

    /// The cursor is after the name in the start tag; afterwards behind the element.
    private mutating func element(
        _ cursor: inout XMLCursor, _ name: Range<Int>, _ node: ColumnTree.Node, depth: Int
    ) throws(XMLStop) {
        if depth > limits.depth + 1 { throw .fault(.tooDeep(limit: limits.depth)) }
        var isEmpty = false
        try attributes(&cursor, node, &isEmpty)
        if isEmpty { return try add(node, cursor.place..<cursor.place, isPlain: true) }
        let start = cursor.place
        var children = 0
        var hasMarkup = false
        var text: Range<Int>?
        while true {
            let mark = try cursor.find(0x3C, from: cursor.place)
            note(&text, cursor.place..<mark, cursor.bytes)
            cursor.place = mark
            switch try cursor.byte(1) {
            case 0x2F:
                try cursor.endTag(UnsafeBufferPointer(rebasing: cursor.bytes[name]))
                let isValue = node !== tree.root && (children == 0 || node.isWhole)
                if isValue {
                    return try add(node, start..<mark, isPlain: !hasMarkup && !hasReference(cursor, start..<mark))
                }
                if let text { try child(of: node, named: "text()", text) }
                return
            case 0x21, 0x3F:
                hasMarkup = true
                try cursor.passMarkup()
            default:
                hasMarkup = true
                try child(&cursor, node, children, depth)
                children += 1
            }
        }
    }

    private mutating func child(
        _ cursor: inout XMLCursor, _ node: ColumnTree.Node, _ guess: Int, _ depth: Int
    ) throws(XMLStop) {
        cursor.place += 1
        let name = try cursor.name()
        // Inside what is taken whole nothing is a column.
        let place =
            node.isWhole ? node : tree.child(of: node, UnsafeRawBufferPointer(rebasing: cursor.raw(name)), guess: guess)
        let kept = cells.count
        try element(&cursor, name, place ?? node, depth: depth + 1)
        if node.isWhole || place == nil { cells.removeLast(cells.count - kept) }
    }

    private static let attributes: StaticString = "@"

    private mutating func attributes(
        _ cursor: inout XMLCursor, _ node: ColumnTree.Node, _ isEmpty: inout Bool
    ) throws(XMLStop) {
        var holder: ColumnTree.Node?
        var count = 0
        while let attribute = try cursor.attribute(&isEmpty) {
            if Self.isOfXML(cursor.bytes[attribute.name]) || node.isWhole { continue }
            holder = holder ?? Self.attributes.withRaw { tree.child(of: node, $0, guess: 0) }
            guard let holder else { continue }
            let child = tree.child(
                of: holder, UnsafeRawBufferPointer(rebasing: cursor.raw(attribute.name)), guess: count)
            count += 1
            guard let child else { continue }
            guard !cursor.bytes[attribute.value].contains(0x3C) else { throw .malformed }
            try add(child, attribute.value, isPlain: !hasReference(cursor, attribute.value))
        }
    }

    /// Declarations of namespaces, and attributes that XML or XML Schema give a meaning.
    private static func isOfXML(_ name: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        name.starts(with: "xmlns".utf8) || name.starts(with: "xml:".utf8) || name.starts(with: "xsi:".utf8)
    }

    private mutating func child(of node: ColumnTree.Node, named name: StaticString, _ span: Range<Int>) throws(XMLStop)
    {
        guard let child = name.withRaw({ tree.child(of: node, $0, guess: 0) }) else { return }
        try add(child, span, isPlain: false)
    }

    private mutating func add(_ node: ColumnTree.Node, _ span: Range<Int>, isPlain: Bool) throws(XMLStop) {
        if node === tree.root { return }
        if span.count > limits.cellBytes { throw .fault(.cellTooLong(limit: limits.cellBytes)) }
        if cells.count == limits.cells { throw .fault(.tooManyCells(limit: limits.cells)) }
        cells.append(Cell(node: node, span: span, isPlain: isPlain))
    }

    @inline(__always)
    private func hasReference(_ cursor: XMLCursor, _ span: Range<Int>) -> Bool {
        for place in span where cursor.bytes[place] == 0x26 { return true }
        return false
    }

    /// Keeps the first text that is no blank.
    private func note(_ text: inout Range<Int>?, _ span: Range<Int>, _ bytes: UnsafeBufferPointer<UInt8>) {
        if text == nil, !bytes[span].allSatisfy(XMLCursor.isBlank) { text = span }
    }
}

extension XMLCursor {
    func raw(_ range: Range<Int>) -> Slice<UnsafeRawBufferPointer> { UnsafeRawBufferPointer(bytes)[range] }
}

extension StaticString {
    fileprivate func withRaw<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        withUTF8Buffer { body(UnsafeRawBufferPointer($0)) }
    }
}
