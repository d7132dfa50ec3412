import JSONTape

/// A regular expression of ECMA-262 with its `u` flag, matched in time linear in the text.
///
/// A match may begin and end anywhere. Look-around and back references are refused, because no automaton has them.
struct Pattern: Sendable {
    let source: String
    /// Nil when its table would be too large.
    let automaton: PatternAutomaton?
    private let program: PatternProgram

    /// Instructions of a pattern without a table: each byte of a text may cost as many steps.
    private static let maximumSteps = 4_000

    init(_ source: String) throws(PatternError) {
        self.source = source
        program = try PatternProgram(PatternParser.parse(source))
        automaton = PatternAutomaton(program)
        guard automaton != nil || program.instructions.count <= Self.maximumSteps else {
            throw PatternError(message: "the pattern is too large")
        }
    }

    /// Whether a string's text has a match.
    func matches(_ view: JSONView) -> Bool { view.withUTF8 { matches($0) } ?? false }

    func matches(_ text: UnsafeRawBufferPointer) -> Bool {
        if let automaton { return automaton.matches(text) }
        var walk = PatternWalk(program)
        return walk.matches(text)
    }
}

/// Why a regular expression is refused.
struct PatternError: Error {
    var message: String
}
