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
        // Mostly, room enough lets every text stand in its own place, so that one look tells.
        let largest = capacity * 16
        while capacity < largest, !Self.areApart(texts, capacity) { capacity *= 2 }
        entries = Array(repeating: Entry(), count: capacity)
        for (number, text) in texts.enumerated() { insert(Array(text.utf8), Int32(number)) }
    }

    private static func areApart(_ texts: [String], _ capacity: Int) -> Bool {
        var places = Set<Int>()
        return texts.allSatisfy { text in
            let padded = Array(text.utf8) + [UInt8](repeating: 0, count: 8)
            let hash = padded.withUnsafeBufferPointer { bytes -> UInt32 in
                guard let start = bytes.baseAddress else { return 0 }
                let words = outerWords(of: start, text.utf8.count)
                return textHash(words.first, words.last, text.utf8.count)
            }
            return places.insert(Int(hash) & (capacity - 1)).inserted
        }
    }

    private mutating func insert(_ text: [UInt8], _ number: Int32) {
        let padded = text + [UInt8](repeating: 0, count: 8)
        var entry = Entry(length: Int32(text.count), number: number, start: Int32(pool.count))
        padded.withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return }
            (entry.first, entry.last) = outerWords(of: start, text.count)
        }
        if text.count > 16 { pool += text }
        var slot = Int(textHash(entry.first, entry.last, text.count)) & (entries.count - 1)
        while entries[slot].number >= 0 { slot = (slot + 1) & (entries.count - 1) }
        entries[slot] = entry
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
        let words = outerWords(of: text, count)
        return find(words, textHash(words.first, words.last, count), text, count)
    }

    /// As ``find(_:_:)`` for a text whose hash is known.
    @inline(__always)
    func find(_ text: UnsafePointer<UInt8>, _ count: Int, hash: UInt32) -> Int {
        find(outerWords(of: text, count), hash, text, count)
    }

    @inline(__always)
    private func find(
        _ words: (first: UInt64, last: UInt64), _ hash: UInt32, _ text: UnsafePointer<UInt8>, _ count: Int
    ) -> Int {
        var slot = Int(hash) & mask
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
