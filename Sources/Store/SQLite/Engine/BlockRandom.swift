import Hashing

/// Random words, drawn 256 at a time: a call for each costs more than its use.
package struct BlockRandom: RandomNumberGenerator, Sendable {
    private var words = [UInt64](repeating: 0, count: 256)
    private var used = 256

    package init() {}

    package mutating func next() -> UInt64 {
        if used == words.count { refill() }
        defer { used += 1 }
        let word = words[used]
        words[used] = 0
        return word
    }

    private mutating func refill() {
        words.withUnsafeMutableBytes { RandomBytes.fill($0) }
        used = 0
    }
}
