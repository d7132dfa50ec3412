/// The text of a code list: `# key: value` lines, a line of column names, then rows; the cells are parted by tabs.
struct CodeListFile {
    private(set) var header: [String: String] = [:]
    private(set) var columns: [Substring] = []
    private(set) var rows: [[Substring]] = []

    init(_ text: [UInt8]) {
        for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
            if line.first == "#" {
                readHeader(line.dropFirst())
            } else if columns.isEmpty {
                columns = line.split(separator: "\t", omittingEmptySubsequences: false)
            } else {
                rows.append(line.split(separator: "\t", omittingEmptySubsequences: false))
            }
        }
    }

    /// The list's id; nil when the text has none.
    var id: String? { header["list"] }

    private mutating func readHeader(_ line: Substring) {
        guard let colon = line.firstIndex(of: ":") else { return }
        let value = line[line.index(after: colon)...].drop { $0 == " " }
        header[String(line[..<colon].drop { $0 == " " })] = String(value)
    }
}
