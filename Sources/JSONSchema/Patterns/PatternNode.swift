/// A parsed regular expression.
indirect enum PatternNode: Sendable {
    case set(ScalarSet)
    case sequence([PatternNode])
    case alternatives([PatternNode])
    case repetition(PatternNode, atLeast: Int, atMost: Int?)
    case assertion(PatternAssertion)
    /// Valid by ECMA-262, but beyond an automaton.
    case unsupported(String)
}

/// A condition on the place between two characters.
enum PatternAssertion: Sendable, Hashable {
    case start, end, wordBoundary, noWordBoundary
}
