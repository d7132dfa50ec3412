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
    private(set) var start = 0
    /// Whether a match can only begin at the start of the text.
    private(set) var isAnchored = false
    /// Whether a place's neighbours matter.
    private(set) var hasWordBoundaries = false

    static let maximumSize = 50_000

    init(_ node: PatternNode) throws(PatternError) {
        start = try add(node, next: 0)
        let anywhere =
            closure(of: [start], before: .other, after: .other)
            + closure(of: [start], before: .word, after: .edge) + closure(of: [start], before: .other, after: .word)
        isAnchored = anywhere.isEmpty
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
        for sequence in UTF8Ranges.sequences(of: set) {
            var state = next
            for range in sequence.reversed() { state = try emit(.byte(range, next: state)) }
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
        for _ in 0..<least { state = try add(node, next: state) }
        return state
    }
}

extension PatternProgram {
    /// The byte and match instructions that can be reached without reading, in order of number.
    func closure(of states: [Int], before: Neighbour, after: Neighbour) -> [Int] {
        var seen = Set(states)
        var open = states
        var reached: [Int] = []
        while let state = open.popLast() {
            switch instructions[state] {
            case .byte, .match: reached.append(state)
            case .split(let targets):
                for target in targets where seen.insert(target).inserted { open.append(target) }
            case .assertion(let assertion, let next):
                if assertion.holds(before: before, after: after), seen.insert(next).inserted { open.append(next) }
            }
        }
        return reached.sorted()
    }

    func isMatch(_ closure: [Int]) -> Bool { closure.contains(0) }

    /// The states after a byte; a search also begins anew.
    func step(_ closure: [Int], over byte: UInt8) -> [Int] {
        var next: Set<Int> = isAnchored ? [] : [start]
        for state in closure {
            if case .byte(let range, let target) = instructions[state], range.contains(byte) { next.insert(target) }
        }
        return next.sorted()
    }

    func neighbour(_ byte: UInt8) -> Neighbour {
        hasWordBoundaries && (byte.isLetter || byte.isDigit || byte == UInt8(ascii: "_")) ? .word : .other
    }

    /// Follows all states at once: linear in the text, whatever the pattern.
    func matches(_ text: UnsafeRawBufferPointer) -> Bool {
        var states = [start]
        var before = Neighbour.edge
        for byte in text {
            let after = neighbour(byte)
            let closure = closure(of: states, before: before, after: after)
            if isMatch(closure) { return true }
            states = step(closure, over: byte)
            if states.isEmpty { return false }
            before = after
        }
        return isMatch(closure(of: states, before: before, after: .edge))
    }
}

extension PatternAssertion {
    fileprivate func holds(before: PatternProgram.Neighbour, after: PatternProgram.Neighbour) -> Bool {
        switch self {
        case .start: before == .edge
        case .end: after == .edge
        case .wordBoundary: (before == .word) != (after == .word)
        case .noWordBoundary: (before == .word) == (after == .word)
        }
    }
}
