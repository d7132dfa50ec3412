import Interchange

/// A step read the other way: from what came out to what the source would have held.
extension Step {
    /// Whether there is a way back, looking at the step alone. `split`, `concat` and `firstOf` are read back with the other
    /// rules of their columns, in ``ColumnSource``.
    var hasWayBack: Bool {
        switch self {
        case .digits, .slice, .replace, .split: false
        case .date(let forms): forms.forms.first != nil
        default: true
        }
    }

    /// - Parameter value: what the step gave. Put in its place is what the step reads as the same value.
    /// - Returns: false when no source text gives the value.
    func invert(_ value: inout [UInt8]) -> Bool {
        switch self {
        case .date(let forms):
            // ISO is a common form, and plainest.
            if forms == .common { return CivilDate(utf8: value) != nil }
            guard let date = CivilDate(utf8: value), let text = forms.text(of: date) else { return false }
            value = text
            return true
        case .prefix(let text):
            guard value.starts(with: text), value.count > text.count else { return false }
            value.removeFirst(text.count)
            return true
        case .suffix(let text):
            guard value.count > text.count, value.suffix(text.count).elementsEqual(text) else { return false }
            value.removeLast(text.count)
            return true
        case .digits, .slice, .replace: return false
        default: return true
        }
    }
}

extension FieldRule {
    /// The first step that cannot be read back, and where it is named. `split` is left to its column.
    var stepWithoutWayBack: (step: Step, place: Place)? {
        for (step, place) in zip(steps, stepPlaces) where !step.hasWayBack {
            if case .split = step { continue }
            return (step, place)
        }
        return nil
    }

    /// The source's text for the envelope's; nil when the mapping has none.
    func sourceText(of value: [UInt8]) -> [UInt8]? {
        guard let separator = listSeparator else { return sourceText(ofItem: value) }
        let items = value.split(separator: Self.itemSeparator).map { translated(Array($0)) }
        guard !items.contains(nil) else { return nil }
        return Array(items.compactMap { $0 }.joined(separator: separator))
    }

    private func sourceText(ofItem value: [UInt8]) -> [UInt8]? {
        guard !value.contains(Self.itemSeparator), var text = translated(value) else { return nil }
        for step in steps.reversed() where !step.invert(&text) { return nil }
        return text
    }

    /// The first word of the code.
    private func translated(_ value: [UInt8]) -> [UInt8]? {
        guard let table else { return value }
        return table.words[String(decoding: value, as: UTF8.self)].map { Array($0.utf8) }
    }
}
