import Interchange

/// The divisions in which synthetic persons are at home, live, and got their numbers: counties, and the few prefectures
/// without counties, with the years in which their codes were valid.
struct DivisionAtlas: Sendable {
    /// Index of a division.
    typealias ID = Int32

    /// Of one province.
    struct Province: Sendable {
        /// Valid in the export's last year.
        var current: [ID] = []
        /// Valid in every year that the export tells about.
        var steady: [ID] = []
        /// Abolished before the first of those years.
        var abolished: [ID] = []
    }

    /// Codes and names, for whole lists.
    struct Entry: Sendable {
        var code: DivisionCode
        /// 广东省, 清远市, 阳山县: with the names of its last year.
        var fullName: [String]
    }

    private(set) var entries: [Entry] = []
    /// Bit n: the code was valid in 1980 + n.
    private var years: [UInt64] = []
    private var predecessors: [[ID]] = []
    private var provinces: [Province]

    init(_ lists: CodeLists, window: ClosedRange<Int>) {
        provinces = Array(repeating: Province(), count: 100)
        let names = DivisionNames(lists)
        var ids: [DivisionCode: ID] = [:]
        for code in lists.divisionCodes where names.isHome(code, in: window.upperBound) {
            let spans = names.spans(of: code)
            ids[code] = ID(entries.count)
            entries.append(Entry(code: code, fullName: names.fullName(of: code)))
            years.append(spans.reduce(0) { $0 | Self.mask($1.first, $1.last ?? window.upperBound) })
        }
        predecessors = Array(repeating: [], count: entries.count)
        for (index, entry) in entries.enumerated() {
            for span in names.spans(of: entry.code) {
                for follower in span.successors { ids[follower].map { predecessors[Int($0)].append(ID(index)) } }
            }
        }
        for index in entries.indices { list(ID(index), window) }
    }

    private mutating func list(_ id: ID, _ window: ClosedRange<Int>) {
        // A code may be younger than the export.
        guard years[Int(id)] != 0 else { return }
        let province = Int(entries[Int(id)].code.number / 10_000)
        if isValid(id, in: window.upperBound) { provinces[province].current.append(id) }
        if isValid(id, throughout: window) { provinces[province].steady.append(id) }
        if lastYear(of: id) < window.lowerBound { provinces[province].abolished.append(id) }
    }

    /// - Parameter province: two digits.
    func province(_ province: Int) -> Province { provinces[province] }

    func code(_ id: ID) -> DivisionCode { entries[Int(id)].code }

    func province(of id: ID) -> Int { Int(entries[Int(id)].code.number / 10_000) }

    func isValid(_ id: ID, in year: Int) -> Bool { isValid(id, throughout: year...year) }

    func isValid(_ id: ID, throughout range: ClosedRange<Int>) -> Bool {
        let mask = Self.mask(range.lowerBound, range.upperBound)
        return years[Int(id)] & mask == mask
    }

    func lastYear(of id: ID) -> Int { CodeLists.firstYear + 63 - years[Int(id)].leadingZeroBitCount }

    /// The code under which people of this division got their numbers in a year: its own, or that of what it was then.
    /// Where nothing tells, its own, as those have who came later.
    func numberCode(of id: ID, in year: Int, _ random: inout SyntheticRandom) -> ID {
        var then = id
        for _ in 0..<Self.mostChanges where !isValid(then, in: year) {
            let before = predecessors[Int(then)]
            guard !before.isEmpty else { return id }
            then = random.pick(before)
        }
        return isValid(then, in: year) ? then : id
    }

    /// How often a division is followed back through renamings and mergers.
    private static let mostChanges = 6

    /// Years outside 1980 to 2043 count as the nearest of these.
    private static func mask(_ first: Int, _ last: Int) -> UInt64 {
        let low = min(max(first - CodeLists.firstYear, 0), 63)
        let high = min(max(last - CodeLists.firstYear, 0), 63)
        return low > high ? 0 : (UInt64.max >> UInt64(63 - high)) & (UInt64.max << UInt64(low))
    }
}
