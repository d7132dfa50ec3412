/// Durations of RFC 3339, appendix A.
enum DurationText {
    static func isDuration(_ text: UnsafeRawBufferPointer) -> Bool {
        guard text.first == UInt8(ascii: "P"), text.count > 2 else { return false }
        let parts = text[1...].pieces(between: "T")
        switch parts.count {
        case 1: return isRun(parts[0], of: "W") || isRun(parts[0], of: "YMD")
        case 2: return (parts[0].isEmpty || isRun(parts[0], of: "YMD")) && isRun(parts[1], of: "HMS")
        default: return false
        }
    }

    /// Numbers with units that follow each other without a gap, such as `1M2D` of `YMD`.
    private static func isRun(_ text: TextSlice, of units: StaticString) -> Bool {
        var units = units.withUTF8Buffer { Array($0) }[...]
        var rest = text
        var isFirst = true
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isDigit }
            rest = rest[digits.endIndex...]
            guard !digits.isEmpty, let unit = rest.popFirst(), let position = units.firstIndex(of: unit),
                isFirst || position == units.startIndex
            else { return false }
            units = units[(position + 1)...]
            isFirst = false
        }
        return !isFirst
    }
}
