import JSONTape

/// A set of short texts, each with a number, looked up by the first and the last eight bytes.
///
/// The entries stand close together and the slots take four bytes each, so that a table stays in the processor's nearest cache.
struct WordTable: Sendable {
    /// By number.
    private(set) var entries: [Entry] = []
    /// Open addressing; a text's number and one, or zero where there is none. A power of two of them.
    private(set) var slots: [UInt32]
    /// With ``shift`` it makes a slot of a text's hash.
    private(set) var multiplier: UInt32 = 1
    /// UTF-8 of the texts that are longer than two words.
    private(set) var pool: [UInt8] = []

    /// How far a hash is moved right to be a slot.
    var shift: UInt32 { UInt32(32 - slots.count.trailingZeroBitCount) }

    struct Entry: Sendable {
        var first: UInt64 = 0
        var last: UInt64 = 0
        var length: Int32 = 0
        /// Where a text of more than 16 bytes begins in the pool.
        var start: Int32 = 0
    }

    /// Multipliers that are tried for one size of the table.
    private static let trials: UInt32 = 64

    init(_ texts: [String]) {
        var hashes: [UInt32] = []
        for text in texts {
            let text = Array(text.utf8)
            let padded = text + [UInt8](repeating: 0, count: 8)
            var entry = Entry(length: Int32(text.count), start: Int32(pool.count))
            padded.withUnsafeBufferPointer { bytes in
                guard let start = bytes.baseAddress else { return }
                (entry.first, entry.last) = outerWords(of: start, text.count)
            }
            if text.count > 16 { pool += text }
            entries.append(entry)
            hashes.append(textHash(entry.first, entry.last, text.count))
        }
        var size = 8
        while size < texts.count * 2 { size *= 2 }
        slots = Array(repeating: 0, count: size)
        settle(hashes)
        for (number, hash) in hashes.enumerated() {
            var slot = Int((hash &* multiplier) >> shift)
            while slots[slot] > 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(number + 1)
        }
    }

    /// Takes the smallest table, up to four times the size, in which some multiplier keeps all texts apart, so that one look tells.
    /// Many texts are not tried: they never stand apart.
    private mutating func settle(_ hashes: [UInt32]) {
        let size = slots.count
        guard hashes.count <= 64 else { return }
        while slots.count <= size * 4 {
            for trial in 0..<Self.trials {
                multiplier = trial * 2 + 1
                if areApart(hashes) { return }
            }
            slots += slots
        }
        (multiplier, slots) = (1, Array(repeating: 0, count: size))
    }

    private func areApart(_ hashes: [UInt32]) -> Bool {
        var taken = [Bool](repeating: false, count: slots.count)
        for hash in hashes {
            let slot = Int((hash &* multiplier) >> shift)
            if taken[slot] { return false }
            taken[slot] = true
        }
        return true
    }
}

/// A word table lent for one validation.
struct WordTableView {
    let entries: UnsafePointer<WordTable.Entry>
    let slots: UnsafePointer<UInt32>
    let mask: Int
    let multiplier: UInt32
    let shift: UInt32
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
        var slot = Int(truncatingIfNeeded: (hash &* multiplier) &>> shift)
        while true {
            let number = Int(slots[slot]) &- 1
            if number < 0 { return number }
            let entry = entries + number
            if entry.pointee.first == words.first, entry.pointee.last == words.last, entry.pointee.length == count,
                count <= 16 || sameBytes(pool + Int(entry.pointee.start), text, count)
            {
                return number
            }
            slot = (slot &+ 1) & mask
        }
    }
}
