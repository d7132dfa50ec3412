#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The system's randomness, drawn 256 words at a time: a call of the kernel for each word costs more than its use.
struct BlockRandom: RandomNumberGenerator, Sendable {
    private var words = [UInt64](repeating: 0, count: 256)
    private var used = 256

    mutating func next() -> UInt64 {
        if used == words.count { refill() }
        defer { used += 1 }
        let word = words[used]
        words[used] = 0
        return word
    }

    private mutating func refill() {
        words.withUnsafeMutableBytes { bytes in
            // getentropy gives at most 256 bytes a call, and all of them or none.
            for start in stride(from: 0, to: bytes.count, by: 256) {
                let failed = getentropy(bytes.baseAddress.map { $0 + start }, 256) != 0
                precondition(!failed, "the system gives no randomness")
            }
        }
        used = 0
    }
}
