/// One statement of the exchange protocol, and the way to see whether an implementation keeps it.
public struct ConformanceRule: Sendable {
    /// Stable, such as `signature.missing`.
    public let id: String
    /// What an implementation does that keeps the rule, in one sentence.
    public let statement: String
    let check: @Sendable (ConformancePeer) async throws -> Verdict

    init(_ id: String, _ statement: String, _ check: @Sendable @escaping (ConformancePeer) async throws -> Verdict) {
        self.id = id
        self.statement = statement
        self.check = check
    }
}

/// What was seen of one rule.
public enum Verdict: Sendable, Hashable {
    case kept
    /// - Parameters:
    ///   - expected: what the rule asks for.
    ///   - found: what the implementation did.
    case broken(expected: String, found: String)
    /// The rule could not be tried on this implementation; why.
    case untested(String)
}

/// One line of a report.
public struct ConformanceFinding: Sendable {
    public let rule: String
    public let statement: String
    public let verdict: Verdict
}

/// An answer that a rule did not expect, thrown out of the middle of a check.
struct Unexpected: Error {
    let expected: String
    let found: String
}

/// A rule that cannot be tried.
struct Untested: Error {
    let reason: String
}
