import Interchange

/// Which codes are homes of people, and what those places are called in an address.
struct DivisionNames {
    private let lists: CodeLists
    /// The first four digits of prefectures that have counties, in the year last asked about.
    private let withCounties: Set<UInt32>

    init(_ lists: CodeLists) {
        self.lists = lists
        var withCounties: Set<UInt32> = []
        for code in lists.divisionCodes where Self.isCounty(code) {
            if let span = lists.division(code)?.last, span.last == nil, !Self.isHeading(span.name) {
                withCounties.insert(code.number / 100)
            }
        }
        self.withCounties = withCounties
    }

    /// A county, or a prefecture that has none (东莞市).
    func isHome(_ code: DivisionCode, in year: Int) -> Bool {
        guard let span = lists.division(code)?.last, !Self.isHeading(span.name), code.province != nil else {
            return false
        }
        if Self.isCounty(code) { return true }
        let isPrefecture = code.number % 10_000 != 0
        return isPrefecture && span.isValid(in: year) && !withCounties.contains(code.number / 100)
    }

    func fullName(of code: DivisionCode) -> String {
        guard let own = lists.division(code)?.last else { return "" }
        let year = own.last ?? lists.divisionsCoverUntil.year
        var name = ""
        for above in [code.number / 10_000 * 10_000, code.number / 100 * 100] where above != code.number {
            name += self.name(of: above, in: year)
        }
        return name + own.name
    }

    /// Empty for a code that is a heading, or is none.
    private func name(of number: UInt32, in year: Int) -> String {
        guard let code = DivisionCode(number: Int(number)), let spans = lists.division(code) else { return "" }
        let name = (spans.first { $0.isValid(in: year) } ?? spans.last)?.name ?? ""
        return Self.isHeading(name) ? "" : name
    }

    private static func isCounty(_ code: DivisionCode) -> Bool { code.number % 100 != 0 }

    /// Lines of the standard that group others and are nobody's home.
    private static func isHeading(_ name: String) -> Bool {
        ["市辖区", "县", "市"].contains(name) || name.contains("直辖")
    }
}
