import JSONTape

/// From a source's words to codes: found by bytes, without making a string of the cell.
struct CodeTable: Sendable {
    private struct Entry: Sendable {
        var word: Range<Int>
        var code: Range<Int>
    }

    private var text: [UInt8] = []
    private var entries: [Entry] = []
    /// Open addressing; -1 is free. Its size is a power of two, at least twice the count.
    private var slots: [Int32] = []
    /// The codes that can come out.
    let codes: Set<String>
    /// The first word of each code: what a code is written back as.
    let words: [String: String]

    /// - Parameter pairs: in the order of the mapping; no word twice.
    init(_ pairs: [(word: String, code: String)]) {
        codes = Set(pairs.map(\.code))
        words = Dictionary(pairs.map { ($0.code, $0.word) }) { first, _ in first }
        for (word, code) in pairs {
            let start = text.count
            text.append(contentsOf: word.utf8)
            let middle = text.count
            text.append(contentsOf: code.utf8)
            entries.append(Entry(word: start..<middle, code: middle..<text.count))
        }
        var size = 4
        while size < entries.count * 2 { size *= 2 }
        slots = [Int32](repeating: -1, count: size)
        for (index, entry) in entries.enumerated() {
            var slot = Self.hash(text[entry.word]) & (size - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = Int32(index)
        }
    }

    /// Puts the code of the word, blanks around it not counted, in the word's place. False when the table has no such word.
    func translate(_ value: inout [UInt8]) -> Bool {
        let code = value.withUnsafeBufferPointer { word in
            self.code(of: UnsafeBufferPointer(rebasing: word[Blanks.trimmed(word)]))
        }
        guard let code else { return false }
        value.removeAll(keepingCapacity: true)
        value.append(contentsOf: text[code])
        return true
    }

    enum Found {
        /// Its number in the table, from 1.
        case code(Int)
        case blank, unknown
    }

    /// Appends the code of the word, blanks around it not counted.
    func append(codeOf word: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) -> Found {
        let kept = Blanks.trimmed(word)
        if kept.isEmpty { return .blank }
        guard let entry = self.entry(of: UnsafeBufferPointer(rebasing: word[kept])) else { return .unknown }
        text.withUnsafeBufferPointer { out.append(contentsOf: UnsafeBufferPointer(rebasing: $0[entries[entry].code])) }
        return .code(entry + 1)
    }

    /// Whether JSON writes every code as it is.
    var needsNoEscape: Bool {
        codes.allSatisfy { code in Array(code.utf8).withUnsafeBytes { $0.needsNoEscape } }
    }

    /// Where in ``text`` the word's code is.
    private func code(of word: UnsafeBufferPointer<UInt8>) -> Range<Int>? { entry(of: word).map { entries[$0].code } }

    private func entry(of word: UnsafeBufferPointer<UInt8>) -> Int? {
        var slot = Self.hash(word) & (slots.count - 1)
        while slots[slot] >= 0 {
            let entry = entries[Int(slots[slot])]
            if entry.word.count == word.count, isEqual(entry.word, word) { return Int(slots[slot]) }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private func isEqual(_ range: Range<Int>, _ word: UnsafeBufferPointer<UInt8>) -> Bool {
        text.withUnsafeBufferPointer { text in
            for place in 0..<word.count where text[range.lowerBound + place] != word[place] { return false }
            return true
        }
    }

    /// FNV-1a; the tables are the mapping's, so no one outside can make them collide.
    private static func hash(_ word: some Sequence<UInt8>) -> Int {
        var hash: UInt32 = 0x811C_9DC5
        for byte in word { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        return Int(hash)
    }
}
