/// The part of a pattern in which each position has its own set of bytes, whatever stands before: read in any order, where an
/// automaton must wait for the state after each byte.
struct FixedRun {
    /// Bytes that the automaton reads before the run begins.
    var prefix = 0
    /// For each position of the run, whether each byte is in its set.
    var sets: [[Bool]] = []
    /// The state after the run.
    var end = PatternAutomaton.dead

    /// Shorter runs gain nothing, and longer ones are left to the automaton.
    private static let lengths = 4...128
    /// The sets that one entry of a table has room for.
    private static let mostSets = UInt16.bitWidth

    /// Nil when there is no such part, or it has too many sets.
    init?(_ automaton: PatternAutomaton) {
        var states: Set<Int> = [automaton.start]
        while prefix < Self.lengths.upperBound {
            if states.count == 1, let state = states.first {
                (sets, end) = Self.chain(from: state, automaton)
                if sets.count >= Self.lengths.lowerBound { break }
            }
            // A text may not end here, nor be matched whatever follows.
            guard !states.contains(where: { automaton.accepts[$0] }) else { return nil }
            states = states.reduce(into: []) { $0.formUnion(automaton.successors(of: $1)) }
            if states.isEmpty || states.contains(PatternAutomaton.matched) { return nil }
            prefix += 1
        }
        if !Self.lengths.contains(sets.count) || Set(sets).count > Self.mostSets { return nil }
    }

    /// The sets of the positions after a state for as long as only one state follows and no text may end.
    private static func chain(from first: Int, _ automaton: PatternAutomaton) -> (sets: [[Bool]], end: Int) {
        var sets: [[Bool]] = []
        var state = first
        while sets.count <= lengths.upperBound {
            let next = automaton.successors(of: state)
            guard !automaton.accepts[state], next.count == 1, let follower = next.first,
                follower != PatternAutomaton.matched
            else { break }
            sets.append((0...255).map { automaton.successor(of: state, over: $0) == follower })
            state = follower
        }
        return (sets, state)
    }
}

extension FixedRun {
    /// Where a run is in its pool.
    struct Place: Sendable {
        var prefix = 0
        /// Positions of the run; zero when the pattern has none.
        var count = 0
        var positionStart = 0
        var absenceStart = 0
        /// The row of the state after the run.
        var end = 0
    }

    /// Runs, one after the other. Runs that are added in turn share a table of absences while it has room for their sets.
    struct Pool: Sendable {
        /// For each byte, a bit for each set that it is not in; 256 of them in a table.
        private(set) var absences: [UInt16] = []
        /// The bit of each position's set.
        private(set) var positions: [UInt16] = []
        /// The sets of the last table.
        private var sets: [[Bool]] = []

        mutating func add(_ run: FixedRun?, classCount: Int) -> Place {
            guard let run else { return Place() }
            if absences.isEmpty || Set(sets + run.sets).count > UInt16.bitWidth { beginTable() }
            let place = Place(
                prefix: run.prefix, count: run.sets.count, positionStart: positions.count,
                absenceStart: absences.count - 256, end: run.end * classCount)
            positions += run.sets.map { 1 << UInt16(number(of: $0)) }
            return place
        }

        private mutating func beginTable() {
            sets = []
            absences += [UInt16](repeating: .max, count: 256)
        }

        private mutating func number(of set: [Bool]) -> Int {
            if let number = sets.firstIndex(of: set) { return number }
            sets.append(set)
            for byte in 0...255 where set[byte] {
                absences[absences.count - 256 + byte] &= ~(1 << UInt16(sets.count - 1))
            }
            return sets.count - 1
        }
    }
}

extension PatternAutomaton {
    fileprivate func successor(of state: Int, over byte: Int) -> Int {
        Int(table[state * classCount + Int(classes[byte])])
    }

    /// The states from which a match can still come.
    fileprivate func successors(of state: Int) -> Set<Int> {
        var states = Set(table[state * classCount..<(state + 1) * classCount].map { Int($0) })
        states.remove(Self.dead)
        return states
    }
}
