/// The step `personName`.
enum NameStep {
    static func apply(to value: inout [UInt8]) -> Step.Outcome {
        if isHanOnly(value) { return .same }
        let before = value
        _ = TextSteps.nfc(&value)
        replaceDots(in: &value)
        _ = TextSteps.halfWidth(&value)
        _ = TextSteps.trim(&value)
        if value.contains(where: { $0 >= 0xE4 }) { removeBlanks(in: &value) }
        return value == before ? .same : .changed
    }

    /// Nothing but characters of U+4000 to U+9FFF.
    private static func isHanOnly(_ value: [UInt8]) -> Bool {
        guard value.count % 3 == 0 else { return false }
        var place = 0
        while place < value.count {
            guard value[place] >= 0xE4, value[place] <= 0xE9 else { return false }
            place += 3
        }
        return true
    }

    private static func removeBlanks(in value: inout [UInt8]) {
        var kept: [UInt8] = []
        kept.reserveCapacity(value.count)
        value.withUnsafeBufferPointer { text in
            var place = 0
            while place < text.count {
                let length = Blanks.blankLength(text, at: place, before: text.count)
                if length == 0 { kept.append(text[place]) }
                place += max(1, length)
            }
        }
        value = kept
    }

    /// U+30FB, U+2022, U+FF0E and U+2027 are written for U+00B7, the dot between the parts of a name.
    private static func replaceDots(in value: inout [UInt8]) {
        guard value.contains(where: { $0 == 0xE3 || $0 == 0xE2 || $0 == 0xEF }) else { return }
        var kept: [UInt8] = []
        kept.reserveCapacity(value.count)
        var place = 0
        while place < value.count {
            if isDot(value, at: place) {
                kept.append(contentsOf: [0xC2, 0xB7])
                place += 3
            } else {
                kept.append(value[place])
                place += 1
            }
        }
        value = kept
    }

    private static func isDot(_ value: [UInt8], at place: Int) -> Bool {
        guard place + 2 < value.count else { return false }
        switch (value[place], value[place + 1], value[place + 2]) {
        case (0xE3, 0x83, 0xBB), (0xE2, 0x80, 0xA2), (0xE2, 0x80, 0xA7), (0xEF, 0xBC, 0x8E): return true
        default: return false
        }
    }
}
