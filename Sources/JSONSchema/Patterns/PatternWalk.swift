/// Follows all states of a program at once: the time is linear in the text, whatever the pattern.
struct PatternWalk {
    private let program: PatternProgram
    /// States to go on from, before what needs no byte is followed.
    private var states: StateSet
    private var seen: StateSet
    /// The byte instructions that can be reached without reading.
    private(set) var reached: [Int32] = []
    private(set) var isMatch = false
    /// Instructions that were followed: what the time is proportional to.
    private(set) var work = 0

    init(_ program: PatternProgram) {
        self.program = program
        states = StateSet(capacity: program.instructions.count)
        seen = StateSet(capacity: program.instructions.count)
    }

    mutating func begin(at state: Int32) { begin(at: [state]) }

    mutating func begin(at numbers: [Int32]) {
        states.removeAll()
        for number in numbers { states.insert(number) }
    }

    /// The states to go on from.
    var next: [Int32] { states.members }

    /// Follows everything that reads no byte.
    mutating func close(before: PatternProgram.Neighbour, after: PatternProgram.Neighbour) {
        seen.removeAll()
        reached.removeAll(keepingCapacity: true)
        isMatch = false
        for state in states.members { seen.insert(state) }
        var place = 0
        while place < seen.members.count {
            let state = seen.members[place]
            place += 1
            switch program.instructions[Int(state)] {
            case .match: isMatch = true
            case .byte: reached.append(state)
            case .split(let targets): for target in targets { seen.insert(Int32(target)) }
            case .assertion(let assertion, let next):
                if assertion.holds(before: before, after: after) { seen.insert(Int32(next)) }
            }
        }
        work += place
    }

    /// Reads a byte from the reached states; a search also begins anew.
    mutating func read(_ byte: UInt8) {
        states.removeAll()
        if !program.isAnchored { states.insert(program.start) }
        work += reached.count
        for state in reached {
            if case .byte(let range, let target) = program.instructions[Int(state)], range.contains(byte) {
                states.insert(Int32(target))
            }
        }
    }

    /// Whether the text has a match.
    mutating func matches(_ text: UnsafeRawBufferPointer) -> Bool {
        begin(at: program.start)
        var before = PatternProgram.Neighbour.edge
        for byte in text {
            let after = program.neighbour(byte)
            close(before: before, after: after)
            if isMatch { return true }
            read(byte)
            if states.members.isEmpty { return false }
            before = after
        }
        close(before: before, after: .edge)
        return isMatch
    }
}

extension PatternProgram {
    func neighbour(_ byte: UInt8) -> Neighbour {
        hasWordBoundaries && (byte.isLetter || byte.isDigit || byte == UInt8(ascii: "_")) ? .word : .other
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
