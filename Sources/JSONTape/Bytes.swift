#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Eight bytes from anywhere, the first in the lowest place.
@inline(__always)
@inlinable
package func loadWord(_ bytes: UnsafePointer<UInt8>) -> UInt64 {
    UInt64(littleEndian: UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self))
}

/// The first and the last eight bytes of a text; of a shorter one its bytes and zero.
///
/// - Parameter text: eight bytes can be read from its start.
@inline(__always)
@inlinable
package func outerWords(of text: UnsafePointer<UInt8>, _ count: Int) -> (first: UInt64, last: UInt64) {
    let first = loadWord(text)
    if count >= 8 { return (first, loadWord(text + count - 8)) }
    return (first & ((1 &<< UInt64(truncatingIfNeeded: count &* 8)) &- 1), 0)
}

/// A hash of a text's outer words and length, as the tape keeps it for member names; its low bits are as good as any.
@inline(__always)
@inlinable
package func textHash(_ first: UInt64, _ last: UInt64, _ count: Int) -> UInt32 {
    let mixed = (first ^ last &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: count)) &* 0xD6E8_FEB8_6659_FD93
    return UInt32(truncatingIfNeeded: mixed &>> 32)
}

/// Whether two runs of the same length hold the same bytes.
@inline(__always)
package func sameBytes(_ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    memcmp(left, right, count) == 0
}

extension UInt64 {
    /// The byte in all eight places.
    @inline(__always)
    init(everywhere byte: UInt8) { self = 0x0101_0101_0101_0101 &* UInt64(byte) }

    @inline(__always)
    static var highBits: UInt64 { 0x8080_8080_8080_8080 }
}

extension SIMD16<UInt8> {
    /// The byte in all places. From words, since the compiler takes `init(repeating:)` of a constant apart.
    @inline(__always)
    init(everywhere byte: UInt8) {
        let word = UInt64(everywhere: byte)
        self.init(words: word, word)
    }

    /// The bytes of two words, the first of each in its lowest place.
    @inline(__always)
    init(words first: UInt64, _ second: UInt64) {
        self = unsafeBitCast((first.littleEndian, second.littleEndian), to: SIMD16<UInt8>.self)
    }
}
