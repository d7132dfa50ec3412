/// The code lists of the interchange: the short ones by id, and the divisions of GB/T 2260 with the years of each code.
public struct CodeLists: Sendable {
    /// The lists of `schemas/codes`, parsed when first used.
    public static let standard = CodeLists(
        files: EmbeddedFiles.names.filter { $0.hasPrefix("codes/") }.compactMap {
            EmbeddedFiles.content(of: $0)
        })

    /// The first year that the list of divisions tells about.
    public static let firstYear = 1980

    /// What is copied with every check of an envelope: one reference.
    private final class Tables: Sendable {
        let lists: [String: CodeList]
        let divisions: DivisionTable

        init(lists: [String: CodeList], divisions: DivisionTable) {
            self.lists = lists
            self.divisions = divisions
        }
    }

    private let tables: Tables
    private var lists: [String: CodeList] { tables.lists }
    private var divisions: DivisionTable { tables.divisions }
    /// The last day about which the list of divisions tells.
    public let divisionsCoverUntil: CivilDate

    /// - Parameter files: texts of code lists, told apart by their `# list:` lines. A text without one is not heeded.
    public init(files: [[UInt8]]) {
        var lists: [String: CodeList] = [:]
        var rows: [(code: DivisionCode, span: DivisionSpan)] = []
        var until: CivilDate?
        for file in files.map(CodeListFile.init) {
            if let list = CodeList(file) { lists[list.id] = list }
            guard file.id == "divisions" else { continue }
            rows += file.rows.compactMap(Self.division)
            until = file.header["covers-until"].flatMap { CivilDate($0) } ?? until
        }
        self.init(lists, divisions: rows, until: until ?? CivilDate(daysSince1970: 0))
    }

    private init(
        _ lists: [String: CodeList], divisions rows: [(code: DivisionCode, span: DivisionSpan)], until: CivilDate
    ) {
        tables = Tables(
            lists: lists,
            divisions: DivisionTable(
                rows.sorted { ($0.code.number, $0.span.first) < ($1.code.number, $1.span.first) }))
        divisionsCoverUntil = until
    }

    /// These lists with the divisions of a local list, `divisions.extra.tsv`: UTF-8 with the columns of `divisions.tsv`.
    ///
    /// A row of the same code and first year as one that is here replaces it: so an end and successors are told. A line
    /// `# covers-until: YYYY-MM-DD` moves the last day that the list covers; never back.
    ///
    /// - Throws: ``CodeListMistakes``, each with its line.
    public func adding(divisions text: [UInt8]) throws(CodeListMistakes) -> CodeLists {
        let local = try LocalDivisions(text, beside: self)
        let replaced = Set(local.rows.map { DivisionKey(code: $0.code, first: $0.span.first) })
        let kept = divisionCodes.flatMap { code in
            (division(code) ?? []).filter { !replaced.contains(DivisionKey(code: code, first: $0.first)) }
                .map { (code: code, span: $0) }
        }
        return CodeLists(
            lists, divisions: kept + local.rows,
            until: max(divisionsCoverUntil, local.coversUntil ?? divisionsCoverUntil))
    }

    private struct DivisionKey: Hashable {
        var code: DivisionCode
        var first: Int
    }

    private static func division(_ row: [Substring]) -> (code: DivisionCode, span: DivisionSpan)? {
        guard row.count == 5, let code = DivisionCode(row[0]), let first = Int(row[2]) else { return nil }
        let successors = row[4].split(separator: " ").compactMap { DivisionCode($0) }
        return (code, DivisionSpan(name: String(row[1]), first: first, last: Int(row[3]), successors: successors))
    }

    /// A short list; nil when there is none of this id. Ids: `arrival-reason`, `country`, `employment-status`, `ethnicity`,
    /// `industry-section`, `permit-kind`, `sex`.
    public func list(_ id: String) -> CodeList? { lists[id] }

    /// Ids of the short lists, in order.
    public var ids: [String] { lists.keys.sorted() }

    /// All codes of divisions, in order.
    public var divisionCodes: [DivisionCode] { divisions.codes }

    /// The times of a code, oldest first; nil when the list has no such code. Constant time.
    public func division(_ code: DivisionCode) -> [DivisionSpan]? { divisions.spans(of: code) }

    /// Whether the code is in the list, at whatever time. Constant time, no allocation.
    public func contains(_ code: DivisionCode) -> Bool { divisions.contains(code) }

    /// Whether the code was valid at any time from this year on.
    public func isValid(_ code: DivisionCode, since year: Int) -> Bool { divisions.isValid(code, since: year) }

    /// What the code is on a date. Years count whole, and dates before ``firstYear`` as that year. Constant time, no
    /// allocation.
    public func standing(of code: DivisionCode, on date: CivilDate) -> DivisionStanding {
        if divisions.isValid(code, in: max(date.year, Self.firstYear)) { return .valid }
        if divisions.contains(code) { return .notCurrent }
        return code.province != nil && date > divisionsCoverUntil ? .notCurrent : .unknown
    }

    /// What the division became, through any number of changes, that is valid on the date; empty when nothing tells.
    public func successors(of code: DivisionCode, on date: CivilDate) -> [DivisionCode] {
        var found: [DivisionCode] = []
        var seen: Set<DivisionCode> = [code]
        var waiting = [code]
        while let next = waiting.popLast() {
            for follower in (division(next) ?? []).flatMap(\.successors) where seen.insert(follower).inserted {
                if standing(of: follower, on: date) == .valid {
                    found.append(follower)
                } else {
                    waiting.append(follower)
                }
            }
        }
        return found.sorted { $0.number < $1.number }
    }
}
