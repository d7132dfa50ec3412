#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Hashes of keys' groups. They are of keyed hashes or random bits already; the seed keeps a sender who chooses them from
/// making them meet.
struct KeyHash {
    let seed: UInt64

    func callAsFunction(_ group: UnsafeRawBufferPointer) -> UInt64 {
        let head = group.loadUnaligned(as: UInt64.self)
        let tail = group.loadUnaligned(fromByteOffset: group.count - 8, as: UInt64.self)
        let product = (head ^ seed).multipliedFullWidth(by: (tail &+ 0x9E37_79B9_7F4A_7C15) | 1)
        let mixed = product.high ^ product.low ^ tail
        let again = (mixed ^ seed).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return again.high ^ again.low
    }

    /// For filters, which are stored.
    static let stored = KeyHash(seed: 0x5958_5A48_414E_3031)
}

extension UnsafeRawBufferPointer {
    /// Its first eight bytes as a number that orders as they do.
    var prefix: UInt64 { UInt64(bigEndian: loadUnaligned(as: UInt64.self)) }

    func isLess(than other: UnsafeRawBufferPointer, bytes: Int) -> Bool {
        let (left, right) = (prefix, other.prefix)
        if left != right { return left < right }
        guard bytes > 8, let mine = baseAddress, let others = other.baseAddress else { return false }
        return memcmp(mine + 8, others + 8, bytes - 8) < 0
    }

    /// As `memcmp` of the first bytes of both.
    func compare(with other: UnsafeRawBufferPointer, bytes: Int) -> Int32 {
        guard let mine = baseAddress, let others = other.baseAddress else { return 0 }
        return memcmp(mine, others, bytes)
    }

    func isEqual(to other: UnsafeRawBufferPointer, bytes: Int) -> Bool {
        guard let mine = baseAddress, let others = other.baseAddress else { return bytes == 0 }
        return memcmp(mine, others, bytes) == 0
    }
}
