import Interchange

/// A limit on status questions that was used up and has not begun anew, as its entry `question.limitExceeded` says.
public struct ExceededLimit: Sendable, Hashable {
    /// The bureau as its certificate names it, and its officer, if any.
    public var asker: String
    /// The bureau's province; nil when the name does not say.
    public var province: Province?
    /// The stable word for a refusal by it.
    public var reason: String
    public var at, until: Instant
}
