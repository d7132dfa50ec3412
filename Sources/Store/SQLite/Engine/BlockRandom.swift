#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The system's randomness, drawn 256 words at a time: a call of the kernel for each word costs more than its use.
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
        words.withUnsafeMutableBytes { bytes in
            if let base = bytes.baseAddress { arc4random_buf(base, bytes.count) }
        }
        used = 0
    }
}
