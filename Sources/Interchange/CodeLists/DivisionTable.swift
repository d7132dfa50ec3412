/// Spans by code, found by two array accesses: the first four digits choose a page of 100 entries, the last two the entry.
struct DivisionTable: Sendable {
    /// Years of one span, for checks that must not touch a name.
    private struct Years: Sendable {
        var first: UInt16
        var last: UInt16
    }

    private static let open = UInt16.max

    /// 1-based page of each four-digit prefix; 0 is none.
    private var pages = [UInt16](repeating: 0, count: 10_000)
    /// 1-based group of each entry of each page; 0 is none.
    private var entries: [UInt16] = []
    /// The spans of a code, as a range of `spans`.
    private var groups: [Range<Int32>] = []
    private var years: [Years] = []
    private var spans: [DivisionSpan] = []
    private(set) var codes: [DivisionCode] = []

    /// - Parameter rows: sorted by code.
    init(_ rows: [(code: DivisionCode, span: DivisionSpan)]) {
        for (code, span) in rows {
            spans.append(span)
            years.append(
                Years(first: UInt16(clamping: span.first), last: span.last.map { UInt16(clamping: $0) } ?? Self.open))
            let end = Int32(spans.count)
            if codes.last == code {
                groups[groups.count - 1] = groups[groups.count - 1].lowerBound..<end
            } else {
                codes.append(code)
                groups.append(end - 1..<end)
                enter(code)
            }
        }
    }

    private mutating func enter(_ code: DivisionCode) {
        let prefix = Int(code.number / 100)
        if pages[prefix] == 0 {
            pages[prefix] = UInt16(entries.count / 100 + 1)
            entries.append(contentsOf: repeatElement(0, count: 100))
        }
        entries[Int(pages[prefix] - 1) * 100 + Int(code.number % 100)] = UInt16(groups.count)
    }

    private func group(of code: DivisionCode) -> Range<Int>? {
        let page = pages[Int(code.number / 100)]
        guard page > 0 else { return nil }
        let group = entries[Int(page - 1) * 100 + Int(code.number % 100)]
        guard group > 0 else { return nil }
        let range = groups[Int(group - 1)]
        return Int(range.lowerBound)..<Int(range.upperBound)
    }

    func spans(of code: DivisionCode) -> [DivisionSpan]? { group(of: code).map { Array(spans[$0]) } }

    func contains(_ code: DivisionCode) -> Bool { group(of: code) != nil }

    func isValid(_ code: DivisionCode, in year: Int) -> Bool {
        guard let group = group(of: code) else { return false }
        for index in group where Int(years[index].first) <= year && year <= Int(years[index].last) { return true }
        return false
    }

    /// Whether the code was valid at any time from this year on.
    func isValid(_ code: DivisionCode, since year: Int) -> Bool {
        guard let group = group(of: code) else { return false }
        for index in group where year <= Int(years[index].last) { return true }
        return false
    }
}
