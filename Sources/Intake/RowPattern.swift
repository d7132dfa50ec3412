/// A small regular expression that takes time linear in the text, whatever the pattern: literals, `.`, `[abc]`, `[^a-z]`,
/// `\d`, `\s`, `( | )`, `*`, `+`, `?`, `^` at the beginning and `$` at the end. It is found anywhere unless anchored.
public struct RowPattern: Sendable, Hashable {
    /// Why a pattern cannot be read.
    public struct Mistake: Error, Sendable, Hashable {
        public var message: String
    }

    public let text: String
    private let states: [State]
    private let start: Int
    private let isAnchored: Bool
    /// What a match can begin with, when it must begin at the text's first character; nil when that tells nothing.
    private let firsts: [Scalars]?

    indirect enum Node {
        case empty
        case one(Scalars)
        case end
        case sequence(Node, Node)
        case either(Node, Node)
        /// Zero or more, or (with `atLeastOnce`) one or more.
        case many(Node, atLeastOnce: Bool)
        case optional(Node)
    }

    struct Scalars: Sendable, Hashable {
        var ranges: [ClosedRange<UInt32>]
        var isNegated = false

        func contains(_ scalar: UInt32) -> Bool { ranges.contains { $0.contains(scalar) } != isNegated }
    }

    private enum State: Sendable, Hashable {
        case one(Scalars, next: Int)
        case split(Int, Int)
        case end(next: Int)
        case match
    }

    /// - Throws: ``Mistake``. A pattern has at most 256 characters.
    public init(_ text: String) throws(Mistake) {
        var parser = RowPatternParser(text)
        let (node, isAnchored) = try parser.parse()
        var states: [State] = [.match]
        self.text = text
        self.isAnchored = isAnchored
        start = Self.compile(node, next: 0, into: &states)
        self.states = states
        firsts = isAnchored ? Self.firsts(of: states, from: start) : nil
    }

    /// Whether the pattern is found in the text, which is UTF-8.
    public func matches(_ text: some Sequence<UInt8>) -> Bool {
        var decoder = UTF8()
        var iterator = text.makeIterator()
        if let firsts {
            // Most rows are told apart by their first character.
            var first = text.makeIterator()
            guard case .scalarValue(let scalar) = decoder.decode(&first),
                firsts.contains(where: { $0.contains(scalar.value) })
            else { return false }
            decoder = UTF8()
        }
        var current = Set<Int>()
        if follow(start, into: &current, atEnd: false) { return true }
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            var next = Set<Int>()
            for index in current {
                guard case .one(let scalars, let target) = states[index], scalars.contains(scalar.value) else {
                    continue
                }
                if follow(target, into: &next, atEnd: false) { return true }
            }
            if !isAnchored, follow(start, into: &next, atEnd: false) { return true }
            if next.isEmpty { return false }
            current = next
        }
        var last = Set<Int>()
        return current.contains { follow($0, into: &last, atEnd: true) }
    }

    /// Adds what is reached without a character; true when that is the match. An end is passed only at the end.
    private func follow(_ index: Int, into set: inout Set<Int>, atEnd: Bool) -> Bool {
        guard set.insert(index).inserted else { return false }
        switch states[index] {
        case .match: return true
        case .one: return false
        case .end(let next): return atEnd && follow(next, into: &set, atEnd: true)
        case .split(let left, let right):
            // Both, even when the first matches early: the caller stops at the first match.
            return follow(left, into: &set, atEnd: atEnd) || follow(right, into: &set, atEnd: atEnd)
        }
    }

    /// Nil when the empty text matches.
    private static func firsts(of states: [State], from start: Int) -> [Scalars]? {
        var firsts: [Scalars] = []
        var waiting = [start]
        var seen = Set<Int>()
        while let index = waiting.popLast() {
            guard seen.insert(index).inserted else { continue }
            switch states[index] {
            case .one(let scalars, _): firsts.append(scalars)
            case .split(let left, let right): waiting += [left, right]
            case .end, .match: return nil
            }
        }
        return firsts
    }

    private static func compile(_ node: Node, next: Int, into states: inout [State]) -> Int {
        switch node {
        case .empty: return next
        case .one(let scalars): return add(.one(scalars, next: next), to: &states)
        case .end: return add(.end(next: next), to: &states)
        case .sequence(let left, let right):
            return compile(left, next: compile(right, next: next, into: &states), into: &states)
        case .either(let left, let right):
            let first = compile(left, next: next, into: &states)
            return add(.split(first, compile(right, next: next, into: &states)), to: &states)
        case .optional(let inner):
            return add(.split(compile(inner, next: next, into: &states), next), to: &states)
        case .many(let inner, let atLeastOnce):
            let loop = add(.match, to: &states)
            let body = compile(inner, next: loop, into: &states)
            states[loop] = .split(body, next)
            return atLeastOnce ? body : loop
        }
    }

    private static func add(_ state: State, to states: inout [State]) -> Int {
        states.append(state)
        return states.count - 1
    }
}
