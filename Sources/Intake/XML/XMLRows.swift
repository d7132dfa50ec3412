/// Goes through a document from row to row. What is outside rows is looked at for its tags alone.
struct XMLRows {
    enum Row {
        /// The row's element is at the front of the window, `length` bytes of it; its cells are in the scan.
        case whole(length: Int)
        /// The row went by; it began here.
        case malformed(RowFault, offset: Int)
    }

    private(set) var scan: XMLRowScan
    private let encoding: TextEncoding
    private let markLength: Int
    private let rowName: String
    private let limits: IntakeLimits
    private var window: ByteWindow
    /// Names of the elements around the row at hand, as they stand in the file.
    private var open: [[UInt8]] = []
    private var hasRoot = false
    private var needsRestart = true
    /// How the row's name stands in the file, once it was met.
    private var rowBytes: [UInt8] = []

    init(
        _ window: ByteWindow, _ settled: (encoding: TextEncoding, markLength: Int), row: String, scan: XMLRowScan,
        limits: IntakeLimits
    ) {
        self.window = window
        encoding = settled.encoding
        markLength = settled.markLength
        rowName = row
        self.scan = scan
        self.limits = limits
    }

    /// Where in the file the row at hand begins.
    var offset: Int { window.offset }

    /// Where the first element inside the root that is no row begins; nil when there is none.
    private(set) var firstOther: Int?

    func withBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R { window.withBytes(body) }

    mutating func pass(_ length: Int) { window.consume(length) }

    mutating func restart() throws(IntakeError) {
        try window.rewind()
        while window.count < markLength, !window.isLast { try window.fill() }
        window.consume(min(markLength, window.count))
        open = []
        hasRoot = false
        needsRestart = false
    }

    /// The next row; nil after the last. A whole one is then to be passed.
    ///
    /// - Throws: ``IntakeError``: `form`, `truncated`, `limit`, `unreadable`.
    mutating func next() throws(IntakeError) -> Row? {
        if needsRestart { try restart() }
        guard try findRow() else { return nil }
        let start = window.offset
        while true {
            switch scanRow() {
            case .success(let length): return .whole(length: length)
            case .failure(.fault(let fault)): return .malformed(fault, offset: try passOver(from: start))
            case .failure(.needsMore):
                if window.isLast { throw .cutXML(at: start) }
                if window.count > limits.rowBytes {
                    return .malformed(.rowTooLong(limit: limits.rowBytes), offset: try passOver(from: start))
                }
                try window.fill()
            }
        }
    }

    private mutating func scanRow() -> Result<Int, XMLStop> {
        window.withBytes { bytes in
            do throws(XMLStop) { return .success(try scan.row(in: bytes)) } catch { return .failure(error) }
        }
    }

    /// A malformed row ends where its end tag is, or before the next row or the end of the element around it.
    private mutating func passOver(from start: Int) throws(IntakeError) -> Int {
        let row = rowBytes
        let around = open.last ?? []
        window.consume(1)
        while true {
            let text = window.withBytes { $0.prefix { $0 != 0x3C }.count }
            window.consume(text)
            while window.count < max(row.count, around.count) + 3, !window.isLast { try window.fill() }
            if window.count == 0 { throw .brokenXML(at: start) }
            if isTag(0, row) || isTag(1, around) { return start }
            if isTag(1, row) {
                guard let end = try closing() else { throw .cutXML(at: start) }
                window.consume(end + 1)
                return start
            }
            window.consume(1)
        }
    }

    /// Whether a tag of this name begins here, after `<` or, with one slash, `</`.
    private func isTag(_ slashes: Int, _ name: [UInt8]) -> Bool {
        window.withBytes { bytes in
            guard !name.isEmpty, bytes.count > 1 + slashes + name.count, slashes == 0 || bytes[1] == 0x2F else {
                return false
            }
            let rest = bytes[(1 + slashes)...]
            return rest.starts(with: name) && !XMLCursor.isNamePart(rest[rest.startIndex + name.count])
        }
    }

    private mutating func closing() throws(IntakeError) -> Int? {
        while true {
            if let end = window.withBytes({ $0.firstIndex(of: 0x3E) }) { return end }
            if window.isLast { return nil }
            try window.fill()
        }
    }
}

extension XMLRows {
    /// Brings the start tag of the next row to the front of the window. False at the end of the document.
    private mutating func findRow() throws(IntakeError) -> Bool {
        while true {
            try passText()
            if window.count == 0 {
                guard hasRoot, open.isEmpty else { throw .cutXML(at: window.offset) }
                return false
            }
            switch try tag() {
            case .row:
                if open.isEmpty, hasRoot { throw .afterRoot(at: window.offset) }
                hasRoot = true
                return true
            case .start(let name, let length):
                if open.isEmpty, hasRoot { throw .afterRoot(at: window.offset) }
                if open.count > limits.depth { throw .deepXML(limits.depth, at: window.offset) }
                if hasRoot, firstOther == nil { firstOther = window.offset }
                hasRoot = true
                if let name { open.append(name) }
                window.consume(length)
            case .end(let length):
                open.removeLast()
                window.consume(length)
            case .other(let length): window.consume(length)
            }
        }
    }

