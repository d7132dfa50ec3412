import Interchange

/// Answers what a code means.
protocol CodeLookUp {
    associatedtype Answer: CodeAnswer
    /// - Parameter word: a code or a name; nil asks for the whole list.
    func answer(to word: String?) -> Answer
}

/// An answer, for a person and for a program.
protocol CodeAnswer {
    /// False when the list has no such code.
    var isFound: Bool { get }
    var lines: [String] { get }
    func sayJSON() throws
}

/// The lists that there are.
struct ListOverview {
    struct Entry: Encodable {
        var list, standard, edition, source: String
        var codes: Int
    }

    private let entries: [Entry]

    init(_ lists: CodeLists) {
        let division = Entry(
            list: "division", standard: "GB/T 2260 中华人民共和国行政区划代码",
            edition: "\(CodeLists.firstYear) to \(lists.divisionsCoverUntil)",
            source: "schemas/codes/divisions.tsv names its sources", codes: lists.divisionCodes.count)
        entries =
            [division]
            + lists.ids.compactMap { lists.list($0) }.map {
                Entry(list: $0.id, standard: $0.standard, edition: $0.edition, source: $0.source, codes: $0.codes.count)
            }
    }

    func say(json: Bool) throws {
        if json { return try Terminal.say(json: entries) }
        for entry in entries {
            let name = entry.list.padding(toLength: 18, withPad: " ", startingAt: 0)
            Terminal.say("\(name)\(Terminal.grouped(entry.codes)) codes; \(entry.standard), \(entry.edition)")
        }
    }
}

/// Looks in a list without a history.
struct ShortLookUp: CodeLookUp {
    let list: CodeList

    struct Answer: CodeAnswer, Encodable {
        struct Row: Encodable {
            var code, name: String
            var aliases: [String]
        }

        var list, standard, edition: String
        var codes: [Row]

        var isFound: Bool { !codes.isEmpty }

        var lines: [String] {
            if codes.isEmpty { return ["\(list) has no such code or name; `yizhan codes show \(list)` shows all"] }
            return codes.map { row in
                "\(row.code)\t\(row.name)" + (row.aliases.isEmpty ? "" : "\t(\(row.aliases.joined(separator: ", ")))")
            } + (codes.count == 1 ? ["\(standard), \(edition)"] : [])
        }

        func sayJSON() throws { try Terminal.say(json: self) }
    }

    func answer(to word: String?) -> Answer {
        let found = word.map { word in list.code(for: word).map { [$0] } ?? [] } ?? list.codes.keys.sorted()
        return Answer(list: list.id, standard: list.standard, edition: list.edition, codes: found.map(row))
    }

    private func row(_ code: String) -> Answer.Row {
        Answer.Row(
            code: code, name: list.codes[code] ?? "",
            aliases: list.aliases.filter { $0.value == code }.map(\.key).sorted())
    }
}
