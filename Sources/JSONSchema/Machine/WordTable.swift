import JSONTape

/// A set of short texts, each with a number, looked up by the first and the last eight bytes.
struct WordTable: Sendable {
    /// Open addressing; a power of two of them.
    private(set) var entries: [Entry]
    /// UTF-8 of the texts that are longer than two words.
    private(set) var pool: [UInt8] = []

    struct Entry: Sendable {
        var first: UInt64 = 0
        var last: UInt64 = 0
        var length: Int32 = 0
        /// Negative where there is no text.
        var number: Int32 = -1
        /// Where a text of more than 16 bytes begins in the pool.
        var start: Int32 = 0
    }

    init(_ texts: [String]) {
        var capacity = 8
        while capacity < texts.count * 3 { capacity *= 2 }
        entries = Array(repeating: Entry(), count: capacity)
        for (number, text) in texts.enumerated() { insert(Array(text.utf8), Int32(number)) }
    }

    private mutating func insert(_ text: [UInt8], _ number: Int32) {
        let padded = text + [UInt8](repeating: 0, count: 8)
        var entry = Entry(length: Int32(text.count), number: number, start: Int32(pool.count))
        padded.withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return }
            (entry.first, entry.last) = Self.words(of: start, text.count)
        }
        if text.count > 16 { pool += text }
        var slot = Self.hash(entry.first, entry.last, text.count) & (entries.count - 1)
        while entries[slot].number >= 0 { slot = (slot + 1) & (entries.count - 1) }
        entries[slot] = entry
    }

    /// - Parameter text: eight bytes can be read from its start.
    @inline(__always)
    static func words(of text: UnsafePointer<UInt8>, _ count: Int) -> (first: UInt64, last: UInt64) {
        let first = loadWord(text)
        if count >= 8 { return (first, loadWord(text + count - 8)) }
        let masked = first & ((1 &<< UInt64(truncatingIfNeeded: count &* 8)) &- 1)
        return (masked, 0)
    }

    @inline(__always)
    static func hash(_ first: UInt64, _ last: UInt64, _ count: Int) -> Int {
        let mixed = (first ^ last &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: count)) &* 0xD6E8_FEB8_6659_FD93
        return Int(truncatingIfNeeded: mixed &>> 32)
    }
}

/// A word table lent for one validation.
struct WordTableView {
    let entries: UnsafePointer<WordTable.Entry>
    let mask: Int
    let pool: UnsafePointer<UInt8>

    /// The number of a text, or a negative one.
    ///
    /// - Parameter text: eight bytes can be read from its start.
    @inline(__always)
    func find(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int {
        let words = WordTable.words(of: text, count)
        var slot = WordTable.hash(words.first, words.last, count) & mask
        while true {
            let entry = entries + slot
            let number = Int(entry.pointee.number)
            if number < 0 { return number }
            if entry.pointee.first == words.first, entry.pointee.last == words.last, entry.pointee.length == count,
                count <= 16 || sameBytes(pool + Int(entry.pointee.start), text, count)
            {
                return number
            }
            slot = (slot &+ 1) & mask
        }
    }
}
