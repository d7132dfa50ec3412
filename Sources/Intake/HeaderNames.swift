/// The names of a table's columns from the one or more lines that make them.
///
/// Names of several lines are joined from the first line down. A cell that a spreadsheet merged over several columns has its
/// text in the first of them: an empty cell takes the text at its left when that column and its own have a name in the
/// next line. So `户籍地,` over `区划,地址` gives `户籍地区划` and `户籍地地址`.
struct HeaderNames {
    private var lines: [[(name: String, offset: Int)]] = []

    /// - Parameter line: the cells of the next line, without the blanks around them.
    mutating func add(_ line: [(name: String, offset: Int)]) { lines.append(line) }

    /// Columns without a name at the end of all lines are no columns.
    ///
    /// - Throws: ``IntakeError/Code/columnRepeated``.
    func columns() throws(IntakeError) -> (names: [String], offsets: [Int]) {
        let count = lines.map { $0.count - $0.reversed().prefix { $0.name.isEmpty }.count }.max() ?? 0
        var names: [String] = []
        var offsets: [Int] = []
        for column in 0..<max(count, lines.isEmpty ? 0 : 1) {
            let parts = lines.indices.map { part(column, line: $0) }
            let name = parts.joined()
            let place = lines.compactMap { column < $0.count ? $0[column].offset : nil }.last ?? 0
            if !name.isEmpty, names.contains(name) { throw .columnRepeated(name, at: place) }
            names.append(name)
            offsets.append(place)
        }
        return (names, offsets)
    }

    private func text(_ column: Int, line: Int) -> String {
        line < lines.count && column >= 0 && column < lines[line].count ? lines[line][column].name : ""
    }

    private func part(_ column: Int, line: Int) -> String {
        let own = text(column, line: line)
        guard own.isEmpty, !text(column, line: line + 1).isEmpty else { return own }
        var left = column - 1
        while left >= 0, !text(left, line: line + 1).isEmpty {
            let name = text(left, line: line)
            if !name.isEmpty { return name }
            left -= 1
        }
        return ""
    }
}
