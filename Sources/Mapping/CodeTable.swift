/// From a source's words to codes: found by bytes, without making a string of the cell.
///
/// A class, so that a rule lends it to a row without counting references to each of its parts.
final class CodeTable: Sendable {
    private struct Entry: Sendable {
        var word: Range<Int>
        var code: Range<Int>
    }

    private let text: [UInt8]
    private let entries: [Entry]
    /// Open addressing; -1 is free. Its size is a power of two, at least twice the count.
    private let slots: [Int32]
    /// The codes that can come out.
    let codes: Set<String>

    init(_ pairs: [String: String]) {
        codes = Set(pairs.values)
        var (text, entries): ([UInt8], [Entry]) = ([], [])
        for (word, code) in pairs.sorted(by: { $0.key < $1.key }) {
            let start = text.count
            text.append(contentsOf: word.utf8)
            let middle = text.count
            text.append(contentsOf: code.utf8)
            entries.append(Entry(word: start..<middle, code: middle..<text.count))
        }
        var size = 4
        while size < entries.count * 2 { size *= 2 }
        var slots = [Int32](repeating: -1, count: size)
        for (index, entry) in entries.enumerated() {
            var slot = Self.hash(text[entry.word]) & (size - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = Int32(index)
        }
        (self.text, self.entries, self.slots) = (text, entries, slots)
    }

    /// Puts the code of the word, blanks around it not counted, in the word's place. False when the table has no such word.
    func translate(_ value: inout [UInt8]) -> Bool {
        let kept = Blanks.trimmed(value)
        let word = value[kept]
        var slot = Self.hash(word) & (slots.count - 1)
        while slots[slot] >= 0 {
            let entry = entries[Int(slots[slot])]
            if entry.word.count == word.count, text[entry.word].elementsEqual(word) {
                value.removeAll(keepingCapacity: true)
                value.append(contentsOf: text[entry.code])
                return true
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return false
    }

    /// FNV-1a; the tables are the mapping's, so no one outside can make them collide.
    private static func hash(_ word: ArraySlice<UInt8>) -> Int {
        var hash: UInt32 = 0x811C_9DC5
        for byte in word { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        return Int(hash)
    }
}
