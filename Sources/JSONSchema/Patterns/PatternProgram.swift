/// A Thompson automaton over UTF-8 bytes: the form from which tables are made, and the matcher where they grow too large.
struct PatternProgram: Sendable {
    enum Instruction: Sendable {
        case byte(ClosedRange<UInt8>, next: Int)
        case split([Int])
        case assertion(PatternAssertion, next: Int)
        case match
    }

    /// What stands before or after a place in the text.
    enum Neighbour: Int, Sendable, Hashable { case other, word, edge }

    private(set) var instructions: [Instruction] = [.match]
    private(set) var start: Int32 = 0
    /// Whether a match can only begin at the start of the text.
    private(set) var isAnchored = false
    /// Whether a place's neighbours matter.
    private(set) var hasWordBoundaries = false

    static let maximumSize = 50_000

    /// - Throws: ``PatternError`` for what an automaton cannot do, and for patterns that are too large.
    init(_ node: PatternNode) throws(PatternError) {
        start = Int32(try add(node, next: 0))
        var walk = PatternWalk(self)
        isAnchored = [(Neighbour.other, Neighbour.other), (.word, .edge), (.other, .word)].allSatisfy { before, after in
            walk.begin(at: start)
            walk.close(before: before, after: after)
            return walk.reached.isEmpty && !walk.isMatch
        }
    }

    private mutating func emit(_ instruction: Instruction) throws(PatternError) -> Int {
        guard instructions.count < Self.maximumSize else { throw PatternError(message: "the pattern is too large") }
        instructions.append(instruction)
        return instructions.count - 1
    }

    /// Adds a node's instructions, which go on to `next`.
    private mutating func add(_ node: PatternNode, next: Int) throws(PatternError) -> Int {
        switch node {
        case .set(let set): return try addSet(set, next: next)
        case .sequence(let nodes):
            var next = next
            for node in nodes.reversed() { next = try add(node, next: next) }
            return next
        case .alternatives(let nodes):
            var starts: [Int] = []
            for node in nodes { starts.append(try add(node, next: next)) }
            return try emit(.split(starts))
        case .repetition(let node, let least, let most):
            return try addRepetition(of: node, least, most, next: next)
        case .assertion(let assertion):
            if assertion == .wordBoundary || assertion == .noWordBoundary { hasWordBoundaries = true }
            return try emit(.assertion(assertion, next: next))
        case .unsupported(let what): throw PatternError(message: "\(what) cannot be matched in linear time")
        }
    }

    private mutating func addSet(_ set: ScalarSet, next: Int) throws(PatternError) -> Int {
        var starts: [Int] = []
        // Sequences that end alike share their last bytes.
        var known: [Int: Int] = [:]
        for sequence in UTF8Ranges.sequences(of: set) {
            var state = next
            for range in sequence.reversed() {
                // A step is named by its bytes and by the state after it.
                let step = state << 16 | Int(range.lowerBound) << 8 | Int(range.upperBound)
                if let shared = known[step] {
                    state = shared
                } else {
                    state = try emit(.byte(range, next: state))
                    known[step] = state
                }
            }
            starts.append(state)
        }
        return starts.count == 1 ? starts[0] : try emit(.split(starts))
    }

    private mutating func addRepetition(
        of node: PatternNode, _ least: Int, _ most: Int?, next: Int
    ) throws(PatternError) -> Int {
        var state = next
        if let most {
            for _ in least..<most { state = try emit(.split([try add(node, next: state), next])) }
        } else {
            state = try emit(.split([]))
            let body = try add(node, next: state)
            instructions[state] = .split([body, next])
        }
        for _ in 0..<least {
            let before = state
            state = try add(node, next: state)
            // What reads nothing, reads nothing however often.
            if state == before { break }
        }
        return state
    }
}
