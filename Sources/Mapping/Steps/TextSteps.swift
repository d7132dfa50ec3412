/// The steps on text, byte-wise and in place.
enum TextSteps {
    static func trim(_ value: inout [UInt8]) -> Step.Outcome {
        let kept = Blanks.trimmed(value)
        if kept.count == value.count { return .same }
        value.removeLast(value.count - kept.upperBound)
        value.removeFirst(kept.lowerBound)
        return .changed
    }

    static func halfWidth(_ value: inout [UInt8]) -> Step.Outcome {
        guard value.contains(where: { $0 == 0xEF || $0 == 0xE3 }) else { return .same }
        var read = 0
        var write = 0
        while read < value.count {
            if let ascii = narrow(value, at: read) {
                value[write] = ascii
                read += 3
            } else {
                value[write] = value[read]
                read += 1
            }
            write += 1
        }
        if write == value.count { return .same }
        value.removeLast(value.count - write)
        return .changed
    }

    /// The ASCII form of the full-width character at this place.
    private static func narrow(_ value: [UInt8], at place: Int) -> UInt8? {
        guard place + 2 < value.count else { return nil }
        switch (value[place], value[place + 1], value[place + 2]) {
        case (0xEF, 0xBC, 0x81...0xBF): return value[place + 2] - 0x81 + 0x21
        case (0xEF, 0xBD, 0x80...0x9E): return value[place + 2] - 0x80 + 0x60
        case (0xE3, 0x80, 0x80): return 0x20
        default: return nil
        }
    }

    static func upperCase(_ value: inout [UInt8]) -> Step.Outcome {
        var outcome = Step.Outcome.same
        for place in value.indices where (0x61...0x7A).contains(value[place]) {
            value[place] -= 0x20
            outcome = .changed
        }
        return outcome
    }

    static func lowerCase(_ value: inout [UInt8]) -> Step.Outcome {
        var outcome = Step.Outcome.same
        for place in value.indices where (0x41...0x5A).contains(value[place]) {
            value[place] += 0x20
            outcome = .changed
        }
        return outcome
    }

    static func nfc(_ value: inout [UInt8]) -> Step.Outcome {
        guard let normal = Normalisation.nfcIfDifferent(value) else { return .same }
        value = normal
        return .changed
    }

    static func idNumber(_ value: inout [UInt8]) -> Step.Outcome {
        // The common case: nothing but digits and a capital X.
        if value.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 || $0 == 0x58 }) { return .same }
        let before = value
        _ = halfWidth(&value)
        _ = trim(&value)
        let apostrophes = leadingApostrophes(value)
        if apostrophes > 0 {
            value.removeFirst(apostrophes)
            _ = trim(&value)
        }
        if value.last == 0x78 || value.last == 0x2A {
            value[value.count - 1] = 0x58
        } else if value.count >= 2, value[value.count - 2] == 0xC3, value[value.count - 1] == 0x97 {
            value.removeLast()
            value[value.count - 1] = 0x58
        }
        return value == before ? .same : .changed
    }

    /// How many bytes the apostrophes at the front take: ' ` ‘ ’.
    private static func leadingApostrophes(_ value: [UInt8]) -> Int {
        var place = 0
        while place < value.count {
            if value[place] == 0x27 || value[place] == 0x60 {
                place += 1
            } else if value[place...].starts(with: [0xE2, 0x80, 0x98])
                || value[place...].starts(with: [0xE2, 0x80, 0x99])
            {
                place += 3
            } else {
                break
            }
        }
        return place
    }

    static func division(_ value: inout [UInt8]) -> Step.Outcome {
        if isSixDigits(value) { return .same }
        _ = halfWidth(&value)
        _ = trim(&value)
        return isSixDigits(value) ? .changed : .failed
    }

    private static func isSixDigits(_ value: [UInt8]) -> Bool {
        value.count == 6 && value.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    }

    static func digits(_ value: inout [UInt8]) -> Step.Outcome {
        let count = value.count
        _ = halfWidth(&value)
        value.removeAll { $0 < 0x30 || $0 > 0x39 }
        if value.isEmpty { return .failed }
        return value.count == count ? .same : .changed
    }

    static func fallback(_ value: inout [UInt8], _ text: [UInt8]) -> Step.Outcome {
        guard Blanks.trimmed(value).isEmpty else { return .same }
        value = text
        return .changed
    }
}
