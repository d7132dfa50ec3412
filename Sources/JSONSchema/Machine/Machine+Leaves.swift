import JSONTape

/// Assertions on one value.
extension Machine {
    @inline(__always)
    func leaf(_ operation: UnsafePointer<Operation>, _ index: Int) -> Bool {
        let node = nodes[index]
        guard operation.pointee.kinds & node.kind.bit != 0 || isAllowedInteger(operation, index) else { return false }
        let first = Int(operation.pointee.first)
        switch operation.pointee.code {
        case .oneOfStrings:
            if node.flags.contains(.escapes) { return findEscaped(index, first) >= 0 }
            return table(first).find(bytes + Int(node.offset), Int(node.length)) >= 0
        case .pattern: return node.kind != .string || matches(first, index)
        case .length: return node.kind != .string || isLength(first, Int(operation.pointee.second), index)
        case .date: return node.kind != .string || isDate(index)
        case .dateTime: return node.kind != .string || isDateTime(index)
        case .range: return isInRange(operation, index)
        case .rule: return keepsRule(first, index)
        default: return true
        }
    }

    /// Whether the kinds have integers and the value is one, though written with a fraction or an exponent.
    private func isAllowedInteger(_ operation: UnsafePointer<Operation>, _ index: Int) -> Bool {
        operation.pointee.kinds & JSONView.Kind.integer.bit != 0 && nodes[index].kind == .number
            && ExactNumber(view(index)).isInteger
    }

    // MARK: Strings

    private func matches(_ pattern: Int, _ index: Int) -> Bool {
        let automaton = automata + pattern
        let node = nodes[index]
        if node.flags.contains(.escapes) {
            return view(index).withUTF8 { run(automaton, $0.baseAddress, $0.count) } ?? true
        }
        return run(automaton, UnsafeRawPointer(bytes + Int(node.offset)), Int(node.length))
    }

    private func run(_ automaton: UnsafePointer<AutomatonPool.Entry>, _ text: UnsafeRawPointer?, _ count: Int) -> Bool {
        guard let text = text?.assumingMemoryBound(to: UInt8.self) else {
            return isAccepted(automaton, automaton.pointee.start)
        }
        let run = automaton.pointee.run
        if run.count == 0 { return follow(automaton, text, 0..<count, from: automaton.pointee.start) }
        let end = run.prefix &+ run.count
        // No match is shorter, nor decided before the run's end: so what stands before it must only not end in the dead state.
        guard count >= end, isRun(run, text + run.prefix), run.prefix == 0 || isAlive(automaton, text, run.prefix)
        else {
            return false
        }
        return follow(automaton, text, end..<count, from: run.end)
    }

    /// Whether each byte is in the set of its position.
    @inline(__always)
    private func isRun(_ run: FixedRun.Place, _ text: UnsafePointer<UInt8>) -> Bool {
        let absences = absences + run.absenceStart
        let positions = positions + run.positionStart
        var missing: UInt16 = 0
        for place in 0..<run.count { missing |= absences[Int(text[place])] & positions[place] }
        return missing == 0
    }

    /// Whether the automaton does not give up in the first bytes.
    private func isAlive(_ automaton: UnsafePointer<AutomatonPool.Entry>, _ text: UnsafePointer<UInt8>, _ count: Int)
        -> Bool
    {
        let classes = classes + automaton.pointee.classStart
        let transitions = transitions + automaton.pointee.tableStart
        var row = automaton.pointee.start
        for position in 0..<count {
            row = Int(transitions[row &+ Int(classes[Int(text[position])])])
            if row == PatternAutomaton.dead { return false }
        }
        return true
    }

    private func follow(
        _ automaton: UnsafePointer<AutomatonPool.Entry>, _ text: UnsafePointer<UInt8>, _ part: Range<Int>,
        from start: Int
    ) -> Bool {
        let classes = classes + automaton.pointee.classStart
        let transitions = transitions + automaton.pointee.tableStart
        let matchedRow = PatternAutomaton.matched &* automaton.pointee.classCount
        var row = start
        for position in part {
            row = Int(transitions[row &+ Int(classes[Int(text[position])])])
            if row <= matchedRow { return row == matchedRow }
        }
        return isAccepted(automaton, row)
    }

