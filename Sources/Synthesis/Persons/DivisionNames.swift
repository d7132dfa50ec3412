import Interchange

/// Which codes are homes of people, and what those places are called in an address.
struct DivisionNames {
    /// By the code's number.
    private let spans: [UInt32: [DivisionSpan]]
    /// The first four digits of prefectures that have counties today.
    private let withCounties: Set<UInt32>
    private let coversUntil: Int

    init(_ lists: CodeLists) {
        var spans: [UInt32: [DivisionSpan]] = [:]
        var withCounties: Set<UInt32> = []
        for code in lists.divisionCodes {
            let own = lists.division(code) ?? []
            spans[code.number] = own
            if Self.isCounty(code), let last = own.last, last.last == nil, !Self.isHeading(last.name) {
                withCounties.insert(code.number / 100)
            }
        }
        self.spans = spans
        self.withCounties = withCounties
        coversUntil = lists.divisionsCoverUntil.year
    }

    func spans(of code: DivisionCode) -> [DivisionSpan] { spans[code.number] ?? [] }

    /// A county, or a prefecture that has none (东莞市).
    func isHome(_ code: DivisionCode, in year: Int) -> Bool {
        guard let span = spans[code.number]?.last, code.province != nil else { return false }
        if Self.isHeading(span.name) { return false }
        if Self.isCounty(code) { return true }
        let isPrefecture = code.number % 10_000 != 0
        return isPrefecture && span.isValid(in: year) && !withCounties.contains(code.number / 100)
    }

    /// 广东省, 清远市, 阳山县: with the names of the division's last year.
    func fullName(of code: DivisionCode) -> [String] {
        guard let own = spans[code.number]?.last else { return [] }
        let year = own.last ?? coversUntil
        let above = [code.number / 10_000 * 10_000, code.number / 100 * 100].filter { $0 != code.number }
        return above.compactMap { name(of: $0, in: year) } + [own.name]
    }

    /// Nil for a code that is a heading, or is none.
    private func name(of number: UInt32, in year: Int) -> String? {
        let own = spans[number] ?? []
        guard let span = own.first(where: { $0.isValid(in: year) }) ?? own.last else { return nil }
        return Self.isHeading(span.name) ? nil : span.name
    }

    private static func isCounty(_ code: DivisionCode) -> Bool { code.number % 100 != 0 }

    /// Lines of the standard that group others and are nobody's home.
    private static func isHeading(_ name: String) -> Bool {
        name == "市辖区" || name == "县" || name == "市" || name.hasPrefix("省直辖") || name.hasPrefix("自治区直辖")
    }
}
