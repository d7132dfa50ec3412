/// The steps that take a text apart or put something to it.
enum PartSteps {
    static func split(_ value: inout [UInt8], _ separator: [UInt8], _ part: Int) -> Step.Outcome {
        let parts = Self.parts(of: value, separator)
        guard part <= parts.count, !parts[part - 1].isEmpty else { return .failed }
        if parts.count == 1 { return .same }
        value = Array(parts[part - 1])
        return .changed
    }

    /// At least one part; a part between two separators is empty.
    static func parts(of value: [UInt8], _ separator: [UInt8]) -> [ArraySlice<UInt8>] {
        var parts: [ArraySlice<UInt8>] = []
        var start = 0
        var place = 0
        while place + separator.count <= value.count {
            guard value[place..<place + separator.count].elementsEqual(separator) else {
                place += 1
                continue
            }
            parts.append(value[start..<place])
            place += separator.count
            start = place
        }
        parts.append(value[start...])
        return parts
    }

    /// - Parameters:
    ///   - from: the first character, from 1.
    ///   - count: characters (code points); nil for all the rest.
    static func slice(_ value: inout [UInt8], _ from: Int, _ count: Int?) -> Step.Outcome {
        let starts = value.indices.filter { value[$0] & 0xC0 != 0x80 }
        let end = count.map { from - 1 + $0 } ?? starts.count
        guard from <= starts.count, end <= starts.count else { return .failed }
        if from == 1, end == starts.count { return .same }
        value = Array(value[starts[from - 1]..<(end == starts.count ? value.count : starts[end])])
        return .changed
    }

    static func replace(_ value: inout [UInt8], _ find: [UInt8], _ by: [UInt8]) -> Step.Outcome {
        let parts = parts(of: value, find)
        if parts.count == 1 { return .same }
        value = Array(parts.joined(separator: by))
        return .changed
    }

    static func prefix(_ value: inout [UInt8], _ text: [UInt8]) -> Step.Outcome {
        value.insert(contentsOf: text, at: 0)
        return .changed
    }

    static func suffix(_ value: inout [UInt8], _ text: [UInt8]) -> Step.Outcome {
        value.append(contentsOf: text)
        return .changed
    }

    /// Blanks around the word are not counted.
    static func emptyWhen(_ value: inout [UInt8], _ words: [[UInt8]]) -> Step.Outcome {
        let text = value[Blanks.trimmed(value)]
        guard words.contains(where: { $0.elementsEqual(text) }) else { return .same }
        value.removeAll(keepingCapacity: true)
        return .changed
    }
}

/// What a `pad` step fills a short text with.
struct Padding: Sendable, Hashable {
    /// One ASCII character.
    var filler: UInt8
    /// The length, in characters (code points), that the text has at least.
    var length: Int
    var isLeading: Bool

    static let mostLength = 64

    func apply(to value: inout [UInt8]) -> Step.Outcome {
        let missing = length - value.count { $0 & 0xC0 != 0x80 }
        if missing <= 0 { return .same }
        value.insert(contentsOf: [UInt8](repeating: filler, count: missing), at: isLeading ? 0 : value.count)
        return .changed
    }
}
