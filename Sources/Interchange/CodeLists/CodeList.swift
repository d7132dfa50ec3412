/// A standard's table of values.
public struct CodeList: Sendable, Hashable {
    /// As a mapping names it: `arrival-reason`.
    public let id: String
    public let standard: String
    public let edition: String
    /// Where the values come from, and with what they were compared.
    public let source: String
    /// Names by code. Only these codes may stand in an envelope.
    public let codes: [String: String]
    /// Codes by the other spellings that sources use: short names, and a standard's codes that the interchange folds
    /// into another.
    public let aliases: [String: String]

    init?(_ file: CodeListFile) {
        guard let id = file.id, file.columns.starts(with: ["code", "name", "aliases"]) else { return nil }
        var codes: [String: String] = [:]
        var aliases: [String: String] = [:]
        for row in file.rows where row.count == 3 {
            codes[String(row[0])] = String(row[1])
            for alias in row[2].split(separator: "|") { aliases[String(alias)] = String(row[0]) }
        }
        self.id = id
        standard = file.header["standard"] ?? ""
        edition = file.header["edition"] ?? ""
        source = [file.header["source"], file.header["compared"]].compactMap { $0 }.joined(separator: "; ")
        self.codes = codes
        self.aliases = aliases
    }

    /// The code of a code, a name or an alias; nil when the list has none.
    public func code(for word: String) -> String? {
        if codes[word] != nil { return word }
        return aliases[word] ?? codes.first { $0.value == word }?.key
    }
}
