import Interchange

/// The step `instant`: a point in time as RFC 3339 in UTC. A time without an offset is China's, UTC+8.
enum InstantStep {
    /// Before this year summer time was kept (1986 to 1991), so a time without an offset could be one of two.
    static let firstYearWithoutSummerTime = 1992

    static func apply(to value: inout [UInt8]) -> Step.Outcome {
        if value.last == 0x5A, Instant(utf8: value) != nil { return .same }
        _ = TextSteps.halfWidth(&value)
        _ = TextSteps.trim(&value)
        guard let instant = read(value[...]) else { return .failed }
        value.removeAll(keepingCapacity: true)
        instant.append(to: &value)
        return .changed
    }

    private static func read(_ text: ArraySlice<UInt8>) -> Instant? {
        if text.last == 0x5A { return Instant(utf8: Array(text)) }
        guard let mark = text.firstIndex(where: { $0 == 0x20 || $0 == 0x54 }) else { return nil }
        guard let day = DateForms.common.read(text[..<mark]), let (time, offset) = zone(text[(mark + 1)...]),
            let seconds = secondsOfDay(time)
        else { return nil }
        guard let offset else {
            guard day.year >= firstYearWithoutSummerTime else { return nil }
            return Instant(seconds: Int64(day.daysSince1970) * 86_400 + Int64(seconds) - 8 * 3_600)
        }
        return Instant(seconds: Int64(day.daysSince1970) * 86_400 + Int64(seconds - offset))
    }

    /// Parts `+08:00` from the time before it. An offset is in seconds; none is nil.
    private static func zone(_ text: ArraySlice<UInt8>) -> (time: ArraySlice<UInt8>, offset: Int?)? {
        guard let mark = text.firstIndex(where: { $0 == 0x2B || $0 == 0x2D }) else { return (text, nil) }
        let fields = text[(mark + 1)...].split(separator: 0x3A, omittingEmptySubsequences: false)
        guard fields.count == 2, let hours = two(fields[0]), let minutes = two(fields[1]), hours < 24, minutes < 60
        else { return nil }
        return (text[..<mark], (hours * 3_600 + minutes * 60) * (text[mark] == 0x2B ? 1 : -1))
    }

    /// `h:mm`, `hh:mm` or `hh:mm:ss`, a fraction of a second cut off.
    private static func secondsOfDay(_ text: ArraySlice<UInt8>) -> Int? {
        var fields = text.split(separator: 0x3A, omittingEmptySubsequences: false)
        if fields.count == 3, let point = fields[2].firstIndex(of: 0x2E) {
            let fraction = fields[2][(point + 1)...]
            guard !fraction.isEmpty, fraction.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            fields[2] = fields[2][..<point]
        }
        guard (2...3).contains(fields.count),
            let hour = two([UInt8](repeating: 0x30, count: 2 - min(2, fields[0].count)) + fields[0]),
            !fields[0].isEmpty, let minute = two(fields[1]), let second = fields.count == 3 ? two(fields[2]) : 0,
            hour < 24, minute < 60, second < 60
        else { return nil }
        return hour * 3_600 + minute * 60 + second
    }

    private static func two(_ text: some Collection<UInt8>) -> Int? {
        guard text.count == 2, text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return text.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}