    private func isAccepted(_ automaton: UnsafePointer<AutomatonPool.Entry>, _ row: Int) -> Bool {
        accepts[automaton.pointee.acceptStart &+ row / automaton.pointee.classCount]
    }

    private func isLength(_ least: Int, _ most: Int, _ index: Int) -> Bool {
        let node = nodes[index]
        let count = Int(node.length)
        if node.flags.isEmpty { return count >= least && count <= most }
        // A character has one to four bytes, so that most texts need no counting.
        if !node.flags.contains(.escapes), count <= most, count >= least &* 4 { return true }
        let characters = view(index).characterCount
        return characters >= least && characters <= most
    }

    // MARK: Dates

    private func isDate(_ index: Int) -> Bool {
        let node = nodes[index]
        guard node.flags.isEmpty else { return Format.date.allows(view(index)) }
        return node.length == 10 && isDate(bytes + Int(node.offset))
    }

    /// - Parameter text: 16 bytes can be read.
    @inline(__always)
    private func isDate(_ text: UnsafePointer<UInt8>) -> Bool {
        // `YYYY-MM-`: what is left of each byte without its zero or dash; a digit leaves 9 at the most, a dash nothing.
        let front = loadWord(text) ^ 0x2D30_302D_3030_3030
        let isWritten = (front &+ 0x7F76_767F_7676_7676 | front) & 0x8080_8080_8080_8080 == 0
        let month = Int(front &>> 40 & 0xF) &* 10 &+ Int(front &>> 48 & 0xF)
        let day = twoDigits(text + 8)
        guard isWritten, month >= 1, month <= 12, day >= 1 else { return false }
        if day <= 28 { return true }
        return CalendarText.isDay(day, month: month, year: twoDigits(text) &* 100 &+ twoDigits(text + 2))
    }

    /// The number of two decimal digits; far below zero when they are not digits.
    @inline(__always)
    private func twoDigits(_ text: UnsafePointer<UInt8>) -> Int {
        let (tens, ones) = (text[0] &- 0x30, text[1] &- 0x30)
        return tens < 10 && ones < 10 ? Int(tens) &* 10 &+ Int(ones) : -1_000_000
    }

    private func isDateTime(_ index: Int) -> Bool {
        let node = nodes[index]
        let text = bytes + Int(node.offset)
        // The common form, `YYYY-MM-DDTHH:MM:SSZ`; the seldom ones are left to the format.
        guard node.flags.isEmpty, node.length == 20, isDate(text), text[10] == UInt8(ascii: "T"),
            text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":"), text[19] == UInt8(ascii: "Z")
        else { return Format.dateTime.allows(view(index)) }
        let (hour, minute, second) = (twoDigits(text + 11), twoDigits(text + 14), twoDigits(text + 17))
        guard second < 60 else { return Format.dateTime.allows(view(index)) }
        return hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0
    }

    // MARK: Numbers

    private func isInRange(_ operation: UnsafePointer<Operation>, _ index: Int) -> Bool {
        let node = nodes[index]
        guard node.kind == .integer, node.length <= 18 else {
            return keepsRule(Int(operation.pointee.first), index)
        }
        let value = smallInteger(node)
        return value >= Int(truncatingIfNeeded: operation.pointee.value)
            && value <= Int(truncatingIfNeeded: operation.pointee.other)
    }

    @inline(__always)
    private func smallInteger(_ node: TapeNode) -> Int {
        var position = bytes + Int(node.offset)
        let end = position + Int(node.length)
        let isNegative = position.pointee == UInt8(ascii: "-")
        if isNegative { position += 1 }
        var value = 0
        while position < end {
            value = value &* 10 &+ Int(position.pointee &- 0x30)
            position += 1
        }
        return isNegative ? -value : value
    }
}
