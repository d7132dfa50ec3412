/// The years in which a code of GB/T 2260 named one division. A code can have been reused, so it may have several.
public struct DivisionSpan: Sendable, Hashable {
    public var name: String
    /// 1980 or later; divisions older than the list are held to begin in 1980.
    public var first: Int
    /// Inclusive; nil when the code is valid on ``CodeLists/divisionsCoverUntil``.
    public var last: Int?
    /// What the division became; empty when nothing tells.
    public var successors: [DivisionCode]

    public init(name: String, first: Int, last: Int?, successors: [DivisionCode]) {
        self.name = name
        self.first = first
        self.last = last
        self.successors = successors
    }

    public func isValid(in year: Int) -> Bool { first <= year && year <= last ?? Int.max }
}

/// What a code of GB/T 2260 is on a date.
public enum DivisionStanding: Sendable, Hashable {
    case valid
    /// In the list, with another time; or a known province's code that is younger than the list.
    case notCurrent
    case unknown
}