    /// To the next `<`.
    private mutating func passText() throws(IntakeError) {
        while true {
            let isInside = !open.isEmpty
            let text = window.withBytes { bytes in
                bytes.prefix { $0 != 0x3C && (isInside || XMLCursor.isBlank($0) || $0 == 0 || $0 == 0x1A) }.count
            }
            window.consume(text)
            if let first = window.withBytes(\.first) {
                if first != 0x3C { throw hasRoot ? .afterRoot(at: window.offset) : .noXML(at: window.offset) }
                return
            }
            if window.isLast { return }
            try window.fill()
        }
    }

    private enum Tag {
        case row
        /// Nil when the element has no content.
        case start([UInt8]?, length: Int)
        case end(length: Int)
        case other(length: Int)
    }

    private mutating func tag() throws(IntakeError) -> Tag {
        while true {
            do throws(XMLStop) {
                return try readTag()
            } catch {
                guard case .needsMore = error else { throw malformedTag() }
            }
            if window.isLast { throw .cutXML(at: window.offset) }
            if window.count > limits.rowBytes { throw .longMarkup(limits.rowBytes, at: window.offset) }
            try window.fill()
        }
    }

    /// A tag that is no tag is most often text in another encoding.
    private func malformedTag() -> IntakeError {
        window.withBytes { bytes in
            if bytes.starts(with: "<!DOCTYPE".utf8) { return .documentType(at: window.offset) }
            let tag = UnsafeBufferPointer(rebasing: bytes.prefix { $0 != 0x3E })
            do throws(TextEncoding.Fault) {
                try encoding.check(tag)
                return .brokenXML(at: window.offset)
            } catch {
                return .fault(.invalid(at: error.offset), base: window.offset, encoding: encoding)
            }
        }
    }

    private mutating func readTag() throws(XMLStop) -> Tag {
        let isGB18030 = encoding == .gb18030
        let found = try window.withBytes { bytes throws(XMLStop) -> (Tag, name: [UInt8]) in
            var cursor = XMLCursor(bytes, isGB18030: isGB18030)
            switch try cursor.byte(1) {
            case 0x21, 0x3F:
                try cursor.passMarkup()
                return (.other(length: cursor.place), [])
            case 0x2F:
                guard let name = open.last else { throw .malformed }
                try name.withUnsafeBufferPointer { name throws(XMLStop) in try cursor.endTag(name) }
                return (.end(length: cursor.place), [])
            default:
                cursor.place = 1
                let name = Array(bytes[try cursor.name()])
                if name == rowBytes { return (.row, name) }
                var isEmpty = false
                while try cursor.attribute(&isEmpty) != nil {}
                return (.start(isEmpty ? nil : name, length: cursor.place), name)
            }
        }
        guard case .start = found.0, isRow(found.name) else { return found.0 }
        rowBytes = found.name
        return .row
    }

    /// Without its prefix, unless the mapping names the row with one.
    private func isRow(_ name: [UInt8]) -> Bool {
        var text: [UInt8] = []
        _ = name.withUnsafeBufferPointer { encoding.decodeReplacing($0, into: &text) }
        if text.elementsEqual(rowName.utf8) { return true }
        let local = text[((text.lastIndex(of: 0x3A) ?? -1) + 1)...]
        return local.elementsEqual(rowName.utf8)
    }
}

extension IntakeError {
    fileprivate static func cutXML(at offset: Int) -> IntakeError {
        form("the file ends before the element that is open here does", "文件在此处的元素结束之前中断", at: offset, isCut: true)
    }

    fileprivate static func brokenXML(at offset: Int) -> IntakeError {
        form(
            "the XML is not well-formed, and it cannot be told where the next row begins",
            "XML 格式不正确，且无法判断下一行从何处开始", at: offset)
    }

    fileprivate static func noXML(at offset: Int) -> IntakeError { form("this is not XML", "此处不是 XML", at: offset) }

    fileprivate static func afterRoot(at offset: Int) -> IntakeError {
        form("something follows the document's element", "文档元素之后还有内容", at: offset)
    }

    fileprivate static func deepXML(_ limit: Int, at offset: Int) -> IntakeError {
        IntakeError(
            .limit, at: offset, "elements are nested deeper than \(limit) levels", "元素嵌套超过 \(limit) 层",
            remedy: "Check that header in the mapping names the row's element", chineseRemedy: "请确认映射中的 header 是行元素的名称")
    }

    fileprivate static func longMarkup(_ limit: Int, at offset: Int) -> IntakeError {
        IntakeError(
            .limit, at: offset, "a tag or comment is longer than \(limit) bytes", "标记或注释超过 \(limit) 字节",
            remedy: "Export the file again without it", chineseRemedy: "请去除后重新导出")
    }

    fileprivate static func documentType(at offset: Int) -> IntakeError {
        IntakeError(
            .form, at: offset, "the file has a document type declaration, which is not read", "文件含有 DOCTYPE 声明，不予读取",
            remedy: "Export the file without <!DOCTYPE …>", chineseRemedy: "请去除 <!DOCTYPE …> 后重新导出")
    }
}
