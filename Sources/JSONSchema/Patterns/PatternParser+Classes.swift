extension PatternParser {
    /// A class after its opening bracket.
    mutating func characterClass() throws(PatternError) -> ScalarSet {
        let isInverted = take("^")
        var ranges: [ClosedRange<UInt32>] = []
        while !take("]") {
            let first = try classAtom()
            guard take("-") else {
                ranges += first.ranges
                continue
            }
            if peek == "]" {
                ranges += first.ranges + [0x2D...0x2D]
                continue
            }
            guard let low = first.single, let high = try classAtom().single, low <= high else {
                throw PatternError(message: "a range of a class has wrong ends")
            }
            ranges.append(low...high)
        }
        let set = ScalarSet(ranges)
        return isInverted ? set.inverted : set
    }

    private mutating func classAtom() throws(PatternError) -> ScalarSet {
        guard let scalar = next() else { throw PatternError(message: "a [ has no ]") }
        guard scalar == "\\" else { return ScalarSet(scalar.value) }
        if take("b") { return ScalarSet(0x08) }
        if take("-") { return ScalarSet(0x2D) }
        return try classEscape()
    }
}
