/// A deterministic automaton: one table look-up for each byte.
struct PatternAutomaton: Sendable {
    /// The state from which no match can come.
    static let dead = 0
    /// The state after a match, whatever follows.
    static let matched = 1

    /// The class of each byte: bytes of a class are alike to the pattern.
    let classes: [UInt8]
    let classCount: Int
    /// The next state, by state and class.
    let table: [UInt16]
    /// Whether a text that ends in a state has a match.
    let accepts: [Bool]
    let start: Int

    /// States beyond which the program is followed instead.
    private static let maximumStates = 20_000
    /// Entries of the table.
    private static let maximumEntries = 1 << 20
    /// Instructions that may be followed while the table is made.
    private static let maximumWork = 10_000_000

    /// Nil when the table would grow too large.
    init?(_ program: PatternProgram) {
        var builder = Builder(program)
        guard builder.build() else { return nil }
        classes = builder.classes
        classCount = builder.samples.count
        table = builder.table
        accepts = builder.accepts
        start = 2
    }

    func matches(_ text: UnsafeRawBufferPointer) -> Bool {
        var state = start
        for byte in text {
            state = Int(table[state * classCount + Int(classes[Int(byte)])])
            if state <= Self.matched { return state == Self.matched }
        }
        return accepts[state]
    }

    private struct State: Hashable {
        var instructions: [Int32]
        var before: PatternProgram.Neighbour
    }

    private struct Builder {
        let program: PatternProgram
        var walk: PatternWalk
        var classes = [UInt8](repeating: 0, count: 256)
        /// One byte of each class.
        var samples: [UInt8] = []
        var states: [State] = []
        var numbers: [State: Int] = [:]
        var table: [UInt16] = []
        var accepts: [Bool] = []

        init(_ program: PatternProgram) {
            self.program = program
            walk = PatternWalk(program)
            var bounds: Set<Int> = [0]
            for case .byte(let range, _) in program.instructions {
                bounds.formUnion([Int(range.lowerBound), Int(range.upperBound) + 1])
            }
            if program.hasWordBoundaries {
                for range in ScalarSet.wordCharacters.ranges {
                    bounds.formUnion([Int(range.lowerBound), Int(range.upperBound) + 1])
                }
            }
            for byte in 0...255 {
                if bounds.contains(byte) { samples.append(UInt8(byte)) }
                classes[byte] = UInt8(samples.count - 1)
            }
        }

        mutating func build() -> Bool {
            states = [State(instructions: [], before: .other), State(instructions: [0], before: .other)]
            numbers[states[0]] = PatternAutomaton.dead
            _ = number(of: State(instructions: [program.start], before: .edge))
            accepts = [false, true]
            table = Array(repeating: UInt16(PatternAutomaton.dead), count: samples.count)
            table += Array(repeating: UInt16(PatternAutomaton.matched), count: samples.count)
            var next = 2
            while next < states.count {
                addRow(of: states[next])
                next += 1
                if states.count > PatternAutomaton.maximumStates || table.count > PatternAutomaton.maximumEntries
                    || walk.work > PatternAutomaton.maximumWork
                {
                    return false
                }
            }
            return true
        }

        private mutating func number(of state: State) -> Int {
            if let number = numbers[state] { return number }
            numbers[state] = states.count
            states.append(state)
            return states.count - 1
        }

        private mutating func addRow(of state: State) {
            // Bytes of a kind are taken together, so that what reads no byte is followed once for each.
            let first = table.count
            table.append(contentsOf: repeatElement(0, count: samples.count))
            for after in [PatternProgram.Neighbour.other, .word] {
                walk.begin(at: state.instructions)
                walk.close(before: state.before, after: after)
                let isMatch = walk.isMatch
                for (place, sample) in samples.enumerated() where program.neighbour(sample) == after {
                    table[first + place] = isMatch ? UInt16(PatternAutomaton.matched) : entry(sample, after)
                }
            }
            walk.begin(at: state.instructions)
            walk.close(before: state.before, after: .edge)
            accepts.append(walk.isMatch)
        }

        private mutating func entry(_ sample: UInt8, _ after: PatternProgram.Neighbour) -> UInt16 {
            walk.read(sample)
            let next = walk.next.sorted()
            return UInt16(number(of: State(instructions: next, before: next.isEmpty ? .other : after)))
        }
    }
}
