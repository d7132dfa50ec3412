import JSONTape

/// A regular expression of ECMA-262 with its `u` flag, matched in time linear in the text.
///
/// A match may begin and end anywhere. Look-around and back references are refused, because no automaton has them.
struct Pattern: Sendable {
    let source: String
    /// Nil when its table would be too large.
    let automaton: PatternAutomaton?
    private let program: PatternProgram

    init(_ source: String) throws(PatternError) {
        self.source = source
        program = try PatternProgram(PatternParser.parse(source))
        automaton = PatternAutomaton(program)
    }

    /// Whether a string's text has a match.
    func matches(_ view: JSONView) -> Bool { view.withUTF8 { matches($0) } ?? false }

    func matches(_ text: UnsafeRawBufferPointer) -> Bool {
        automaton?.matches(text) ?? program.matches(text)
    }
}

/// Why a regular expression is refused.
struct PatternError: Error {
    var message: String
}
