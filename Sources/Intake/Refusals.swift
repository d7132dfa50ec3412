/// The words of each reason to refuse a file.
extension IntakeError {
    static func fault(_ fault: TextEncoding.Fault, base: Int, encoding: TextEncoding) -> IntakeError {
        switch fault {
        case .invalid(let at):
            IntakeError(
                .encoding, at: base + at, "the bytes are not \(encoding.name)", "此处字节不是 \(encoding.name) 编码",
                remedy: "State the file's real encoding in the mapping (utf-8, gb18030 or auto), or export it again",
                chineseRemedy: "请在映射中写明文件的真实编码（utf-8、gb18030 或 auto），或重新导出")
        case .incomplete(let at):
            IntakeError(
                .truncated, at: base + at, "the file ends in the middle of a character", "文件在一个字符中间结束",
                remedy: "Copy or export the file again: it is not whole", chineseRemedy: "文件不完整，请重新传输或导出")
        }
    }

    static func openQuote(at offset: Int) -> IntakeError {
        IntakeError(
            .truncated, at: offset, "the file ends within the quoted field that begins here", "文件在此处开始的引号字段内结束",
            remedy: "Copy or export the file again, or close the quote", chineseRemedy: "文件不完整或缺少结束引号，请重新传输或改正")
    }

    static func empty(at offset: Int) -> IntakeError {
        IntakeError(
            .empty, at: offset, "there is no line that names the columns", "没有列名行",
            remedy: "Export the file again with its header line", chineseRemedy: "请连同列名行重新导出")
    }

    /// Of formats whose columns have no line of their own.
    static func noBytes(at offset: Int) -> IntakeError {
        IntakeError(
            .empty, at: offset, "the file is empty", "文件为空", remedy: "Export the file again", chineseRemedy: "请重新导出")
    }

    /// The file is not of its format, or ends too early.
    static func form(_ message: String, _ chinese: String, at offset: Int, isCut: Bool = false) -> IntakeError {
        IntakeError(
            isCut ? .truncated : .form, at: offset, message, chinese,
            remedy: "Check that format and header in the mapping are this file's, or export it again",
            chineseRemedy: "请确认映射中的 format 与 header 符合该文件，或重新导出")
    }

    static func headerMalformed(at offset: Int) -> IntakeError {
        IntakeError(
            .limit, at: offset, "the line that names the columns is malformed or longer than the limits allow",
            "列名行格式错误或超出长度限制", remedy: "Check that the file is CSV and that header names the right line",
            chineseRemedy: "请确认文件为 CSV 且 header 行号正确")
    }

    static var utf16: IntakeError {
        IntakeError(
            .encoding, at: 0, "the file is UTF-16", "文件是 UTF-16 编码", remedy: "Save it as UTF-8 or GB 18030",
            chineseRemedy: "请另存为 UTF-8 或 GB 18030")
    }

    static func markOfOther(_ found: TextEncoding, declared: TextEncoding) -> IntakeError {
        IntakeError(
            .encoding, at: 0, "the byte order mark says \(found.name), the mapping \(declared.name)",
            "字节顺序标记为 \(found.name)，映射却写 \(declared.name)",
            remedy: "Write encoding: \(found == .utf8 ? "utf-8" : "gb18030") in the mapping",
            chineseRemedy: "请在映射中写 encoding: \(found == .utf8 ? "utf-8" : "gb18030")")
    }

    static func columnRepeated(_ name: String, at offset: Int) -> IntakeError {
        IntakeError(
            .columnRepeated, at: offset, "two columns are named \(name)", "有两列同名：\(name)",
            remedy: "Rename one of them in the export", chineseRemedy: "请在导出时改名")
    }

    /// - Parameter header: where the line of names begins.
    public static func columnMissing(_ name: String, header offset: Int) -> IntakeError {
        IntakeError(
            .columnMissing, at: offset, "the file has no column \(name), which the mapping names",
            "文件缺少映射所用的列：\(name)",
            remedy: "Export the column, or change the mapping; if all names look strange, the encoding is wrong",
            chineseRemedy: "请导出该列或修改映射；若列名全部异常，则编码有误")
    }

    public static func columnUnknown(_ name: String, at offset: Int) -> IntakeError {
        IntakeError(
            .columnUnknown, at: offset, "the mapping neither uses nor drops the column \(name)",
            "映射既未使用也未丢弃列：\(name)", remedy: "Map the column or list it under drop",
            chineseRemedy: "请映射该列，或将其列入 drop")
    }
}

extension String {
    /// Without the blanks at both ends: spaces, tabs, no-break and ideographic spaces, byte order marks.
    var trimmedOfBlanks: String {
        let blanks: Set<Unicode.Scalar> = [" ", "\t", "\u{A0}", "\u{3000}", "\u{FEFF}"]
        var kept = unicodeScalars[...]
        while let first = kept.first, blanks.contains(first) { kept.removeFirst() }
        while let last = kept.last, blanks.contains(last) { kept.removeLast() }
        return String(kept)
    }
}
