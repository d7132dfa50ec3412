import Interchange

extension RefusedRow.Reason {
    /// `CODE pointer column`, a line each: names of fields and columns, never values. A source's column may have a line
    /// break in its name: that becomes a space.
    static func stored(_ reasons: [RefusedRow.Reason]) -> String {
        reasons.map { reason in
            [reason.code.rawValue, reason.pointer, reason.column ?? ""].map { text in
                String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 })
            }.joined(separator: "\t")
        }.joined(separator: "\n")
    }

    static func reasons(inStored text: String) -> [RefusedRow.Reason] {
        text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3, let code = ViolationCode(rawValue: parts[0]) else { return nil }
            return RefusedRow.Reason(code: code, pointer: parts[1], column: parts[2].isEmpty ? nil : parts[2])
        }
    }

    static func codes(inStored text: String) -> [String] {
        text.split(separator: "\n").compactMap { $0.split(separator: "\t", maxSplits: 1).first.map(String.init) }
    }
}
