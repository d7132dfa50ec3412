import Intake
import Yams

/// `source.header`, whose form depends on the format, and `source.separator`.
extension MappingNotes {
    mutating func layout(
        _ format: SourceDescription.Format, _ members: [(key: Node, value: Node)], in source: Node?
    ) -> SourceFormat {
        let header = members["header"]
        if let separator = members["separator"], format != .csv {
            note("source.separator belongs to csv", at: separator, remedy: "Remove it")
        }
        switch format {
        case .csv:
            let lines = headerLines(header)
            return .csv(
                header: lines.lowerBound, headerLines: lines.count, separator: separator(members["separator"]))
        case .fixedWidth: return .fixedWidth(widths(header, in: source))
        case .dbf: return .dbf(driver: driver(header))
        case .xml: return .xml(row: rowElement(header, in: source))
        case .json: return .json(.array(pointer(header)))
        case .ndjson:
            if let header {
                note("source.header does not belong to ndjson", at: header, remedy: "Remove it: each line is a row")
            }
            return .json(.lines)
        }
    }

    /// `1`, `1-2` or `[1, 2]`.
    private mutating func headerLines(_ node: Node?) -> ClosedRange<Int> {
        guard let node else { return 1...1 }
        let parts: [String] =
            if let items = node.sequence {
                items.compactMap(\.scalar?.string)
            } else {
                node.scalar?.string.split(separator: "-", omittingEmptySubsequences: false).map(String.init) ?? []
            }
        let numbers = parts.compactMap { Int($0) }
        guard let first = numbers.first, let last = numbers.last, numbers.count == parts.count,
            node.sequence == nil ? numbers.count <= 2 : numbers == Array(first...max(first, last)),
            first >= 1, last >= first, last <= 1000, last - first < 10
        else {
            note(
                "source.header must be a line number from 1 to 1000, or lines that follow one another", at: node,
                remedy: "Write header: 1, or header: [1, 2] where two lines name the columns together")
            return 1...1
        }
        return first...last
    }

    private mutating func separator(_ node: Node?) -> CSVSeparator {
        guard let node, let text = text(node, "source.separator") else { return .comma }
        switch text {
        case ",", "comma": return .comma
        case ";", "semicolon": return .semicolon
        case "\t", "tab": return .tab
        default:
            note("source.separator is not known", at: node, remedy: "Use one of comma, semicolon, tab")
            return .comma
        }
    }

    private mutating func widths(_ node: Node?, in source: Node?) -> [FixedWidthColumn] {
        guard let node else {
            note(
                "source.header must name the columns with their widths", at: source,
                remedy: "Write header: { 序号: 6, 姓名: 30 }, widths in bytes")
            return []
        }
        var columns: [FixedWidthColumn] = []
        for (key, value) in members(of: node, in: "source.header") {
            guard let name = text(key, "source.header"), let written = text(value, "source.header") else { continue }
            if let width = Int(written), (1...IntakeLimits.standard.cellBytes).contains(width) {
                columns.append(FixedWidthColumn(name: name, width: width))
            } else {
                note(
                    "the width of \(name) must be a number of bytes from 1 to \(IntakeLimits.standard.cellBytes)",
                    at: value, remedy: "Write the column's width in bytes of the file")
            }
        }
        if node.mapping?.isEmpty ?? false {
            note("source.header names no column", at: node, remedy: "Write header: { 序号: 6, 姓名: 30 }")
        }
        return columns
    }

    /// A number, decimal or `0x4D`.
    private mutating func driver(_ node: Node?) -> LanguageDriver? {
        guard let node, let written = text(node, "source.header") else { return nil }
        let number = written.hasPrefix("0x") ? UInt8(written.dropFirst(2), radix: 16) : UInt8(written)
        guard let number else {
            note(
                "source.header must be a language driver's number", at: node,
                remedy: "Write header: 0x4D, or leave it out")
            return nil
        }
        if number == 0 { return nil }
        if let driver = LanguageDriver(rawValue: number) { return driver }
        note(
            "the language driver \(written) is not of this version", at: node,
            remedy: "Use 0x4D or 0x7A (GB 18030), or leave it out and write encoding")
        return nil
    }

    private mutating func rowElement(_ node: Node?, in source: Node?) -> String {
        guard let node else {
            note(
                "source.header must name the element that is repeated", at: source, remedy: "Write header: 人员")
            return ""
        }
        guard let name = text(node, "source.header") else { return "" }
        let bad: Set<Character> = [" ", "<", ">", "/", "&", "\"", "'", "=", "@"]
        if name.isEmpty || name.contains(where: bad.contains) || name.first?.isNumber ?? true {
            note("source.header must be the name of an element", at: node, remedy: "Write its name without brackets")
        }
        return name
    }

    /// RFC 6901.
    private mutating func pointer(_ node: Node?) -> [String] {
        guard let node, let text = text(node, "source.header"), !text.isEmpty else { return [] }
        guard text.hasPrefix("/") else {
            note(
                "source.header must be the JSON Pointer of the array of rows", at: node,
                remedy: "Write header: /data/rows, or leave it out when the array is the whole file")
            return []
        }
        return text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { token in
            token.split(separator: "~1", omittingEmptySubsequences: false).joined(separator: "/")
                .split(separator: "~0", omittingEmptySubsequences: false).joined(separator: "~")
        }
    }
}
